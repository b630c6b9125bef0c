import type { IncompletePolicy, SseEvent } from '@tesserae/parser'
import type { ClientError } from './errors.ts'

declare global {
  interface SymbolConstructor {
    // Declared as TypeScript's `esnext.disposable` does, so that the declarations need no more than `es2022`.
    readonly asyncDispose: unique symbol
  }
}

/** What a request is sent to. A `Request` must not have a body: pass it as `body` or `json`. */
export type ConnectAddress = string | URL | Request

/** Headers, as `fetch` takes them. */
export type ConnectHeaders = NonNullable<RequestInit['headers']>

/** What the `headers` function of {@link ConnectOptions} receives before each attempt. */
export interface AttemptContext {
  /** Counts the requests of this connection, from 1. */
  readonly attempt: number
  /** The last event ID so far: what this attempt sends as `Last-Event-ID`. */
  readonly lastEventId: string
  /** Why the previous attempt failed; `undefined` before the first attempt and after a clean end. */
  readonly error: ClientError | undefined
}

/** What `onRetry` of {@link ConnectOptions} receives before each wait. */
export interface RetryNotice {
  /** The number of the next attempt. */
  readonly attempt: number
  /** Milliseconds until the next attempt. */
  readonly delay: number
  /** Why the connection was lost; `undefined` after a clean end. */
  readonly error: ClientError | undefined
  /** The last event ID cannot be sent, because an HTTP header cannot hold it: the next attempt goes without. */
  readonly lastEventIdOmitted: boolean
}

/** What a resume function knows about the answer that broke off. */
export interface ResumeContext {
  /** The response that broke off. Its body is used up. */
  readonly response: Response
  /** The last event ID so far. */
  readonly lastEventId: string
  /** The last event that was delivered. */
  readonly last: SseEvent | undefined
  /** How many events were delivered so far. */
  readonly count: number
  /** Why the answer broke off. */
  readonly error: ClientError
}

/**
 * Returns the request that continues an answer that broke off, or `undefined` if there is nothing to continue. The
 * request must be safe to repeat. It is called before each attempt that follows the break.
 */
export type ResumeFunction = (
  context: ResumeContext,
) => ConnectAddress | undefined | Promise<ConnectAddress | undefined>

/** One answer, as a {@link ResumeStrategy} follows it. */
export interface ResumeSession {
  /** Called with each event that arrives, before it is delivered. */
  accept(event: SseEvent): 'deliver' | 'skip' | 'mismatch'
  /** As {@link ResumeFunction}. */
  request: ResumeFunction
}

/** A ready-made way to continue answers, as `@tesserae/client/resume` has them. It can serve any number of connections. */
export interface ResumeStrategy {
  /** Recognizes the last event of an answer: the default of the option `until`. */
  readonly until: (event: SseEvent) => boolean
  /** Begins to follow one answer. */
  begin(): ResumeSession
}

/** Time, as the connection sees it. Tests pass a clock that they move by hand. */
export interface ClientClock {
  /** Milliseconds since some fixed moment. */
  now(): number
  /** Calls back once, after a delay in milliseconds. */
  setTimeout(callback: () => void, delay: number): unknown
  /** Forgets a timer. */
  clearTimeout(timer: unknown): void
}

