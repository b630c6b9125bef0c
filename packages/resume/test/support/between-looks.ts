/**
 * One reader, and a store whose log changes between two of its commands: it vanishes, loses its tail or its middle, is replaced by
 * another log, or goes on. Only the reader itself writes: it ends the log of a lost producer.
 *
 * The check knows every state of the log and what the reader got, and nothing of the package's code.
 */
import {
  createStreams,
  type Entry,
  ResumeError,
  type SseEventInit,
  type Store,
} from '@tesserae/resume'
import fc from 'fast-check'
import { reference, type Told } from './reference.ts'
import { World } from './world.ts'

const LEASE = 900
const POLL = 300
const LOG = 'log'

const entry = (epoch: number, number: number, ...blocks: string[]): Entry => ({
  epoch,
  number,
  body: blocks.map((block) => `${block}\n\n`).join(''),
})
const markOf = (epoch: number, token: string): Entry =>
  entry(epoch, 0, `:w ${token.padEnd(20, 'z')}`)
const data = (text: string): string => `data: ${text}`
const endOf = (reason: string): string => `:t {"reason":"${reason}"}`

/** The number before the first record, which the token of the first mark says. */
const BASE = Number.parseInt('00000100', 36)

/** A log with a beat, two records in one entry, and a takeover. */
export const takenOver: readonly Entry[] = [
  markOf(1, '00000100'),
  entry(1, BASE + 2, data('a'), data('b')),
  entry(1, BASE + 3, ':b'),
  entry(1, BASE + 4, data('c')),
  markOf(5, '00000555'),
  entry(5, BASE + 6, ':a 1', data('d')),
]

/** What the log of a reader may be when it comes. */
export const logs: Readonly<Record<string, readonly Entry[]>> = {
  'a log that was taken over': takenOver,
  'a log that has ended': [...takenOver, entry(5, BASE + 7, endOf('end'))],
  'a log that was stopped': [...takenOver, entry(6, 0, endOf('stopped'))],
  'a log without events': takenOver.slice(0, 1),
  // After a full page a reader asks the store for the next one without a follower.
  'a log that fills a page': [
    markOf(1, '00000100'),
    ...Array.from({ length: 31 }, (_, n) => entry(1, BASE + n + 1, data(`${n + 1}`))),
  ],
}

/** What a client may have. */
const cursors: Readonly<Record<string, string | undefined>> = {
  none: undefined,
  'the start': `1-${BASE}`,
  'an event in the middle of an entry': `1-${BASE + 1}`,
  'the last event of an epoch': `1-${BASE + 4}`,
  'the last event': `5-${BASE + 6}`,
  'an event that is not there yet': `5-${BASE + 7}`,
  'the end of a stopped log': '6-0',
  'another epoch': `2-${BASE + 2}`,
  'an event of another log': '1-5',
  'what is beyond every log': '4000000000-7',
}

/** A producer takes the log over, if it has no later epoch, no hole and no end. */
const goOn = (log: Entry[], epoch: number, ...texts: string[]): void => {
  const [oldest] = log
  const isFree = oldest && (log.at(-1) as Entry).epoch < epoch && versionOf(log).end === undefined
  if (!isFree) return
  const last = log.findLast(({ number }) => number > 0)
  const number = last?.number ?? Number.parseInt(oldest.body.slice(3, 11), 36)
  const blocks = [`:a ${last?.epoch ?? 0}`, ...texts.map(data), endOf('end')]
  log.push(markOf(epoch, '00000777'), entry(epoch, number + blocks.length, ...blocks))
}

/** How many entries a loss leaves. */
const LEFT = [1, 2, 4, 5]
/** Before and after the epochs of the log. */
const EPOCHS = [3, 9]

const another = (token: string): readonly Entry[] => {
  const base = Number.parseInt(token, 36)
  return [markOf(1, token), entry(1, base + 3, data('x'), data('y'), endOf('end'))]
}

/** What can become of a log. Each of them takes something away, but the last ones. */
export const changes: Readonly<Record<string, (log: Entry[]) => void>> = {
  'it vanishes': (log) => void (log.length = 0),
  'it is replaced by one with smaller numbers': (log) =>
    void log.splice(0, log.length, ...another('00000001')),
  'it is replaced by one with larger numbers': (log) =>
    void log.splice(0, log.length, ...another('zzzzzzz1')),
  'it is replaced by one without events': (log) =>
    void log.splice(0, log.length, markOf(1, '00000200')),
  ...Object.fromEntries(
    LEFT.flatMap((left) => [
      [`it loses all but ${left} entries`, (log: Entry[]) => void log.splice(left)],
      [
        `it loses all but ${left} entries and is stopped`,
        (log: Entry[]) => {
          log.splice(left)
          const newest = log.at(-1)
          if (newest) log.push(entry(newest.epoch + 1, 0, endOf('stopped')))
        },
      ],
      ...EPOCHS.map((epoch) => [
        `it loses all but ${left} entries, and epoch ${epoch} goes on`,
        (log: Entry[]) => {
          log.splice(left)
          goOn(log, epoch, 'x', 'y')
        },
      ]),
    ]),
  ),
  'it loses an entry in the middle': (log) => void log.splice(1, log.length > 2 ? 1 : 0),
  'it is taken over': (log) => goOn(log, (log.at(-1)?.epoch ?? 0) + 3, 'x', 'y'),
}

