import type { SseEventInit } from '@tesserae/encoder'
import type { SourceRequest } from '@tesserae/encoder/web'
import type { Store } from './store.ts'

export type { SseEventInit } from '@tesserae/encoder'
export type { Entry, Place, Store, StoreAppendOptions } from './store.ts'

/** Why a log is over. */
export type EndReason =
  /** The source came to its end. */
  | 'end'
  /** The source threw, or yielded an event that cannot be stored. */
  | 'error'
  /** `stop()` was called, or the `signal` given to `start()` aborted. */
  | 'stopped'
  /** The producer was silent for longer than `lease` and no other took over. */
  | 'lost'
  /** The log would have exceeded `maxBytes`. */
  | 'too-large'
  /** The store lost entries in the middle of the log. A reader or a takeover noticed. */
  | 'damaged'
  /** The log was removed, evicted or expired while it was in use. */
  | 'gone'

/** Why a run is over: the reason in the log, or why this producer could not write one. */
export type RunReason =
  | EndReason
  /** Another producer took the log over. */
  | 'fenced'
  /** The store did not answer for `patience`, or answered with a permanent error. */
  | 'unreachable'
  /** The log existed already, so `start()` did not use its source. */
  | 'joined'

/** How a run, or one reading of a log, ended. */
export interface Ending<Reason extends RunReason = RunReason> {
  readonly reason: Reason
  /** How many events this run stored, or this reading delivered. */
  readonly events: number
  /** The cause, if an error is the reason. A reading has none: errors stay on the server that produced them. */
  readonly error: unknown
}

/** What a source function receives. */
export interface SourceContext {
  /**
   * Aborts when nothing more can be stored, with a `ResumeError` as the reason: cancel the model. Its code is `stopped`,
   * `fenced`, `lost`, `damaged`, `gone`, `unreachable` or `too-large`.
   */
  readonly signal: AbortSignal
  /** After a takeover: the last event of the log. Continue after it. */
  readonly last: SseEventInit | undefined
  /** After a takeover: how many events the log has. Otherwise 0. */
  readonly count: number
}

/** Events in order. Events must not have an `id`: the log assigns it. */
export type RunSequence =
  | Iterable<SseEventInit>
  | AsyncIterable<SseEventInit>
  | ReadableStream<SseEventInit>

/** A sequence of events, or a function that returns or promises one. The function is called only if the log was claimed. */
export type RunSource =
  | RunSequence
  | ((context: SourceContext) => RunSequence | Promise<RunSequence>)

/** Options of `streams.start`. */
export interface StartOptions {
  /**
   * Claims the log even if another producer has it. Only for sources that can continue after `last`, such as a job queue
   * or a model API with a cursor. Default: false.
   */
  readonly takeover?: boolean | undefined
  /** Ends the log with the reason `stopped` when it aborts. */
  readonly signal?: AbortSignal | undefined
}

/** One call of `streams.start`. */
export interface Run {
  /** Whether this call claimed the log and uses its source. */
  readonly started: boolean
  /** Resolves when the run is over. Never rejects, so it can be passed to `waitUntil`. */
  readonly done: Promise<Ending>
}

/** Options of `streams.read`. */
export interface ReadLogOptions {
  /**
   * The id of the last event that the client has. Default: the `Last-Event-ID` of the request when `eventStream` or
   * `sendEvents` opens the reading, otherwise none, which means everything.
   */
  readonly after?: string | null | undefined
  /**
   * What happens if the log does not continue after that id.
   *
   * - `reset`: one event `reset`, then everything from the oldest event.
   * - `reject`: a `ResumeError` with the code `gap` and status 412. A reading that is under way rejects with it, too.
   *
   * Default: `reset`.
   */
  readonly gap?: 'reset' | 'reject' | undefined
  /**
   * The events that tell a client how the log ended, unless the reason is `end`. Default: one event named `stopped` or
   * `failed`, with `{"reason":"…"}` as its data.
   */
  readonly ending?: ((ending: Ending<EndReason>) => readonly SseEventInit[]) | undefined
}