/** Options of `connect`: those of `fetch`, and these. Durations are in milliseconds. */
export interface ConnectOptions extends Omit<RequestInit, 'headers' | 'signal'> {
  /** Headers of the request, or a function that is called before each attempt: for tokens that expire. */
  readonly headers?:
    | ConnectHeaders
    | ((context: AttemptContext) => ConnectHeaders | Promise<ConnectHeaders>)
    | undefined
  /** A value to send as JSON: sets the body, its type, and the method POST. */
  readonly json?: unknown
  /** Default: the global `fetch`. */
  readonly fetch?: ((input: ConnectAddress, init?: RequestInit) => Promise<Response>) | undefined
  /** Ends the connection. Its reason is what `next()` rejects with. */
  readonly signal?: AbortSignal | null | undefined
  /** The last event ID to begin with. Default: `''`. */
  readonly lastEventId?: string | undefined
  /**
   * Whether the request may be sent again. Default: `'safe'`, if its method is GET, HEAD, OPTIONS, QUERY or REPORT.
   * `true`: also a POST, because the server recognizes the repetition. After the first event it is sent again only with
   * a `Last-Event-ID`. `false`: never.
   */
  readonly repeat?: 'safe' | boolean | undefined
  /** What a clean end of the body means. Default: `'reconnect'` if the request may be repeated by `'safe'`, else `'close'`. */
  readonly onEnd?: 'reconnect' | 'close' | undefined
  /** Recognizes the last event: it is delivered, and the connection closes without waiting for the end of the body. */
  readonly until?: ((event: SseEvent) => boolean) | undefined
  /** How to continue an answer that broke off, if its request must not be repeated. */
  readonly resume?: ResumeFunction | ResumeStrategy | undefined
  /** The backoff before the first retry. Default: 1,000. */
  readonly delay?: number | undefined
  /** The longest backoff. Default: 30,000. The server may ask for more. */
  readonly maxDelay?: number | undefined
  /** What the backoff is multiplied by after each failure in a row. Default: 2. */
  readonly factor?: number | undefined
  /** The part of the backoff that is random, from 0 to 1. Default: 1. */
  readonly jitter?: number | undefined
  /** The shortest wait, whatever the server asks for. Default: 250, or `delay` if that is less. */
  readonly minDelay?: number | undefined
  /** How many attempts in a row may fail without an event. Default: no limit for `'safe'` methods, else 5. */
  readonly attempts?: number | undefined
  /** Statuses that are retried if the request may be repeated. Default: 408, 425, 429, 500, 502, 503 and 504. */
  readonly statuses?: readonly number[] | undefined
  /** A longer `Retry-After` ends the connection. Default: 300,000. */
  readonly maxRetryAfter?: number | undefined
  /** How long the head of a response may take. Default: 0, no limit. */
  readonly headTimeout?: number | undefined
  /** How long the body may be silent. Comments are bytes: they reset this clock. Default: 0, no limit. */
  readonly idleTimeout?: number | undefined
  /** How long the server may take to the next event, whatever else arrives. Default: 0, no limit. */
  readonly eventTimeout?: number | undefined
  /** How many bytes are read before they are asked for. Then the server is held back. Default: 65,536. */
  readonly readAhead?: number | undefined
  /** The most bytes that one event may have. Default: 16 MiB. */
  readonly maxEventBytes?: number | undefined
  /** What becomes of an event that a clean end cuts. Default: `'discard'`. `'error'` treats it as a lost connection. */
  readonly incomplete?: IncompletePolicy | undefined
  /** `'strict'`, the default: the type must be `text/event-stream`. `'any'`: for servers that send another type. */
  readonly contentType?: 'strict' | 'any' | undefined
  /** Called with each comment. */
  readonly onComment?: ((comment: string) => void) | undefined
  /** Called with name and value of each line that is not a field of the standard. */
  readonly onUnknownField?: ((name: string, value: string) => void) | undefined
  /** Called with each response that begins an event stream. */
  readonly onOpen?: ((response: Response) => void) | undefined
  /** Called before each wait for the next attempt. */
  readonly onRetry?: ((notice: RetryNotice) => void) | undefined
  /** Default: the timers of the platform. */
  readonly clock?: ClientClock | undefined
  /** A number from 0 up to 1. Default: `Math.random`. */
  readonly random?: (() => number) | undefined
}

/** The state of a {@link Connection}. The README has a table of the transitions. */
export type ConnectionState = 'idle' | 'connecting' | 'open' | 'waiting' | 'closed'

/** How a connection ended. */
export interface ConnectionEnding {
  readonly reason: /** The body ended, and `onEnd` is `'close'`. */
    | 'end'
    /** The event that `until` waited for was delivered. */
    | 'until'
    /** The server answered 204: there is nothing to come back for. */
    | 'no-content'
    /** `close()`, or the loop was left. */
    | 'closed'
    /** The signal was aborted. */
    | 'aborted'
    /** See `error`. */
    | 'error'
  /** What `next()` rejected with. */
  readonly error: unknown
}

/** The events of one address, over as many requests as it takes. Leaving the loop closes it. */
export interface Connection extends AsyncIterableIterator<SseEvent> {
  next(): Promise<IteratorResult<SseEvent, undefined>>
  return(): Promise<IteratorReturnResult<undefined>>
  readonly state: ConnectionState
  /** The ID of the last delivered event: what the next attempt sends. */
  readonly lastEventId: string
  /** The last valid `retry` of the server, in milliseconds, or `undefined`. */
  readonly reconnectionTime: number | undefined
  /** How many requests were sent. */
  readonly attempts: number
  /**
   * How many responses, after the first event, may have begun anew: their requests could not say where to continue, by a
   * `Last-Event-ID` or by `resume`.
   */
  readonly restarts: number
  /**
   * Whether a response may begin anew: default `true`. If `false`, the connection ends where the next request cannot say
   * where to continue: for a reader of one answer.
   */
  mayRestart: boolean
  /** The response that is open, or was open last. Its body belongs to the connection. */
  readonly response: Response | undefined
  /** How the connection ended; `undefined` as long as it has not. */
  readonly ending: ConnectionEnding | undefined
  /** Connects if need be, and resolves with the head of the response before any event is asked for. */
  head(): Promise<Response>
  /** Gives up the open response, or the wait, and connects now: for `online` events and after sleep. */
  reconnect(): void
  /** Ends the connection: aborts the request, clears the timers. Nothing more is delivered. */
  close(): void
  [Symbol.asyncDispose](): Promise<void>
}
