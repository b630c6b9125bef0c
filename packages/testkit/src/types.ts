/** One dispatched event, named as the fields are on the wire. */
export interface ReferenceEvent {
  /** The value of the block's `event` field; `undefined` for an unnamed message, also when the field was empty. */
  readonly event: string | undefined
  /** The `data` lines, joined with line feeds. */
  readonly data: string
  /** The `id` field of this very block; `undefined` when it had none, or none that the standard accepts. */
  readonly id: string | undefined
  /** The last event ID as it stands once this event is dispatched. */
  readonly lastEventId: string
}

/** What stood in an unfinished block when the stream ended. */
export interface PendingBlock {
  /** Bytes on the wire from the block's first line to the end of the stream, line ends included. */
  readonly bytes: number
  /** Which of the fields that make an event had taken effect in it, each once, in the order of first sight. */
  readonly fields: readonly ('event' | 'data' | 'id')[]
}

/** Everything that {@link referenceParse} finds in a stream. */
export interface ReferenceResult {
  /** The events in the order of their dispatch. */
  readonly events: readonly ReferenceEvent[]
  /** The accepted values of `retry` fields, in order, none above 2^31 - 1. */
  readonly retries: readonly number[]
  /** The text after the colon of each comment line, nothing stripped. */
  readonly comments: readonly string[]
  /** Name and value of each field that the standard does not know. */
  readonly unknownFields: readonly (readonly [name: string, value: string])[]
  /** The last event ID after the last finished block: what a reconnection would send. */
  readonly lastEventId: string
  /** The last accepted `retry` value, or `undefined` when there was none. */
  readonly reconnectionTime: number | undefined
  /**
   * `undefined` when the stream ended between blocks, else what was discarded.
   *
   * A block is pending from its first field line on, whatever the field's name, until its blank line. Comments
   * make no block. A last line without a line end is pending, whatever it holds. A byte order mark belongs to
   * the stream and to no block.
   */
  readonly pending: PendingBlock | undefined
}

/** Options of {@link referenceParse}. */
export interface ReferenceOptions {
  /** The last event ID that an earlier connection ended with. Default: `''`. */
  readonly lastEventId?: string | undefined
}

/** The same bytes, cut in one particular way. */
export interface Cut {
  /** Says where the cuts are, for the message of a failed assertion. */
  readonly name: string
  /** The pieces. Put together, they are the bytes. */
  readonly chunks: Uint8Array[]
}

/**
 * Which memory the chunks of a cut use. Each kind finds faults that the others hide:
 *
 * - `'views'`: the bytes that were passed in, seen through `subarray`. Nothing is copied, and every chunk but the
 *   first has a `byteOffset`: code that reads `chunk.buffer` from 0 fails at once.
 * - `'copies'`: each chunk owns a buffer of exactly its size, so that it can be transferred, or overwritten to
 *   show that the code under test still looks at memory which it had been done with.
 * - `'padded'`: each chunk is a view into a buffer of its own with line feeds before and after it. With plain
 *   views, code that reads one byte too far finds the right byte by luck; here it finds a wrong one.
 */
export type ChunkMemory = 'views' | 'copies' | 'padded'

/** Options of every function that cuts. */
export interface CutOptions {
  /** Which memory the chunks use. Default: `'views'`. */
  readonly memory?: ChunkMemory | undefined
}

/** Options of {@link cuts}. */
export interface AllCutsOptions extends CutOptions {
  /** Up to this many bytes, every position is cut at. Above, the work would be quadratic. Default: 1024. */
  readonly singlesUpTo?: number | undefined
  /** Up to this many bytes, every pair of positions is cut at. Above, the work would be cubic. Default: 48. */
  readonly pairsUpTo?: number | undefined
  /** Seed of the irregular cuts. Default: 1. */
  readonly seed?: number | undefined
  /** How many irregular cuts. Default: 8. */
  readonly seeded?: number | undefined
}

/** What the sources need of a clock. The platform's timers fit, as does {@link ManualClock}. */
export interface Clock {
  /** Milliseconds since some fixed moment. */
  now(): number
  /** Runs the callback once, after a delay in milliseconds. */
  setTimeout(callback: () => void, delay: number): unknown
  /** Forgets a timer; does nothing to one that has run. */
  clearTimeout(timer: unknown): void
}

/** A clock that a test moves by hand. */
export interface ManualClock extends Clock {
  /** How many timers are waiting. None should be left when the code under test is done. */
  readonly timers: number
  /** Advances the clock by this many milliseconds, runs each timer that is due, and waits for the promises that follow. */
  advance(milliseconds: number): Promise<void>
}

