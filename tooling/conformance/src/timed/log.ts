import { addToChecksum, type Outcome, payloads } from './work.ts'

interface LogEvent {
  readonly data: string
}

/** A log of any make, kept in memory. */
export interface Log {
  /** Begins to store the events of a source. `done` says how many they were. */
  start(source: Iterable<LogEvent> | AsyncIterable<LogEvent>): Writing | Promise<Writing>
  /** Reads from the start to the end, as events come. */
  read(): AsyncIterable<LogEvent>
}

interface Writing {
  readonly done: Promise<{ readonly events: number }>
}

/** What is timed of a log. Its events are the payloads, over and over. */
export interface TimedLog {
  /** Stores all events of a source that has them at once, in a new log. */
  write(events: number): Promise<Outcome>
  /** A source yields the next event of a new log after the reader has the one before. */
  pass(events: number): Promise<Outcome>
  /** Reads a log of so many events from its start. The log is written by the first call. */
  replay(events: number): Promise<Outcome>
}

/** Both sides have it, each in its own bundle. */
export function timedLog(create: () => Log): TimedLog {
  const written = new Map<number, Log>()
  const fill = async (log: Log, count: number): Promise<Outcome> => {
    const { done } = await log.start(payloadEvents(count))
    return { events: (await done).events, checksum: 0 }
  }
  return {
    write: (count) => fill(create(), count),
    async pass(count) {
      const log = create()
      let ready = (): void => {}
      async function* oneByOne(): AsyncGenerator<LogEvent> {
        for (const event of payloadEvents(count)) {
          const isRead = new Promise<void>((resolve) => (ready = resolve))
          yield event
          await isRead
        }
      }
      await log.start(oneByOne())
      return readAll(log, () => ready())
    },
    async replay(count) {
      const log = written.get(count) ?? create()
      if (!written.has(count)) await fill(log, count)
      written.set(count, log)
      return readAll(log)
    },
  }
}

export function* payloadEvents(count: number): Generator<LogEvent> {
  for (let index = 0; index < count; index++) yield { data: payloads[index & 63]! }
}

async function readAll(log: Log, onEvent = (): void => {}): Promise<Outcome> {
  let events = 0
  let checksum = 0
  for await (const { data } of log.read()) {
    events++
    checksum = addToChecksum(checksum, data)
    onEvent()
  }
  return { events, checksum }
}
