/**
 * A plain model of one log, and the real package in a world of its own. Each command changes both; after each command every
 * reader must have got what the model says, no more and no less.
 *
 * The model knows a list of texts and how the log ended. It reads the stored entries in one case only: after a trim it looks
 * up where the log begins.
 */
import { createStreams, type Ending, type Entry, ResumeError, type Streams } from '@tesserae/resume'
import fc from 'fast-check'
import { type Fault, World } from './world.ts'

/** Longer than all steps of a run together, so that only a `silence` can exceed it. */
const LEASE = 12_000
const POLL = 100
/** Enough time for a command, its retries and a poll of every reader. */
const STEP = 150
const LOG = 'log'
/** What makes a source throw; it is not yielded. */
const FAULT = 'fault'
const PROCESSES = 3
const MOST_COMMANDS = 25

interface Model {
  events: string[]
  /** The name of the producer that owns the log. It may be dead. */
  owner: string | undefined
  end: 'end' | 'error' | 'stopped' | 'lost' | undefined
  exists: boolean
  /** The number of the oldest record, after a trim. */
  startsAt: number | undefined
  /** How many events the log had after the store forgot its tail. */
  rememberedEvents: number | undefined
}

interface Producing {
  readonly name: string
  readonly process: Process
  readonly say: (data: string) => void
  readonly finish: (end: 'end' | 'error') => void
  /** What the model expects `done` to say. */
  expected: string | undefined
  ending: Ending | undefined
  said: number
}

/** A reader that comes back counts as the same one: what it got is one sequence. */
interface Reading {
  process: Process
  readonly told: string[]
  /** The id of the last event that had one. */
  lastId: string | undefined
  isOver: boolean
  error: unknown
  leave: () => void
  /** Must have got these texts, then the events from `from` on. */
  prefix: string[]
  from: number
  state: 'open' | 'cut' | 'damaged' | 'ahead'
}

class Process {
  isDead = false
  readonly streams: Streams

  constructor({ store, platform }: World, share: boolean) {
    const never = new Promise<never>(() => {})
    this.streams = createStreams({
      lease: LEASE,
      poll: POLL,
      patience: 10 * LEASE,
      share,
      store: {
        append: (...args) => (this.isDead ? never : store.append(...args)),
        read: (...args) => (this.isDead ? never : store.read(...args)),
        last: (...args) => (this.isDead ? never : store.last(...args)),
        remove: (...args) => (this.isDead ? never : store.remove(...args)),
        watch: (name, wake) =>
          store.watch?.(name, (epoch) => this.isDead || wake(epoch)) ?? ((): void => {}),
      },
      platform: {
        ...platform,
        timer: (delay, run) => platform.timer(delay, () => this.isDead || run()),
      },
    })
  }
}

class Real {
  readonly world = new World(() => 0)
  readonly producers: Producing[] = []
  readonly readings: Reading[] = []
  readonly processes: Process[]
  /** The id of each event that any reader got. All readers must agree. */
  readonly ids = new Map<string, string>()
  readonly share: boolean

  constructor(share: boolean) {
    this.share = share
    this.processes = Array.from({ length: PROCESSES }, () => new Process(this.world, share))
  }

  /** The next append meets this fault. */
  failOnce(fault: Fault): void {
    let isArmed = true
    this.world.fault = (kind) => {
      if (kind !== 'append' || !isArmed) return 'none'
      isArmed = false
      return fault
    }
  }

  process(index: number): Process {
    return this.processes[index] as Process
  }

  owner({ owner }: Model): Producing | undefined {
    return this.producers.find(({ name }) => name === owner)
  }

  async settle<T>(promise: Promise<T>): Promise<T> {
    const answer = await this.world.until(promise)
    if (answer === 'still waiting') throw new Error('a call does not return')
    return answer as T
  }
}

/** What a producer yields, one item at a time, until it ends. */
function byHand(): { next: () => Promise<string | undefined>; push: (item?: string) => void } {
  const queue: (string | undefined)[] = []
  let wake: () => void = () => {}
  return {
    push(item) {
      queue.push(item)
      wake()
    },
    async next() {
      while (queue.length === 0) await new Promise<void>((resolve) => (wake = resolve))
      return queue.shift()
    },
  }
}

function same(actual: unknown, expected: unknown, what: string): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (a !== b) throw new Error(`${what}: ${a} instead of ${b}`)
}

const RESET = /^reset /
const DAMAGED = 'failed {"reason":"damaged"}'