/** Options of `sourceOf`. */
export interface SourceOptions {
  /** Milliseconds from the request for a chunk to its arrival, or a function of the chunk's index. Default: 0. */
  readonly delay?: number | ((index: number) => number) | undefined
  /** What measures the delay. Default: the platform's timers. */
  readonly clock?: Clock | undefined
  /** The ending comes after this many chunks, although there are more. */
  readonly afterChunks?: number | undefined
  /** The ending comes after this many bytes; the last chunk is cut short to fit. */
  readonly afterBytes?: number | undefined
  /**
   * How the source ends: `'close'` as a finished response does, `'stall'` by sending nothing more and staying open
   * until it is cancelled, or with an error, which is thrown unchanged. Default: `'close'`.
   */
  readonly ending?: 'close' | 'stall' | Error | undefined
  /** How many chunks `stream()` takes ahead of its reader. Default: 0, so that counts are the reader's doing. */
  readonly highWaterMark?: number | undefined
}

/** How a source came to its end: by itself, or because its consumer cancelled the stream or returned the iterator. */
export type SourceOutcome = 'ended' | 'failed' | 'cancelled' | 'returned'

/** A source of bytes in three shapes, with counts of what its consumer did. Take one shape, once. */
export interface TestSource {
  /** The source as an async iterable. Its `return` ends a request that is waiting. */
  iterable(): AsyncIterableIterator<Uint8Array>
  /** The source as a stream. */
  stream(): ReadableStream<Uint8Array>
  /** The source as the body of a response, `text/event-stream` unless the headers in `init` say otherwise. */
  response(init?: ResponseInit): Response
  /** How many times a consumer asked for a chunk. */
  readonly requests: number
  /** How many chunks it got. */
  readonly chunks: number
  /** How many bytes it got. */
  readonly bytes: number
  /** How the source came to its end; `undefined` while it has not. The first outcome stands. */
  readonly outcome: SourceOutcome | undefined
  /** The reason with which the consumer cancelled. */
  readonly reason: unknown
  /** Resolves with the outcome. Never rejects. */
  readonly over: Promise<SourceOutcome>
}

/** An abort signal whose listeners are counted. */
export interface WatchedSignal {
  /** For the code under test. */
  readonly signal: AbortSignal
  /** Aborts the signal, with a reason if one is given. */
  readonly abort: (reason?: unknown) => void
  /** How many listeners are on the signal now, `onabort` included. */
  readonly listeners: () => number
}

/** What work of one size costs: milliseconds, or a count of anything. */
export interface CostPoint {
  readonly size: number
  readonly cost: number
}

/** Options of `measureExponent`. */
export interface MeasureOptions {
  /** The ladder of sizes. All are doubled together until times are measurable. Default: 256, 512, 1024, 2048. */
  readonly sizes?: readonly number[] | undefined
  /** How long the work of the smallest size must take at least, in milliseconds. Default: 50 steps of the clock, at least 0.1. */
  readonly shortest?: number | undefined
  /** After how many rounds through all sizes to look at the exponent first. It is read again after twice as many, and so on. Default: 10. */
  readonly rounds?: number | undefined
  /** After how many rounds to give up on an exponent that does not come to rest. Default: 1280, some ten seconds on a busy machine. */
  readonly maxRounds?: number | undefined
  /** How little a doubling of the rounds must have changed the exponent. Default: 0.05. */
  readonly tolerance?: number | undefined
  /** No size is made larger than this. Default: 2^26. */
  readonly maxSize?: number | undefined
  /** Milliseconds of a clock. Default: `performance.now`. */
  readonly now?: (() => number) | undefined
}

/** What `measureExponent` found. */
export interface Growth {
  /** The exponent: 1 is linear, 2 quadratic. */
  readonly exponent: number
  /** The shortest time of each size. */
  readonly points: readonly CostPoint[]
  /** How many rounds it took. */
  readonly rounds: number
}

/** One conformance case: bytes, and what the standard says they mean. */
export interface Vector {
  /** `group:case`. Names that begin with `wpt:` are those of the web-platform-tests where the stream stands. */
  readonly name: string
  /** The stream. */
  readonly bytes: Uint8Array
  /** The stream as text, for reading: decoded as UTF-8, malformed sequences replaced. */
  readonly text: string
  /** The events that the stream dispatches. */
  readonly events: readonly ReferenceEvent[]
  /** The accepted `retry` values, none above 2^31 - 1. */
  readonly retries: readonly number[]
  /** The text after the colon of each comment line, nothing stripped. */
  readonly comments: readonly string[]
  /** The last event ID after the last finished block. */
  readonly lastEventId: string
}
