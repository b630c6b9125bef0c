/**
 * One run of the world: producers that start, take over, stop; readers that come and go; then checks of what everyone saw.
 * The checks know the log and what was observed, and nothing of the package's code.
 */
import {
  createStreams,
  type Ending,
  ResumeError,
  type Run,
  type SseEventInit,
  type Streams,
} from '@tesserae/resume'
import { reference, type Told } from './reference.ts'
import { type Choose, settle, World } from './world.ts'

export const LEASE = 900
export const POLL = 100
export const PATIENCE = 5000

const SETTINGS = { lease: LEASE, poll: POLL, patience: PATIENCE }

/** More steps than a run without a fault in the protocol needs. */
const MOST_STEPS = 20_000

export interface Producing {
  readonly takeover?: boolean
  /** What the source waits for before each event. */
  readonly between?: () => Promise<void>
}

export interface Seen {
  /** The cursor that it came with. */
  readonly after: string | undefined
  readonly told: Told[]
  /** Whether it got everything and the end. */
  over: boolean
  error: unknown
}

export class Schedule {
  readonly world: World
  readonly readers: Seen[] = []
  readonly runs: { name: string; count: number; run: Run; ending?: Ending }[] = []
  readonly #open = new Set<Promise<void>>()

  constructor(choose: Choose) {
    this.world = new World(choose)
  }

  /** One server process. */
  process(): Streams {
    const { store, platform } = this.world
    return createStreams({ ...SETTINGS, store, platform })
  }

  #go(work: () => Promise<void>): void {
    const promise = work().finally(() => this.#open.delete(promise))
    this.#open.add(promise)
  }

  /** A producer of `count` events, each with a payload of its own. */
  produce(
    streams: Streams,
    name: string,
    count: number,
    { takeover = false, between = async () => {} }: Producing = {},
  ): void {
    this.#go(async () => {
      try {
        const run = await streams.start('log', source(name, count, between), { takeover })
        const entry: (typeof this.runs)[number] = { name, count, run }
        this.runs.push(entry)
        entry.ending = await run.done
      } catch (error) {
        if (!(error instanceof ResumeError)) throw error
      }
    })
  }

  stop(streams: Streams): void {
    this.#go(async () => {
      try {
        await streams.stop('log')
      } catch (error) {
        if (!(error instanceof ResumeError)) throw error
      }
    })
  }

  /** Reads up to `most` events, then leaves. */
  read(streams: Streams, after?: string, most = Infinity): void {
    const seen: Seen = { after, told: [], over: false, error: undefined }
    this.readers.push(seen)
    this.#go(async () => {
      try {
        const reader = await streams.read('log', { after }).open()
        while (seen.told.length < most) {
          const { value, done } = await reader.next()
          if (done) break
          seen.told.push({ id: value.id, event: value.event, data: value.data })
        }
        await reader.return()
        seen.over = seen.told.length < most
      } catch (error) {
        if (!(error instanceof ResumeError)) throw error
        seen.error = error
      }
    })
  }

  /** Runs until everyone is done. */
  async finish(): Promise<void> {
    for (let steps = 0; this.#open.size > 0; steps++) {
      if (steps > MOST_STEPS) throw new Error('someone waits for ever')
      if (!(await this.world.step())) {
        await settle()
        if (this.#open.size > 0) throw new Error('someone waits, and nothing will happen')
      }
    }
  }

  /** Lets everything end that is under way, and checks that nothing remains. */
  async drain(): Promise<void> {
    const { world } = this
    for (let steps = 0; await world.step(); steps++)
      if (steps > MOST_STEPS) throw new Error('something goes on for ever')
    same([world.timers, world.watchers], [0, 0], 'timers and watchers that remain')
  }

  /** A run that did not end by itself has a reason that the log shows. */
  #checkReason(name: string, ending: Ending | undefined): void {
    const { log } = this.world
    const reasons: Record<string, () => boolean> = {
      fenced: () => log.filter(({ body }) => body.startsWith(':w ')).length > 1,
      lost: () => log.some(({ body }) => body.includes('"lost"')),
      stopped: () => log.some(({ body }) => body.includes('"stopped"')),
      unreachable: () => this.world.now >= PATIENCE,
      joined: () => true,
      end: () => true,
    }
    const reason = ending?.reason ?? 'nothing'
    if (!reasons[reason]?.())
      throw new Error(`${name} ended with ${reason}, and the log does not show why`)
  }

  check(): void {
    const { events, end, start } = reference(this.world.log)
    const ids = events.map(({ id }) => id)
    for (const seen of this.readers) checkReader(seen, events, ids, end, start)
    for (const { name, count, ending } of this.runs) {
      const own = events.filter(({ data }) => data.startsWith(`${name}:`)).map(({ data }) => data)
      const expected = Array.from({ length: own.length }, (_, n) => `${name}:${n}`)
      same(own, expected, `events of ${name} in the log`)
      this.#checkReason(name, ending)
      if (ending?.reason === 'end') same([own.length, end], [count, 'end'], `events of ${name}`)
    }
  }
}

function source(name: string, count: number, between: () => Promise<void>) {
  return async function* (): AsyncGenerator<SseEventInit> {
    for (let n = 0; n < count; n++) {
      await between()
      yield { data: `${name}:${n}` }
    }
  }
}

function checkReader(
  { after, told, over, error }: Seen,
  events: readonly Told[],
  ids: readonly (string | undefined)[],
  end: string | undefined,
  start: string,
): void {
  if (error !== undefined) return
  let rest = told
  let from = 0
  if (after !== undefined) {
    const index = ids.indexOf(after)
    if (index >= 0) from = index + 1
    else if (rest[0]?.event === 'reset') rest = rest.slice(1)
    else if (rest.length > 0 && after !== start)
      throw new Error(`a reader went on after ${after}, which the log does not have`)
  }
  const expected = events.slice(from)
  const isEnd = ({ event }: Told): boolean => event === 'stopped' || event === 'failed'
  const read = rest.filter((each) => !isEnd(each))
  const ends = rest.filter(isEnd)
  same(read, expected.slice(0, read.length), 'events of a reader')
  if (ends.length > 1) throw new Error('a reader got two ends')
  const [last] = ends
  if (last && rest.at(-1) !== last) throw new Error('a reader got something after the end')
  if (last && read.length !== expected.length) throw new Error('a reader got the end too early')
  if (last) same(last.data, JSON.stringify({ reason: end }), 'the end of a reader')
  if (over && after === undefined) {
    if (read.length !== expected.length) throw new Error('a reader was let go before the end')
    if (end === undefined || (end !== 'end' && !last))
      throw new Error('a reader ended without an end')
  }
}

function same(actual: unknown, expected: unknown, what: string): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (a !== b) throw new Error(`${what}: ${a} instead of ${b}`)
}