function endText({ end }: Model): string[] {
  if (end === undefined || end === 'end') return []
  return [`${end === 'stopped' ? 'stopped' : 'failed'} {"reason":"${end}"}`]
}

function checkReading(model: Model, reading: Reading, index: number): void {
  const what = `reader ${index}`
  const { told, prefix } = reading
  if (reading.error) throw new Error(`${what} failed`, { cause: reading.error })
  if (reading.state === 'cut') return same(told, prefix, what)
  if (reading.state === 'damaged') {
    const rest = told.slice(prefix.length)
    // The first number is read from a mark. If that was trimmed, the reader may look twice.
    same(RESET.test(rest[0] ?? '') ? rest.slice(1) : rest, [DAMAGED], what)
    return same(reading.isOver, true, `${what} is over`)
  }
  if (reading.state === 'ahead') {
    const isSuperseded =
      model.end === 'end' ||
      model.end === 'error' ||
      model.events.length > (model.rememberedEvents as number)
    const wasReset = RESET.test(told[prefix.length] ?? '')
    if (isSuperseded && !wasReset) throw new Error(`${what} did not notice the loss`)
    if (!wasReset) {
      same(told, [...prefix, ...endText(model)], what)
      return same(reading.isOver, model.end !== undefined, `${what} is over`)
    }
    reading.prefix = told.slice(0, prefix.length + 1)
    reading.from = 0
    reading.state = 'open'
  }
  const expected = [...reading.prefix, ...model.events.slice(reading.from), ...endText(model)]
  same(told, expected, what)
  same(reading.isOver, model.end !== undefined, `${what} is over`)
}

function check(model: Model, real: Real): void {
  for (const [index, reading] of real.readings.entries()) checkReading(model, reading, index)
  for (const { name, ending, expected } of real.producers)
    same(ending?.reason, expected, `the ending of ${name}`)
}

function command(
  name: string,
  act: (model: Model, real: Real) => Promise<void> | void,
  isPossible: (model: Readonly<Model>) => boolean = () => true,
): fc.AsyncCommand<Model, Real> {
  return {
    check: isPossible,
    async run(model, real) {
      await act(model, real)
      await real.world.pass(STEP)
      real.world.fault = () => 'none'
      check(model, real)
      same(await real.settle(real.process(0).streams.state(LOG)), stateOf(model), 'the state')
    },
    toString: () => name,
  }
}

function stateOf({ exists, end }: Model): string | undefined {
  return exists ? (end ?? 'live') : undefined
}

/** Starts a producer, which claims the log if there is none, or if it may take a live one over. */
function start(index: number, takeover: boolean, fault: Fault): fc.AsyncCommand<Model, Real> {
  return command(
    `start(${index}, ${takeover ? 'takeover' : 'no takeover'}, ${fault})`,
    async (model, real) => {
      real.failOnce(fault)
      const process = real.process(index)
      const { next, push } = byHand()
      const name = `p${real.producers.length}`
      const producing: Producing = {
        name,
        process,
        say: push,
        finish: (end) => push(end === 'end' ? undefined : FAULT),
        expected: undefined,
        ending: undefined,
        said: 0,
      }
      let context: unknown
      const run = await real.settle(
        process.streams.start(
          LOG,
          async function* ({ last, count }) {
            context = [last?.data, count]
            for (let data = await next(); data !== undefined; data = await next()) {
              if (data === FAULT) throw new Error('the source failed')
              yield { data }
            }
          },
          { takeover },
        ),
      )
      void run.done.then((ending) => (producing.ending = ending))
      real.producers.push(producing)
      const claims = !model.exists || (takeover && model.end === undefined)
      same(run.started, claims, `whether ${name} claims the log`)
      if (!claims) return void (producing.expected = 'joined')
      const former = real.owner(model)
      if (former && !former.process.isDead) former.expected = 'fenced'
      model.exists = true
      model.owner = name
      await real.world.pass(STEP)
      if (model.startsAt === undefined)
        same(context, [model.events.at(-1), model.events.length], `what ${name} continues after`)
    },
  )
}

/** A producer yields some events, whether it has the log or not. */
function append(producer: number, count: number, fault: Fault): fc.AsyncCommand<Model, Real> {
  return command(`append(${producer}, ${count}, ${fault})`, (model, real) => {
    const producing = real.producers[producer % real.producers.length]
    if (!producing) return
    real.failOnce(fault)
    for (let n = 0; n < count; n++) {
      const data = `${producing.name}:${producing.said++}`
      producing.say(data)
      const isStored =
        producing.name === model.owner && !producing.process.isDead && model.end === undefined
      if (isStored) model.events.push(data)
    }
  })
}

