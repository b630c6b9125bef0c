/**
 * One event of the stream, as the standard dispatches it.
 *
 * **Lifetime.** An event refers to the chunk that was fed. It is valid as long as nothing writes into the chunk, and keeping
 * the event keeps the whole chunk in memory: keep {@link SseEvent.detach} instead.
 */
export interface SseEvent {
  /** The event's name, or `undefined` for an unnamed event, which `EventSource` calls `message`. */
  readonly event: string | undefined
  /** The payload: the `data` lines of the event, joined by line feeds. Decoded when first read. */
  readonly data: string
  /** The payload as it was sent, undecoded: a view of the chunk if it is one line in one chunk, otherwise a new array. */
  readonly bytes: Uint8Array
  /** The `id` field of this event; `undefined` if it had none. */
  readonly id: string | undefined
  /** The last event ID after this event: what a reconnection would send. */
  readonly lastEventId: string
  /** `JSON.parse` of {@link SseEvent.data}. Throws what `JSON.parse` throws. */
  json<T = unknown>(): T
  /** `event`, `data` and `id` as a plain object: for `JSON.stringify`, and to spread, clone or post, because `data` is a getter. */
  toJSON(): { event: string | undefined; data: string; id: string | undefined }
  /** A copy that does not depend on the chunk: it keeps no chunk in memory, and does not change when the chunk is overwritten. */
  detach(): SseEvent
}

/** What {@link Parser.end} does with an event that the stream broke off in. */
export type IncompletePolicy =
  /** Drop it, as the standard says and browsers do. The verdict reports it. */
  | 'discard'
  /** Take it as if the missing line ends had arrived: `next()` returns it after `end()`. */
  | 'dispatch'
  /** Throw an {@link SseError} with the code `incomplete-event`. */
  | 'error'

/** The state that a parser starts with. */
export interface StreamState {
  /** The last event ID to begin with, as after a reconnection. Default: `''`. */
  readonly lastEventId?: string | undefined
}

/** Options of `createParser`. Every one has a default that is right for most. */
export interface ParserOptions extends StreamState {
  /**
   * The most bytes that the lines of one event may have together, comments and unknown fields included, line ends
   * not. Default: 16 MiB. At most 480 MiB, also for `Infinity`. A larger event throws an {@link SseError} with the code
   * `event-too-large`, however the network cut the bytes.
   */
  readonly maxEventBytes?: number | undefined
  /** What happens to an event in which the stream broke off. Default: `'discard'`. */
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

/** The stream did not end inside an event. */
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
 * Bytes in, events out, when you ask for them. It does no I/O and has no timers: feed the bytes that arrive, and take the
 * events that are complete.
 */
export interface Parser extends Iterable<SseEvent> {
  /**
   * Takes the next bytes of the stream and copies nothing yet: leave the chunk's memory alone until `next()` has
   * returned `undefined`, and for as long as you use events that came from it.
   */
  feed(chunk: Uint8Array): void
  /** The next event that is complete, or `undefined`: feed more. */
  next(): SseEvent | undefined
  /** Takes the events that are complete so far. Leaving the loop early loses none: the next loop goes on. */
  [Symbol.iterator](): IterableIterator<SseEvent>
  /** Says that no more bytes will come. Returns whether the stream ended inside an event. */
  end(): EndVerdict
  /**
   * Starts over for another stream. Pass `lastEventId` to continue where this one stopped; without an argument, the last
   * event ID is the one of the options.
   */
  reset(state?: StreamState): void
  /** The last event ID so far: what to send as `Last-Event-ID` when reconnecting. */
  readonly lastEventId: string
  /** The last valid `retry` in milliseconds (at most 2³¹−1), or `undefined`. */
  readonly reconnectionTime: number | undefined
}