export type Change = (log: Entry[]) => void

interface Looks {
  readonly log: readonly Entry[]
  readonly after: string | undefined
  readonly gap: 'reset' | 'reject'
  /** Whether another reader of the same process has come before, and shares what it knows. */
  readonly isShared: boolean
  /** What happens to the log before which command of the process. The reader's own first one is 1. */
  readonly changes: readonly (readonly [number, Change])[]
}

/** What one reader got. */
interface Seen {
  readonly after: string | undefined
  readonly told: Told[]
  outcome: string | undefined
}

/** What the reader got, and how many commands the process sent once it had come. */
interface Looked {
  readonly commands: number
  readonly told: readonly string[]
  readonly outcome: string | undefined
}

/** Plays it, and checks every reader. */
export async function look({ log, after, gap, isShared, changes: due }: Looks): Promise<Looked> {
  const world = new World(() => 0)
  world.log.push(...log)
  const states: Entry[][] = []
  const remember = (): void => void states.push([...world.log])
  remember()
  let calls = 0
  const counted =
    <Args extends unknown[], Answer>(call: (...args: Args) => Promise<Answer>) =>
    async (...args: Args): Promise<Answer> => {
      calls++
      for (const [at, change] of due)
        if (at === calls) {
          change(world.log)
          remember()
        }
      const answer = await call(...args)
      remember()
      return answer
    }
  const { store, platform } = world
  const own: Store = {
    ...store,
    append: counted(store.append),
    read: counted(store.read),
    last: counted(store.last),
  }
  const streams = createStreams({ store: own, platform, lease: LEASE, poll: POLL, patience: 5000 })
  const seen: Seen[] = []
  const reading: Promise<void>[] = []
  const read = (cursor: string | undefined): void => {
    const its: Seen = { after: cursor, told: [], outcome: undefined }
    seen.push(its)
    reading.push(follow(streams.read(LOG, { after: cursor, gap }), its))
  }
  if (isShared) {
    read(undefined)
    await world.pass(POLL / 2)
    calls = 0
  }
  read(after)
  await world.until(Promise.all(reading), (2 + due.length) * (LEASE + 3 * POLL))
  for (const its of seen) check(its, states, gap)
  if (world.timers + world.watchers > 0) throw new Error('a timer or a watcher remains')
  const { told, outcome } = seen.at(-1) as Seen
  const words = told.map(({ event, data: text }) =>
    event === undefined ? text : `${event} ${text}`,
  )
  return { commands: calls, told: words, outcome }
}

async function follow(events: AsyncIterable<SseEventInit>, seen: Seen): Promise<void> {
  try {
    for await (const { id, event, data: text } of events) seen.told.push({ id, event, data: text })
    seen.outcome = 'over'
  } catch (error) {
    seen.outcome = error instanceof ResumeError ? error.code : `${error}`
  }
}

/** What one state of the log says. */
interface Version {
  readonly told: readonly Told[]
  readonly end: string | undefined
  readonly start: string
  /** The reason of a seal that follows a hole. A reader that is beyond the hole, at the last event, does not see the hole. */
  readonly sealed: string | undefined
  /** The id of the last event, whatever is missing before it. */
  readonly lastId: string | undefined
}

const placeOf = ({ epoch, number }: Entry): string => `${epoch}-${number}`
const reasonIn = (text: string): string | undefined => /"reason":"(.*)"/.exec(text)?.[1]

function lastIdOf(log: readonly Entry[]): string | undefined {
  for (const { epoch, number, body } of log.toReversed()) {
    const blocks = body.split('\n\n').slice(0, -1)
    const index = blocks.findLastIndex((block) => !block.startsWith(':'))
    if (index >= 0) return `${epoch}-${number - (blocks.length - 1 - index)}`
  }
  return undefined
}

/** A log with a hole says what stands before it, and then `damaged`. */
function versionOf(log: readonly Entry[]): Version {
  const lastId = lastIdOf(log)
  try {
    const { events, end, start } = reference(log)
    return { told: events, end, start, sealed: undefined, lastId }
  } catch {
    const newest = log.at(-1) as Entry
    const sealed = newest.number === 0 ? reasonIn(newest.body) : undefined
    return { ...versionOf(log.slice(0, -1)), end: 'damaged', sealed, lastId }
  }
}

/** What a version has for a client with this cursor. `undefined`: it does not go on after it. */
function restOf({ told, start }: Version, cursor: string | undefined): readonly Told[] | undefined {
  if (cursor === undefined) return told
  // Before its first record a log cannot know where it starts. Nothing is repeated by starting over there.
  if (cursor === start) return told.length > 0 ? told : undefined
  const index = told.findIndex(({ id }) => id === cursor)
  return index < 0 ? undefined : told.slice(index + 1)
}

