/** What the option `fetch` of {@link EventSourceInit} receives. */
export interface EventSourceFetchInit {
  signal: AbortSignal
  headers: { [key: string]: string; Accept: 'text/event-stream' }
  mode: 'cors' | 'no-cors' | 'same-origin'
  credentials?: 'include' | 'omit' | 'same-origin'
  cache: 'no-store'
  redirect: 'error' | 'follow' | 'manual'
}

/** What is called of a body: a `ReadableStream`, or an object like it. */
interface BodyLike {
  getReader(): {
    read(): Promise<{ done: false; value: unknown } | { done: true; value?: unknown }>
    cancel(): Promise<void>
  }
}

/** What the option `fetch` of {@link EventSourceInit} returns: a `Response`, or an object like it. */
export type FetchLikeResponse = Pick<Response, 'url' | 'status' | 'redirected'> & {
  readonly body: BodyLike | Response['body'] | null
  readonly headers: { get(name: string): string | null }
}

/** A `fetch` for {@link EventSourceInit}. */
export type FetchLike = (
  url: string | URL,
  init: EventSourceFetchInit,
) => Promise<FetchLikeResponse>

/** Options of the constructor. */
export interface EventSourceInit {
  /** Sends cookies to other origins as well. Default: `false`. */
  withCredentials?: boolean
  /** Default: the global `fetch`. */
  fetch?: FetchLike
  /** The most bytes that one event may have. Default: 100 MiB. */
  maxBufferSize?: number
  /** Lets the process end while it waits to reconnect. Default: `false`. */
  unref?: boolean
}