/** The events of one reader. It holds a place in the log, and nothing in memory that the log also has. */
export interface Reader extends AsyncIterableIterator<SseEventInit> {
  /** Whether the reader has delivered everything, including the end. */
  readonly isOver: boolean
  next(): Promise<IteratorResult<SseEventInit, undefined>>
  /** Ends a wait for the next event at once. The producer is not affected. */
  return(): Promise<IteratorResult<SseEventInit, undefined>>
  [Symbol.asyncIterator](): this
}

/** What `streams.read` returns. Each iteration, and each `open`, reads from the start or after `after`. */
export interface Reading {
  /**
   * Looks up where to begin, so that a server can still answer with a status. `eventStream` and `sendEvents` call it before
   * they send the head.
   *
   * @throws a `ResumeError`: `not-found` (404), `bad-cursor` (400), `gap` (412) or `unavailable` (503)
   */
  open(request?: Partial<SourceRequest>): Promise<Reader>
  [Symbol.asyncIterator](): Reader
}

/** What `streams.state` returns. */
export type LogState = 'live' | EndReason

/** Options of `createStreams`. Durations are in milliseconds. */
export interface StreamsOptions {
  /** Default: `memoryStore()`, which serves one process. */
  readonly store?: Store | undefined
  /**
   * A producer that is silent for this long is considered lost. It writes a beat every third of it, or of `keep` if that is
   * shorter. Default: 15000.
   */
  readonly lease?: number | undefined
  /** How long a log is kept after its last entry. Default: 3600000. */
  readonly keep?: number | undefined
  /** How often a reader looks for new entries when no hint arrives. Default: 250. */
  readonly poll?: number | undefined
  /** How long the store may be unavailable before a producer gives up and a reader fails. Default: 30000. */
  readonly patience?: number | undefined
  /** How many bytes may wait for the store before the source has to wait. Default: 65536. */
  readonly highWaterMark?: number | undefined
  /** The largest log in bytes. An event that exceeds it ends the log with `too-large`. Default: 16777216. */
  readonly maxBytes?: number | undefined
  /**
   * Whether the readers of one log in this process share one reader of the store. `false` gives each its own: the same
   * events, more commands. Default: true.
   */
  readonly share?: boolean | undefined
  /** Called with every error that no caller receives. **Without it these errors are invisible.** */
  readonly onError?: ((error: unknown) => void) | undefined
  /** Replaces the clock, the timers and the random tokens. For tests. */
  readonly platform?: Platform | undefined
}

/** Time and chance, replaceable for tests. */
export interface Platform {
  /** Milliseconds on a clock that never goes back. */
  now(): number
  /** Calls `run` once after `delay` milliseconds. Returns a function that cancels the call. */
  timer(delay: number, run: () => void): () => void
  /** A random token of at least 16 lower-case letters and digits. */
  token(): string
}

/** Logs of events, by name. Made by `createStreams`. */
export interface Streams {
  /**
   * Claims the log and feeds the source into it. An event is stored before any reader gets it. If the log exists, live or
   * ended, the source is not used and `started` is false, unless `takeover` is set and the log is live.
   *
   * @throws a `ResumeError` with the code `bad-name`, `bad-option`, `bad-source` or `unavailable`
   */
  start(name: string, source: RunSource, options?: StartOptions): Promise<Run>
  /** The events of a log, for any number of readers, on any server. Nothing is looked up until the reading is opened. */
  read(name: string, options?: ReadLogOptions): Reading
  /** Ends the log for good, wherever its producer is. Also works before the start, and does nothing after the end. */
  stop(name: string): Promise<void>
  /** `live`, the reason of the end, or `undefined` if there is no log of this name. */
  state(name: string): Promise<LogState | undefined>
  /** Deletes the log. A live producer is stopped first. */
  remove(name: string): Promise<void>
}
