import type { StreamClosed } from './errors.ts'
import type { Frame } from './frame.ts'

/**
 * One event, named as its fields are on the wire. What `@tesserae/parser` yields is one too.
 *
 * @example
 * import { encode, type SseEvent } from '@tesserae/encoder'
 *
 * const event: SseEvent = { event: 'token', data: JSON.stringify({ text: 'Hi' }), id: '1' }
 * encode(event) // => 'event: token\nid: 1\ndata: {"text":"Hi"}\n\n'
 */
export interface SseEvent {
  /** The name that clients listen for. Left out: an unnamed event, which they see as `message`. */
  readonly event?: string | undefined
  /** The payload: any text. An empty one is an event all the same. */
  readonly data: string
  /** What a client sends as `Last-Event-ID` when it reconnects. An empty one resets it. */
  readonly id?: string | undefined
  /** How long a client waits before it reconnects: milliseconds, from 0 to 2147483647. */
  readonly retry?: number | undefined
}

/** Names of events, and what the payload of each is. */
export type EventMap = Record<string, unknown>

/** Text that a client chose. Check it before it becomes part of a query, a path, or another user's stream. */
export type UntrustedText = string & { readonly [untrusted]?: never }
declare const untrusted: unique symbol

/** Why a stream is over. */
export type CloseReason =
  /** The source came to its end, or called `close()`. */
  | 'done'
  /** The source threw. */
  | 'error'
  /** The client hung up. */
  | 'client-gone'
  /** The client did not read for `stallTimeout`, or fell too far behind. */
  | 'slow'
  /** The source sent nothing for `idleTimeout`. */
  | 'idle'
  /** `maxDuration` has passed. */
  | 'expired'
  /** The server is going down: `signal`, or `hub.drain()`. */
  | 'shutdown'

/** What a source that is a function is given. Its members work on their own, so it can be taken apart. */
export interface EventStream<Events extends object = EventMap> {
  /** Aborts when the stream is over, with a {@link StreamClosed} as its reason. */
  readonly signal: AbortSignal
  /** Where the client says that it left off. It can be anything: bind it to this very user and stream. */
  readonly lastEventId: UntrustedText | undefined
  /**
   * Sends an event. The promise resolves when there is room for another, and rejects with {@link StreamClosed}
   * when the stream is over; that rejection is not reported as unhandled if nobody waits for it.
   *
   * @throws {@link EncodeError}, at once, if the event cannot be sent.
   */
  readonly send: (event: SseEvent | Frame) => Promise<void>
  /** Sends a payload as JSON, under one of the stream's names. */
  readonly emit: <Name extends keyof Events & string>(
    name: Name,
    payload: Events[Name],
    fields?: Pick<SseEvent, 'id' | 'retry'>,
  ) => Promise<void>
  /** Sends what is waiting, then ends the stream. */
  readonly close: () => void
  /** Resolves when the stream is over. */
  readonly closed: Promise<StreamClosed>
}

/** Events, or a promise of the end of a function that sends them. */
export type EventSequence = Iterable<SseEvent | Frame> | AsyncIterable<SseEvent | Frame>

/**
 * Where the events of a stream come from: a sequence of them, or a function that returns one, or one that sends them
 * itself. The stream lasts until the sequence is used up or the function's promise is settled.
 */
export type EventSource<Events extends object = EventMap> =
  | EventSequence
  | ((stream: EventStream<Events>) => EventSequence | Promise<unknown>)

/** A comment, sent when nothing else was for a while. */
export interface Heartbeat {
  /** Milliseconds without traffic. */
  readonly every: number
  /** An event to send in place of the comment, for clients that cannot see comments, as browsers cannot. */
  readonly event?: SseEvent | undefined
}

/** Options of every stream. Durations are in milliseconds, and 0 turns off what they are for. */
export interface StreamOptions {
  /** Added to the head of the response. */
  readonly headers?: HeadersInit | undefined
  /** Default: a comment after 15 seconds without traffic; 8 on Bun, whose server hangs up after 10. */
  readonly heartbeat?: number | Heartbeat | undefined
  /** How many bytes may wait for the client before the source has to. Default: 65536. */
  readonly highWaterMark?: number | undefined
  /** Ends the stream when it aborts: for the shutdown of the server. */
  readonly signal?: AbortSignal | undefined
  /** In place of the request's `Last-Event-ID`. */
  readonly lastEventId?: string | undefined
  /** Sent first: how long the client is to wait before it reconnects. */
  readonly retry?: number | undefined
  /** Ends the stream after up to a tenth less than this, for platforms that cut long responses. Default: 0. */
  readonly maxDuration?: number | undefined
  /** Ends the stream when the source has sent nothing for so long. Default: 0. */
  readonly idleTimeout?: number | undefined
  /** Drops a client that has read nothing for so long although something was waiting. Default: 60000. */
  readonly stallTimeout?: number | undefined
  /** When the source is done, tells the client not to reconnect: by a last event, then by status 204. Default: false. */
  readonly final?: boolean | undefined
  /** The event that tells the client of an error of the source; undefined for none. Default: one that gives nothing away. */
  readonly formatError?: ((error: unknown) => SseEvent | undefined) | undefined
  /** Told of every error of the source, in full. */
  readonly onError?: ((error: unknown) => void) | undefined
  /** Told once, when the stream is over. */
  readonly onClose?: ((summary: StreamSummary) => void) | undefined
}

/** What a stream came to. */
export interface StreamSummary {
  readonly reason: CloseReason
  /** What the source threw, if that is the reason. */
  readonly error: unknown
  /** How many events were sent. */
  readonly events: number
  /** How many bytes were handed to the platform. */
  readonly bytes: number
  readonly milliseconds: number
}
