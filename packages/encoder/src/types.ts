import type { StreamClosed } from './errors.ts'
import type { Frame } from './frame.ts'

/**
 * One event, named as its fields are on the wire. What `@tesserae/parser` yields is one too.
 *
 * @example
 * import { encode, type SseEventInit } from '@tesserae/encoder'
 *
 * const event: SseEventInit = { event: 'token', data: JSON.stringify({ text: 'Hi' }), id: '1' }
 * encode(event) // => 'event: token\nid: 1\ndata: {"text":"Hi"}\n\n'
 */
export interface SseEventInit {
  /** The name that clients listen for. Left out: an unnamed event, which they see as `message`. */
  readonly event?: string | undefined
  /** The payload: any text. An empty one is an event all the same. */
  readonly data: string
  /** What a client sends as `Last-Event-ID` when it reconnects. An empty one resets it. */
  readonly id?: string | undefined
  /** How long a client waits before it reconnects: milliseconds, from 0 to 2147483647. */
  readonly retry?: number | undefined
}

/**
 * UTF-8, as `TextEncoder` gives it: `Uint8Array`, with a type parameter where the reader's TypeScript knows one.
 */
export type Bytes = ReturnType<InstanceType<typeof TextEncoder>['encode']>

/** What `new Headers()` takes. Not by the name that it has in browsers' types, which servers' types lack. */
export type HeaderFields = ConstructorParameters<typeof Headers>[0]

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
   * @throws an `EncodeError`, at once, if the event cannot be sent.
   */
  readonly send: (event: SseEventInit | Frame) => Promise<void>
  /**
   * Sends a payload as JSON, under one of the stream's names.
   *
   * @throws at once, if the payload has no JSON, or the name or a field cannot be sent.
   */
  readonly emit: <Name extends keyof Events & string>(
    name: Name,
    payload: Events[Name],
    fields?: Pick<SseEventInit, 'id' | 'retry'>,
  ) => Promise<void>
  /** Sends what is waiting, then ends the stream. */
  readonly close: () => void
  /** Resolves when the stream is over. */
  readonly closed: Promise<StreamClosed>
}

/** Events, one after another. */
export type EventSequence = Iterable<SseEventInit | Frame> | AsyncIterable<SseEventInit | Frame>

/**
 * Where the events of a stream come from: a sequence of them, or a function that returns or promises one, or one that
 * sends them itself. The stream lasts until the sequence is used up or the function's promise is settled. What can be
 * iterated in that promise is taken for events.
 */
export type StreamSource<Events extends object = EventMap> =
  | EventSequence
  | ((stream: EventStream<Events>) => EventSequence | Promise<unknown>)

/** A comment, sent when nothing else was for a while. */
export interface Heartbeat {
  /** Milliseconds without traffic. */
  readonly every: number
  /** An event to send in place of the comment, for clients that cannot see comments, as browsers cannot. */
  readonly event?: SseEventInit | undefined
}

/**
 * Options of every stream. Durations are in milliseconds, are looked at every quarter of a second, and 0 turns off
 * what they are for.
 */
export interface EventStreamOptions {
  /** Added to the head of the response, and to that of a refusal. */
  readonly headers?: HeaderFields | undefined
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
  readonly formatError?: ((error: unknown) => SseEventInit | undefined) | undefined
  /**
   * Told of every error of the source that `eventStream` or `sendEvents` does not reject with, in full, and of every
   * client that is refused. Without it nobody sees what goes wrong once the head is sent.
   */
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

/**
 * What happens when as much as `queueBytes` waits for one client of a hub.
 *
 * - `disconnect`: it is dropped. Its `EventSource` reconnects, and says with `Last-Event-ID` where it left off.
 * - `drop-oldest`: the oldest of what waits for it is dropped.
 * - `coalesce`: of the events that were published with the same `key`, only the newest waits. If that is not
 *   enough, it is dropped.
 * - `wait`: `publish()` waits for it. If the publisher does not, it is dropped at 16 times `queueBytes`.
 */
export type SlowPolicy = 'disconnect' | 'drop-oldest' | 'coalesce' | 'wait'

/** Options of `createHub`. */
export interface HubOptions {
  /** Default: `disconnect`. */
  readonly policy?: SlowPolicy | undefined
  /** How many bytes may wait for one client, beside what its connection holds; one event always may. Default: 262144. */
  readonly queueBytes?: number | undefined
  /** One more is refused, with status 503. Default: no limit. */
  readonly maxClients?: number | undefined
}

/** What one client of a hub gets, and how. */
export interface JoinOptions {
  /** Which events it gets, by the event and the topic that it was published with. Default: all. */
  readonly filter?: ((event: SseEventInit, topic: string | undefined) => boolean) | undefined
  /** Default: the hub's. */
  readonly policy?: SlowPolicy | undefined
  /** Default: the hub's. */
  readonly queueBytes?: number | undefined
}

/** What is said of an event, and not sent. */
export interface PublishOptions {
  /** For filters to look at. */
  readonly topic?: string | undefined
  /** What a newer event stands in place of, for clients with the policy `coalesce`. */
  readonly key?: unknown
}

/** Options of `hub.drain`. */
export interface DrainOptions {
  /** Over how many milliseconds the streams are ended, evenly, so that clients do not reconnect all at once. Default: 0. */
  readonly spread?: number | undefined
  /** For how many milliseconds a client may go on reading what waits for it. Default: 5000. */
  readonly grace?: number | undefined
}

/** What a hub has done so far, and holds now. */
export interface HubCounters {
  /** Clients there are. */
  readonly clients: number
  /** Clients there were. */
  readonly opened: number
  /** Clients that are gone, by the reason. */
  readonly closed: Readonly<Record<CloseReason, number>>
  /** Events published. */
  readonly events: number
  /** Events handed to connections: one for each client that gets it. */
  readonly deliveries: number
  /** Bytes handed to connections. */
  readonly bytes: number
  /** Bytes that wait in the queues of clients. */
  readonly queued: number
  /** Events that policies took out of queues. */
  readonly dropped: number
  /** Clients that policies dropped. */
  readonly evicted: number
}

/** One event to many clients. Made by `createHub`. */
export interface Hub<Events extends object = EventMap> {
  /**
   * Sends an event to every client that wants it, encoded once, together with what else is published in the same
   * turn. The promise resolves when every client with the policy `wait` has room.
   *
   * @throws an `EncodeError`, at once and not by the promise, if the event cannot be sent.
   */
  publish(event: SseEventInit, options?: PublishOptions): Promise<void>
  /**
   * Publishes a payload as JSON, under one of the hub's names.
   *
   * @throws at once and not by the promise, if the payload has no JSON, or the name or a field cannot be sent.
   */
  emit<Name extends keyof Events & string>(
    name: Name,
    payload: Events[Name],
    options?: PublishOptions & Pick<SseEventInit, 'id' | 'retry'>,
  ): Promise<void>
  /** A source for `eventStream` or `sendEvents` that makes their client one of the hub's. */
  source(
    options?: JoinOptions,
  ): <Its extends object>(stream: EventStream<Its>) => Promise<StreamClosed>
  /** The same within a source of one's own: from here on, the stream gets what is published. */
  join<Its extends object>(stream: EventStream<Its>, options?: JoinOptions): Promise<StreamClosed>
  /** A snapshot of all counts. */
  counters(): HubCounters
  /** Refuses new clients, and ends the streams of all there are. Resolves when all are over. */
  drain(options?: DrainOptions): Promise<void>
}
