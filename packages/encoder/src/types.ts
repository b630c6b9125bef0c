import type { CloseReason, StreamClosed } from './errors.ts'

export type { CloseReason } from './errors.ts'

/**
 * One event, with the names that its fields have on the wire. An event of `@tesserae/parser` is one too.
 *
 * @example
 * ```ts
 * import { encode, type SseEventInit } from '@tesserae/encoder'
 *
 * const event: SseEventInit = { event: 'token', data: JSON.stringify({ text: 'Hi' }), id: '1' }
 * encode(event) // => 'event: token\nid: 1\ndata: {"text":"Hi"}\n\n'
 * ```
 */
export interface SseEventInit {
  /** The name that clients listen for. Without it the event is unnamed, which clients see as `message`. */
  readonly event?: string | undefined
  /** The payload: any text. An empty one is an event too. */
  readonly data: string
  /** What a client returns as `Last-Event-ID` when it reconnects: at most 1,024 bytes. An empty one resets it. */
  readonly id?: string | undefined
  /** How long a client waits before it reconnects: milliseconds, from 0 to 2147483647. */
  readonly retry?: number | undefined
}

/** A payload that may have JSON: anything but `undefined`. */
export type Payload = {} | null

/** Names of events, and the payload of each. */
export type EventMap = Record<string, Payload>

declare const payloadOf: unique symbol

/** An event whose type holds its name and payload. Made by `jsonEvent`. */
export interface NamedEvent<Name extends string, P> extends SseEventInit {
  readonly event: Name
  /** In the type alone. */
  readonly [payloadOf]: P
}

/** The events of a stream: any event for the default map, and the events of `jsonEvent` for a map of your own. */
// Inside `infer`, because the compiler would infer the map of a stream from its events.
export type EventOf<Events extends object> = Events extends infer Its extends object
  ? [keyof Its] extends [never]
    ? SseEventInit
    : string extends keyof Its
      ? SseEventInit
      : { [Name in keyof Its & string]: NamedEvent<Name, Its[Name]> }[keyof Its & string]
  : never

/** UTF-8, with the type that `TextEncoder.encode` has in the reader's version of TypeScript. */
export type Bytes = ReturnType<InstanceType<typeof TextEncoder>['encode']>

/**
 * Header fields: what `new Headers()` takes, or the object that Node's `getHeaders()` and Fastify's
 * `reply.getHeaders()` return.
 */
export type HeaderFields =
  | Headers
  | Iterable<readonly [string, string]>
  | { readonly [name: string]: string | number | readonly string[] | undefined }

/** What is read of a request: `Request` has it, and `webRequest` of `@tesserae/encoder/node` makes it of Node's. */
export interface WebRequest {
  readonly method: string
  readonly headers: { get(name: string): string | null }
  readonly signal: AbortSignal
}

/** Text that a client chose. Check it before it becomes part of a query, a path, or another user's stream. */
export type UntrustedText = string & { readonly [untrusted]?: never }
declare const untrusted: unique symbol

/** The stream as its source sees it. Members work on their own, so the object can be destructured. */
export interface EventStream<Events extends object = EventMap> {
  /** Aborts when the stream takes no more events. Its reason is a {@link StreamClosed}. */
  readonly signal: AbortSignal
  /** Where the client says that it left off. It can be any text: check it against this user and this stream. */
  readonly lastEventId: UntrustedText | undefined
  /**
   * Sends an event. The promise resolves when there is room for another.
   *
   * It rejects with an `EncodeError` if the event cannot be sent, and with {@link StreamClosed} when the stream is over.
   * The second rejection is not reported as unhandled.
   */
  readonly send: (event: EventOf<Events>) => Promise<void>
  /** Sends a payload as JSON, under a name of the stream's events. Settles like {@link send}. */
  readonly emit: <Name extends keyof Events & string>(
    name: Name,
    payload: Events[Name] & Payload,
    fields?: Pick<SseEventInit, 'id' | 'retry'>,
  ) => Promise<void>
  /** Ends the stream after everything that was sent. */
  readonly close: () => void
  /** Resolves when the client has everything, or is gone. */
  readonly closed: Promise<StreamClosed>
  /** For code that queues by itself, as a hub does: direct access to the connection. */
  readonly attach: (follower: Follower) => Outlet
}

declare global {
  /** As in the library `esnext.disposable`, which a project may not have. */
  interface SymbolConstructor {
    readonly asyncDispose: unique symbol
  }
}

/** A stream that is sent to from elsewhere. `await using` closes it, and waits until it is over. */
export interface OpenStream<Events extends object = EventMap> extends EventStream<Events> {
  [Symbol.asyncDispose](): Promise<void>
}

/** What is called when a stream changes. */
export interface Follower {
  /** The stream takes no more events. */
  onStop(end: StreamClosed): void
  /** The connection has room, and nothing waits before it. */
  onRoom?(): void
}

/** Events that were encoded together, to be sent to many. */
export interface EncodedEvents {
  readonly events: number
  readonly bytes: Bytes
}