function check({ after, told, outcome }: Seen, states: readonly Entry[][], gap: string): void {
  const wrong = (what: string): never => {
    throw new Error(`${what}: ${JSON.stringify({ told, outcome })}`)
  }
  const wasEmpty = states.some((state) => state.length === 0)
  const versions = states.filter((state) => state.length > 0).map(versionOf)
  const losses = states.filter((state, n) => states[n - 1]?.some((each, i) => each !== state[i]))
  const isLacked = versions.some((version) => restOf(version, after) === undefined)
  const isEnd = states.flat().some((each) => reasonIn(each.body) && placeOf(each) === after)
  const isKnown = isEnd || versions.some((version) => restOf(version, after))

  if (outcome === undefined) wrong('a reader waits for ever')
  const parts: Told[][] = [[]]
  for (const each of told) {
    if (each.event === 'reset') parts.push([])
    else parts.at(-1)?.push(each)
  }
  const resets = parts.length - 1
  if (gap === 'reject' && resets > 0) wrong('a reset that is not wanted')
  if (resets > losses.length + Number(isLacked)) wrong('a reset without a reason')
  for (const [index, part] of parts.entries()) {
    const cursor = index === 0 ? after : undefined
    const isLast = index === resets
    const events = part.filter(({ event }) => event === undefined)
    const end = part.find(({ event }) => event !== undefined)
    const reason = end && (reasonIn(end.data) as string)
    const fits = (version: Version): boolean => {
      const rest = restOf(version, cursor)
      return rest !== undefined && events.every((each, n) => same(each, rest[n]))
    }
    const isWhole = (version: Version): boolean =>
      fits(version) && restOf(version, cursor)?.length === events.length
    const hadAll = ({ sealed, lastId }: Version): boolean =>
      reason !== undefined && sealed === reason && (events.at(-1)?.id ?? cursor) === lastId
    const isToldBy = (version: Version): boolean =>
      (version.end === (reason ?? 'end') && isWhole(version)) || hadAll(version)

    if (events.length > 0 && !versions.some(fits)) wrong('events that no log had')
    if (end && part.at(-1) !== end) wrong('something after the end')
    if (end && !isLast) wrong('a reset after the end')
    const isOver = end !== undefined || (isLast && outcome === 'over')
    const hasTheEnd = index === 0 && isEnd && part.length === 0
    if (isOver && !hasTheEnd && !(reason === 'gone' ? wasEmpty : versions.some(isToldBy)))
      wrong(`the end ${reason}`)
    if (index === 0 && !isKnown && part.length > 0) wrong('a cursor that was trusted')
  }
  if (outcome === 'not-found' && told.length === 0 && wasEmpty) return
  // Where there is no log any more, a cursor does not matter.
  const isGap = states.at(-1)?.length !== 0 && (isLacked || losses.length > 0)
  if (outcome === 'gap' && gap === 'reject' && isGap) return
  if (outcome !== 'over') wrong('another outcome')
}

function same(a: Told, b: Told | undefined): boolean {
  return b !== undefined && a.id === b.id && a.event === b.event && a.data === b.data
}

const all = Object.values(changes)

/** Every reader of a log. */
function readersOf(log: readonly Entry[]): Omit<Looks, 'changes'>[] {
  return Object.values(cursors).flatMap((after) =>
    (
      [
        ['reset', false],
        ['reset', true],
        ['reject', false],
      ] as const
    ).map(([gap, isShared]) => ({ log, after, gap, isShared })),
  )
}

/** Plays it. A failure says what happened before which command. */
async function play(looks: Looks): Promise<void> {
  try {
    await look(looks)
  } catch (error) {
    const nameOf = (change: Change): string | undefined =>
      Object.keys(changes).find((name) => changes[name] === change)
    const what = looks.changes.map(([at, change]) => `before command ${at} ${nameOf(change)}`)
    const who = JSON.stringify({ ...looks, log: undefined, changes: undefined })
    throw new Error(`${who}, ${what.join(', ')}: ${(error as Error).message}`, { cause: error })
  }
}

/** Any change before any command of any reader of a log. @returns how many there were */
export async function everyChange(log: readonly Entry[]): Promise<number> {
  let runs = 0
  for (const reader of readersOf(log)) {
    const { commands } = await look({ ...reader, changes: [] })
    for (const change of all)
      for (let at = 1; at <= commands + 1; at++, runs++)
        await play({ ...reader, changes: [[at, change]] })
  }
  return runs
}

/** Any two changes before any commands of any reader. */
export const twoChanges = fc.asyncProperty(
  fc.constantFrom(...Object.values(logs).flatMap(readersOf)),
  fc.tuple(fc.integer({ min: 1, max: 12 }), fc.constantFrom(...all)),
  fc.tuple(fc.integer({ min: 0, max: 6 }), fc.constantFrom(...all)),
  async (reader, [at, first], [later, second]) =>
    play({
      ...reader,
      changes: [
        [at, first],
        [at + later, second],
      ],
    }),
)
