/**
 * One event of the stream, as the standard dispatches it.
 *
 * **Lifetime.** Its bytes are a view of the chunk that was fed, so an event is valid as long as nothing writes
 * into that chunk, and keeping one event keeps its whole chunk in memory: keep {@link SseEvent.detach} instead.
 */
export interface SseEvent {
  /** The event's name, or `undefined` where the stream named none: the standard's `message`. */
  readonly event: string | undefined
  /** The payload: the block's `data` lines, joined by line feeds. Decoded when first read. */
  readonly data: string
  /** The same payload as UTF-8, undecoded: a view of the chunk that it arrived in, where it lies there in one piece. */
  readonly bytes: Uint8Array
  /** The `id` field of this block; `undefined` if it had none. */
  readonly id: string | undefined
  /** The last event ID as it stands after this event: what a reconnection would send. */
  readonly lastEventId: string
  /** `JSON.parse` of {@link SseEvent.data}. Throws what `JSON.parse` throws. */
  json<T = unknown>(): T
  /** The event as plain properties: for `JSON.stringify`, and to spread, clone or post, as `data` is a getter. */
  toJSON(): { event: string | undefined; data: string; id: string | undefined }
  /** A copy that stands for itself: it keeps no chunk in memory and does not change when one is written to. */
  detach(): SseEvent
}

/** What {@link Parser.end} does with an event that the stream broke off in. */
export type IncompletePolicy =
  /** Drop it, as the standard says and browsers do. The verdict tells. */
  | 'discard'
  /** Take it as it is, as if the missing line ends had come: `next()` gives it after `end()`. */
  | 'dispatch'
  /** Throw an {@link SseError} with the code `incomplete-event`. */
  | 'error'

/** Where a parser starts from. */
export interface StreamState {
  /** The last event ID to begin with, as after a reconnection. Default: `''`. */
  readonly lastEventId?: string | undefined
}

/** Options of `createParser`. Every one has a default that is right for most. */
export interface ParserOptions extends StreamState {
  /**
   * The most bytes that the lines of one event may have together, comments and unknown fields included, line ends
   * not. Default: 16 MiB; `Infinity` to do without. Over it comes an {@link SseError} with the code
   * `event-too-large`, the same however the network cut the bytes.
   */
  readonly maxEventBytes?: number | undefined
  /** What becomes of an event that the stream broke off in. Default: `'discard'`. */
  readonly incomplete?: IncompletePolicy | undefined
  /** Called with each comment: everything after the colon. Servers send comments to keep a connection alive. */
  readonly onComment?: ((comment: string) => void) | undefined
  /** Called with each valid `retry` field, in milliseconds, as soon as its line has ended. */
  readonly onRetry?: ((milliseconds: number) => void) | undefined
  /** Called with name and value of each line that is not a field of the standard: some servers report errors in one. */
  readonly onUnknownField?: ((name: string, value: string) => void) | undefined
}

/** A field of an event, as {@link IncompleteEnd} names them. */
export type FieldName = 'event' | 'data' | 'id'

/** The stream ended between two events: nothing was lost. */
export interface CompleteEnd {
  readonly complete: true
}

/** The stream ended inside an event. */
export interface IncompleteEnd {
  readonly complete: false
  /** How many bytes had arrived since the last event ended. */
  readonly bytes: number
  /** Which fields of the unfinished event had arrived. */
  readonly fields: readonly FieldName[]
}

/** How the stream ended. */
export type EndVerdict = CompleteEnd | IncompleteEnd

/**
 * Bytes in, events out, when you ask for them. It does no I/O and knows no clock: feed it what arrives, take what
 * is complete.
 */
export interface Parser extends Iterable<SseEvent> {
  /**
   * Takes the next bytes of the stream and copies nothing yet: leave the chunk's memory alone until `next()` has
   * returned `undefined`, and for as long as you use events that came from it.
   */
  feed(chunk: Uint8Array): void
  /** The next event that is complete, or `undefined`: feed more. */
  next(): SseEvent | undefined
  /** Drains the events that are complete so far. Leaving the loop early loses none: the next loop goes on. */
  [Symbol.iterator](): IterableIterator<SseEvent>
  /** Says that no more bytes will come, and learns whether the last event had been finished. */
  end(): EndVerdict
  /** Starts over for another stream, as if newly created. Pass `lastEventId` to carry on where this one stopped. */
  reset(state?: StreamState): void
  /** The last event ID so far: what to send as `Last-Event-ID` when reconnecting. */
  readonly lastEventId: string
  /** The last valid `retry` in milliseconds (at most 2³¹−1), or `undefined`. */
  readonly reconnectionTime: number | undefined
}