/** The source ends, or throws. */
function finish(end: 'end' | 'error', fault: Fault): fc.AsyncCommand<Model, Real> {
  return command(`finish(${end}, ${fault})`, (model, real) => {
    const owner = real.owner(model)
    if (!owner || owner.process.isDead || model.end !== undefined) return
    real.failOnce(fault)
    owner.finish(end)
    model.end = owner.expected = end
  })
}

function stop(index: number, fault: Fault): fc.AsyncCommand<Model, Real> {
  return command(`stop(${index}, ${fault})`, async (model, real) => {
    real.failOnce(fault)
    await real.settle(real.process(index).streams.stop(LOG))
    if (model.end !== undefined) return
    const owner = real.owner(model)
    if (owner && !owner.process.isDead) owner.expected = 'stopped'
    model.exists = true
    model.end = 'stopped'
  })
}

function follow(real: Real, reading: Reading, after: string | undefined): void {
  const reader = reading.process.streams.read(LOG, { after })[Symbol.asyncIterator]()
  let isConnected = true
  reading.leave = () => {
    isConnected = false
    void reader.return()
  }
  reading.isOver = false
  void (async () => {
    try {
      for await (const { event, data, id } of reader) {
        const text = event === undefined ? data : `${event} ${data}`
        reading.told.push(text)
        reading.lastId = id ?? reading.lastId
        if (id === undefined) continue
        if (event === undefined) same(id, real.ids.get(text) ?? id, `the id of ${text}`)
        real.ids.set(text, id)
      }
      if (isConnected) reading.isOver = true
    } catch (error) {
      reading.error = error
    }
  })()
}

/** Where a reader goes on that comes with the id of an event: `index` is where the model has that event, or -1. */
function place(model: Model, reading: Reading, index: number, after: string | undefined): void {
  reading.prefix = [...reading.told]
  reading.from = index + 1
  const { startsAt } = model
  const continues = after !== undefined && index >= 0
  if (continues && (startsAt === undefined || Number(after.split('-')[1]) >= startsAt - 1)) return
  if (after !== undefined) reading.prefix.push(`reset {"after":"${after}"}`)
  reading.from = 0
  // Without its oldest entries a log cannot be read from the start.
  if (startsAt !== undefined) reading.state = 'damaged'
}

/** A reader comes, at the start or after an event that any reader got, whether the log still has it or not. */
function read(index: number, cursor: string | number): fc.AsyncCommand<Model, Real> {
  return command(`read(${index}, ${cursor})`, async (model, real) => {
    const known = [...real.ids].filter(([text]) => /^p\d+:/.test(text))
    const [text, id] = typeof cursor === 'number' ? (known[cursor % known.length] ?? []) : []
    const after = cursor === 'forged' ? '1-5' : id
    const reading: Reading = {
      process: real.process(index),
      told: [],
      lastId: undefined,
      isOver: false,
      error: undefined,
      leave: () => {},
      prefix: [],
      from: 0,
      state: 'open',
    }
    if (model.exists) {
      place(model, reading, text === undefined ? -1 : model.events.indexOf(text), after)
      real.readings.push(reading)
      return follow(real, reading, after)
    }
    follow(real, reading, after)
    await real.world.pass(STEP)
    const { error } = reading
    same(error instanceof ResumeError && error.code, 'not-found', 'reading nothing')
  })
}

/** The connection of a reader is cut; it comes back to any process, or does not. */
function cut(reader: number, process: number | undefined): fc.AsyncCommand<Model, Real> {
  return command(`cut(${reader}, ${process ?? 'for good'})`, (model, real) => {
    const open = real.readings.filter(({ state }) => state === 'open')
    const reading = open[reader % open.length]
    if (!reading) return
    reading.leave()
    const isOver = model.end !== undefined
    const isReset = RESET.test(reading.told.at(-1) ?? '')
    // A reader that was reset and got nothing since has no id that the log has.
    if (process === undefined || isOver || isReset || reading.lastId === undefined)
      return cutForGood(reading)
    reading.process = real.process(process)
    place(model, reading, model.events.indexOf(reading.told.at(-1) as string), reading.lastId)
    follow(real, reading, reading.lastId)
  })
}

function cutForGood(reading: Reading): void {
  reading.state = 'cut'
  reading.prefix = [...reading.told]
}

/** A process dies, with its producers and its readers. Another takes its place. */
function crash(index: number): fc.AsyncCommand<Model, Real> {
  return command(`crash(${index})`, (_, real) => {
    kill(real, real.process(index))
  })
}