/** Direct access to the connection of a stream. */
export interface Outlet {
  /** Whether bytes go straight to the connection: it has room, and nothing waits before them. */
  readonly isClear: boolean
  /** Resolves when the client has everything, or is gone. */
  readonly closed: Promise<StreamClosed>
  /** Writes events that were encoded before. Call it only while `isClear`. */
  sendBatch(batch: EncodedEvents): void
  /** Ends the stream after what waits. */
  close(reason: CloseReason): void
  /** Ends the stream at once. What waits is lost. */
  drop(reason: CloseReason): void
  /** Ends the stream with the error event. */
  fail(error: unknown): void
}

/** Events, one after another. */
export type EventSequence<Events extends object = EventMap> =
  | Iterable<EventOf<Events>>
  | AsyncIterable<EventOf<Events>>
  | ReadableStream<EventOf<Events>>

/** What a source is given to begin with. */
export type SourceRequest = Pick<EventStream, 'lastEventId' | 'signal'>

/**
 * A source that has to look something up before the head can be sent. The head waits until the promise of `open()`
 * settles, so a rejection can still become the status of the response.
 */
export interface OpenableSource<Events extends object = EventMap> {
  open(request: SourceRequest): EventSequence<Events> | Promise<EventSequence<Events>>
}

/**
 * Where the events of a stream come from: a sequence; a function that returns or promises one, or that sends events
 * itself; or an object with `open()`. The stream lasts until the sequence is used up or the function's promise settles.
 * If that promise resolves with something iterable, its items are sent too.
 */
export type StreamSource<Events extends object = EventMap> =
  | EventSequence<Events>
  | OpenableSource<Events>
  | ((stream: EventStream<Events>) => EventSequence<Events> | Promise<unknown>)

/** What is sent after a while without traffic. */
export interface Heartbeat {
  /** Milliseconds without traffic. */
  readonly every: number
  /** An event to send instead of a comment, because browsers do not show comments to a page. */
  readonly event?: SseEventInit | undefined
}

/** Options of every stream. Durations are in milliseconds, checked every 250 ms. `0` disables a timeout. */
export interface EventStreamOptions {
  /** Added to the head of the response, whatever its status. */
  readonly headers?: HeaderFields | undefined
  /** Default: a comment after 15 seconds without traffic; 8 on Bun, whose server hangs up after 10. `false`: none. */
  readonly heartbeat?: number | false | Heartbeat | undefined
  /** How many bytes may wait for the client before the source has to. Default: 65536. */
  readonly highWaterMark?: number | undefined
  /** Ends the stream when it aborts: for the shutdown of the server. */
  readonly signal?: AbortSignal | undefined
  /** Replaces the request's `Last-Event-ID`. */
  readonly lastEventId?: string | undefined
  /** Sent first: how long the client waits before it reconnects. */
  readonly retry?: number | undefined
  /** Ends the stream after this time, or up to a tenth earlier: for platforms that cut long responses. Default: 0. */
  readonly maxDuration?: number | undefined
  /** Ends the stream when the source has sent nothing for this time. Default: 0. */
  readonly idleTimeout?: number | undefined
  /** Drops a client that has read nothing for this time although something waits for it. Default: 60000. */
  readonly stallTimeout?: number | undefined
  /** When the source is done, tells the client not to reconnect: by a last event, then by status 204. Default: false. */
  readonly final?: boolean | undefined
  /**
   * How a client is refused that should come back later, or without its `Last-Event-ID`. `retry`: an empty stream with a
   * reconnection time, which a browser's `EventSource` survives. `status`: 503 with `Retry-After`, or 400, which ends an
   * `EventSource` for good. Default: `retry`.
   */
  readonly refusal?: 'retry' | 'status' | undefined
  /**
   * The event that tells the client that the source has failed; `undefined` sends none. The default is named
   * `stream-error` and reveals nothing about the error.
   */
  readonly formatError?: ((error: unknown) => SseEventInit | undefined) | undefined
  /**
   * Called with every error of the source that `eventStream` or `sendEvents` does not reject with, and for every client
   * that is refused. Without it, errors after the head are lost.
   */
  readonly onError?: ((error: unknown) => void) | undefined
  /** Called for each write to the connection, for metrics. */
  readonly onWrite?: ((written: WriteSummary) => void) | undefined
  /** Called once, when the client has everything or is gone: for every request, refusals and HEAD included. */
  readonly onClose?: ((summary: StreamSummary) => void) | undefined
}

/** What one write to the connection held. */
export interface WriteSummary {
  /** How many events were added since the write before. */
  readonly events: number
  readonly bytes: number
}

/** The totals of a stream. */
export interface StreamSummary {
  readonly reason: CloseReason
  /** The error, if the reason is `error` or the connection failed. */
  readonly error: unknown
  /** How many events were sent. */
  readonly events: number
  /** How many bytes were handed to the platform. */
  readonly bytes: number
  readonly milliseconds: number
}

/**
 * What happens when more than `queueBytes` wait for one client of a hub.
 *
 * - `disconnect`: the client is dropped. Its `EventSource` reconnects, and says with `Last-Event-ID` where it left off.
 * - `drop-oldest`: the oldest waiting event is dropped.
 * - `coalesce`: of the events that were published with the same `key`, only the newest waits. If that is not enough, the
 *   client is dropped.
 * - `wait`: `publish()` waits for the client. If the publisher does not wait, the client is dropped at 16 times
 *   `queueBytes`, or 1 MiB if that is more.
 */
export type SlowPolicy = 'disconnect' | 'drop-oldest' | 'coalesce' | 'wait'

/** Options of `createHub`. */
export interface HubOptions {
  /** Default: `disconnect`. */
  readonly policy?: SlowPolicy | undefined
  /** How many bytes may wait for one client, beside those in its connection; one event always may. Default: 262144. */
  readonly queueBytes?: number | undefined
  /** One more client is refused. Default: no limit. */
  readonly maxClients?: number | undefined
  /** Called when a client has joined. */
  readonly onJoin?: ((client: HubClient) => void) | undefined
  /** Called when a client has left. */
  readonly onLeave?: ((client: HubClient, end: StreamClosed) => void) | undefined
  /** Called for each event with its topic and the number of clients that get it, for metrics. */
  readonly onPublish?:
    | ((event: SseEventInit, topic: string | undefined, clients: number) => void)
    | undefined
}

/** One client of a hub. */
export interface HubClient<Events extends object = EventMap> {
  /** The topics that it joined with. */
  readonly topics: readonly string[] | undefined
  /** The label that it joined with. */
  readonly label: unknown
  /** Sends an event to this client alone, after what was published before. Rejects if the event cannot be sent. */
  send(event: EventOf<Events>): Promise<void>
  /** Ends its stream after what waits for it. */
  close(): void
}

/** Which events one client of a hub gets, and how. */
export interface JoinOptions<Events extends object = EventMap> {
  /** Only events that are published with one of these topics, or without a topic. Default: all events. */
  readonly topics?: string | readonly string[] | undefined
  /** Only events for which this returns true. It is called with the event as it was encoded, and its topic. Default: all. */
  readonly filter?: ((event: SseEventInit, topic: string | undefined) => boolean) | undefined
  /** Default: the hub's. */
  readonly policy?: SlowPolicy | undefined
  /** Default: the hub's. */
  readonly queueBytes?: number | undefined
  /** Anything you like, for lists of clients: a user's id, say. */
  readonly label?: unknown
  /**
   * The events that the client missed, which are sent first. Events that are published meanwhile wait in its queue;
   * those with an `id` that was replayed are skipped.
   */
  readonly replay?:
    | ((request: SourceRequest) => EventSequence<Events> | Promise<EventSequence<Events>>)
    | undefined
}

/** How an event is published. */
export interface PublishOptions {
  /** Sends it only to clients that joined this topic, or all. */
  readonly topic?: string | undefined
  /** A newer event with the same key replaces a waiting one, for clients with the policy `coalesce`. */
  readonly key?: unknown
}

/** Options of `hub.drain`. */
export interface DrainOptions {
  /** Over how many milliseconds the streams are ended, evenly, so that clients do not reconnect all at once. Default: 0. */
  readonly spread?: number | undefined
  /** How many milliseconds a client may go on reading what waits for it. Default: 5000. */
  readonly grace?: number | undefined
}

/** Totals of a hub, and what it holds now. */
export interface HubCounters {
  /** Clients now. */
  readonly clients: number
  /** Clients so far. */
  readonly opened: number
  /** Clients that have left, by the reason. */
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

/** Sends one event to many clients. Made by `createHub`. */
export interface Hub<Events extends object = EventMap> {
  /**
   * Sends an event to every client that wants it, encoded once, together with everything that is published in the same
   * turn. The promise resolves when the event has been handed to the connection or the queue of every client, and every
   * client with the policy `wait` has room. It rejects with an `EncodeError` if the event cannot be sent.
   */
  publish(event: EventOf<Events>, options?: PublishOptions): Promise<void>
  /** Publishes a payload as JSON, under a name of the hub's events. Settles like {@link publish}. */
  emit<Name extends keyof Events & string>(
    name: Name,
    payload: Events[Name] & Payload,
    options?: PublishOptions & Pick<SseEventInit, 'id' | 'retry'>,
  ): Promise<void>
  /** A source for `eventStream` or `sendEvents`: their client becomes a client of the hub. */
  source(
    options?: JoinOptions<Events>,
  ): <Its extends object>(stream: EventStream<Its>) => Promise<StreamClosed>
  /** Makes a stream a client of the hub: the stream of a source, or one of `openStream`. Resolves when it is over. */
  join<Its extends object>(
    stream: EventStream<Its>,
    options?: JoinOptions<Events>,
  ): Promise<StreamClosed>
  /** The clients that an event with this topic, or any event, would be sent to. */
  clients(topic?: string): IterableIterator<HubClient<Events>>
  /** A snapshot of all counts. */
  counters(): HubCounters
  /** Refuses new clients, and ends the streams of all others. Resolves when all are over. */
  drain(options?: DrainOptions): Promise<void>
}