function kill(real: Real, process: Process): void {
  process.isDead = true
  for (const reading of real.readings) if (reading.process === process) cutForGood(reading)
  real.processes[real.processes.indexOf(process)] = new Process(real.world, real.share)
}

/** Time passes: a live producer beats, a dead one is found out if anyone reads. */
function silence(): fc.AsyncCommand<Model, Real> {
  return command('silence', async (model, real) => {
    const owner = real.owner(model)
    const isRead = real.readings.some(
      ({ state, isOver }) => !isOver && (state === 'open' || state === 'ahead'),
    )
    // A reader that finds out first that the store has forgotten entries waits for another lease.
    await real.world.until(real.world.pause(2 * LEASE + 20 * POLL), 3 * LEASE)
    if (owner?.process.isDead && isRead && model.end === undefined) model.end = 'lost'
  })
}

/** The store drops the oldest entries, up to one with records. Readers that are beyond it must not notice. */
function trim(part: number): fc.AsyncCommand<Model, Real> {
  return command(
    `trim(${part})`,
    (model, { world: { log } }) => {
      const records = [...log.keys()].filter((index) => (log[index]?.number ?? 0) > 0)
      const index = records[part % records.length]
      if (index === undefined) return
      log.splice(0, index)
      const first = log[0] as Entry
      model.startsAt = first.number - first.body.split('\n\n').length + 2
    },
    ({ startsAt, rememberedEvents }) => startsAt === undefined && rememberedEvents === undefined,
  )
}

/** A power loss: the store forgets its newest entries, and the producer dies with it. */
function forget(count: number): fc.AsyncCommand<Model, Real> {
  return command(
    `forget(${count})`,
    (model, real) => {
      const { log } = real.world
      const newest = log.slice(log.findLastIndex(({ number }) => number === 0) + 1)
      const lost = newest.slice(-count)
      const owner = real.owner(model)
      // Shared readers still have in memory what the store forgot.
      if (real.share || lost.length === 0 || !owner) return
      if (!owner.process.isDead) kill(real, owner.process)
      log.length -= lost.length
      const events = lost
        .flatMap(({ body }) => body.split('\n\n'))
        .filter((line) => line.startsWith('data: '))
      model.events.length -= events.length
      model.rememberedEvents = model.events.length
      for (const reading of real.readings)
        if (reading.state === 'open') {
          reading.state = 'ahead'
          reading.prefix = [...reading.told]
        }
    },
    ({ end, startsAt, rememberedEvents }) =>
      end === undefined && startsAt === undefined && rememberedEvents === undefined,
  )
}

const anyProcess = fc.nat({ max: PROCESSES - 1 })
const anyProducer = fc.nat({ max: 9 })
const fault = fc.constantFrom<Fault>(
  'none',
  'none',
  'lost call',
  'lost answer',
  'late call',
  'late answer',
  'doubled call',
)
const cursor = fc.oneof(fc.constantFrom('start', 'forged'), fc.nat({ max: 99 }))
const appends = fc.tuple(anyProducer, fc.integer({ min: 1, max: 4 }), fault)
const reads = fc.tuple(anyProcess, cursor)

const commands = fc.commands(
  [
    fc.tuple(anyProcess, fc.boolean(), fault).map((args) => start(...args)),
    // The most frequent commands stand more than once.
    appends.map((args) => append(...args)),
    appends.map((args) => append(...args)),
    appends.map((args) => append(...args)),
    reads.map((args) => read(...args)),
    reads.map((args) => read(...args)),
    fc
      .tuple(fc.nat({ max: 9 }), fc.option(anyProcess, { nil: undefined }))
      .map((args) => cut(...args)),
    anyProcess.map(crash),
    fc.tuple(fc.constantFrom('end', 'error'), fault).map((args) => finish(...args)),
    fc.tuple(anyProcess, fault).map((args) => stop(...args)),
    fc.constant(silence()),
    fc.nat({ max: 9 }).map(trim),
    fc.integer({ min: 1, max: 3 }).map(forget),
  ],
  { maxCommands: MOST_COMMANDS, size: 'max' },
)

/** For any sequence of commands, every reader gets what the model says after each of them. */
export const modelHolds = fc.asyncProperty(commands, fc.boolean(), async (sequence, share) => {
  await fc.asyncModelRun(
    () => ({
      model: {
        events: [],
        owner: undefined,
        end: undefined,
        exists: false,
        startsAt: undefined,
        rememberedEvents: undefined,
      },
      real: new Real(share),
    }),
    sequence,
  )
})
