import { ClientError, invalidAddress } from './errors.ts'
import { connect } from './connect.ts'
import type { Connection } from './types.ts'
import type { EventSourceInit, FetchLike } from './event-source-types.ts'
import type { SseEvent } from '@tesserae/parser'

export type {
  EventSourceFetchInit,
  EventSourceInit,
  FetchLike,
  FetchLikeResponse,
} from './event-source-types.ts'

/** As the standard and browsers have them. */
const RECONNECTION_TIME = 3_000
const MAX_BUFFER_SIZE = 100 * 1024 * 1024

/** A server gets at most four requests a second, whatever its `retry` says. */
const SHORTEST_WAIT = 250
const LONGEST_BACKOFF = 30_000

/** The events of an `EventSource`, by their types. */
export interface EventSourceEventMap {
  error: ErrorEvent
  message: MessageEvent
  open: Event
}

type Handler<Type extends keyof EventSourceEventMap> =
  | ((this: EventSource, event: EventSourceEventMap[Type]) => unknown)
  | null

/**
 * The `error` event of an {@link EventSource}, with the reason.
 *
 * @example
 * ```ts
 * import { ErrorEvent } from '@tesserae/client/eventsource'
 *
 * new ErrorEvent('error', { code: 503, message: 'busy' }).code // => 503
 * ```
 */
export class ErrorEvent extends Event {
  /** The status of the response, if there was one. */
  readonly code: number | undefined
  readonly message: string | undefined

  constructor(
    type: string,
    init: { code?: number | undefined; message?: string | undefined } = {},
  ) {
    super(type)
    this.code = init.code
    this.message = init.message
  }
}

/**
 * The `EventSource` of the HTML standard. Stands in for the one of the platform and for the npm package `eventsource`.
 *
 * @example
 * ```ts
 * import { EventSource } from '@tesserae/client/eventsource'
 *
 * const headers = { 'content-type': 'text/event-stream' }
 * const source = new EventSource('https://example.com/updates', {
 *   fetch: async () => new Response('data: Hello\n\n', { headers }),
 * })
 * const data = await new Promise((resolve) => {
 *   source.onmessage = (event) => resolve(event.data)
 * })
 * source.close()
 * data // => 'Hello'
 * ```
 */
export class EventSource extends EventTarget {
  static readonly CONNECTING: 0
  static readonly OPEN: 1
  static readonly CLOSED: 2
  declare readonly CONNECTING: 0
  declare readonly OPEN: 1
  declare readonly CLOSED: 2

  readonly #url: URL
  readonly #init: EventSourceInit
  #readyState: 0 | 1 | 2 = 0
  #connection: Connection | undefined
  #origin = ''
  #lastEventId = ''
  #reconnectionTime = RECONNECTION_TIME
  /** Attempts in a row that did not open. */
  #failures = 0
  #wake: (() => void) | undefined
  readonly #handlers = new Map<string, unknown>()

  constructor(url: string | URL, init: EventSourceInit = {}) {
    super()
    try {
      this.#url = new URL(String(url), baseAddress())
    } catch {
      throw invalidAddress()
    }
    this.#init = init
    void this.#run()
  }

  get url(): string {
    return this.#url.href
  }

  get withCredentials(): boolean {
    return Boolean(this.#init.withCredentials)
  }

  get readyState(): 0 | 1 | 2 {
    return this.#readyState
  }

  get onopen(): Handler<'open'> {
    return this.#handler('open') as Handler<'open'>
  }
  set onopen(value: Handler<'open'>) {
    this.#handle('open', value)
  }

  get onmessage(): Handler<'message'> {
    return this.#handler('message') as Handler<'message'>
  }
  set onmessage(value: Handler<'message'>) {
    this.#handle('message', value)
  }

  get onerror(): Handler<'error'> {
    return this.#handler('error') as Handler<'error'>
  }
  set onerror(value: Handler<'error'>) {
    this.#handle('error', value)
  }

  close(): void {
    this.#readyState = 2
    this.#connection?.close()
    this.#wake?.()
  }

  #handler(type: string): unknown {
    return this.#handlers.get(type) ?? null
  }

  /** A handler keeps its place among the listeners, however often it is replaced. */
  #handle(type: string, value: unknown): void {
    if (!this.#handlers.has(type) && !callsAttributes()) {
      this.addEventListener(type, (event) => {
        const handler = this.#handlers.get(type)
        if (typeof handler === 'function') handler.call(this, event)
      })
    }
    this.#handlers.set(type, typeof value === 'function' ? value : null)
  }

  /** One attempt after another: the standard's "reestablish the connection". */
  async #run(): Promise<void> {
    while (this.#readyState !== 2) {
      const failure = await this.#attempt()
      if (this.#isClosed()) return
      if (failure?.isFinal) {
        this.#readyState = 2
        this.dispatchEvent(new ErrorEvent('error', failure))
        return
      }
      this.#readyState = 0
      this.dispatchEvent(new ErrorEvent('error', failure))
      if (!this.#isClosed()) await this.#wait()
    }
  }

  #isClosed(): boolean {
    return this.#readyState === 2
  }

  /** Reads one response. Returns why it failed; `undefined` after a clean end. */
  async #attempt(): Promise<{ isFinal: boolean; code?: number; message: string } | undefined> {
    const { fetch, maxBufferSize = MAX_BUFFER_SIZE } = this.#init
    this.#failures++
    try {
      const connection = connect(this.#url, {
        ...requestInit(this.withCredentials),
        ...(fetch && { fetch: fetchOf(fetch) }),
        lastEventId: this.#lastEventId,
        repeat: false,
        onEnd: 'close',
        maxEventBytes: maxBufferSize,
        onOpen: (response) => this.#open(response),
      })
      this.#connection = connection
      for await (const event of connection) this.#dispatch(event)
      this.#lastEventId = connection.lastEventId
      this.#reconnectionTime = connection.reconnectionTime ?? this.#reconnectionTime
      if (connection.ending?.reason !== 'no-content') return undefined
      return {
        isFinal: true,
        code: 204,
        message: 'The server answered 204: it has nothing to say.',
      }
    } catch (error) {
      this.#lastEventId = this.#connection?.lastEventId ?? ''
      this.#reconnectionTime = this.#connection?.reconnectionTime ?? this.#reconnectionTime
      return failureOf(error)
    }
  }

  #open(response: Response): void {
    this.#failures = 0
    this.#origin = new URL(response.url || this.#url).origin
    this.#readyState = 1
    this.dispatchEvent(new Event('open'))
  }

  #dispatch({ event, data, lastEventId }: SseEvent): void {
    const init = { data, origin: this.#origin, lastEventId }
    this.dispatchEvent(new MessageEvent(event || 'message', init))
  }

  /** The reconnection time, exactly; longer only after failures in a row. */
  #wait(): Promise<void> {
    const time = Math.max(SHORTEST_WAIT, this.#reconnectionTime)
    const backoff = Math.min(LONGEST_BACKOFF, time * 2 ** Math.max(0, this.#failures - 1))
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.max(time, backoff))
      if (this.#init.unref) (timer as { unref?: () => void }).unref?.()
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}

for (const [name, value] of Object.entries({ CONNECTING: 0, OPEN: 1, CLOSED: 2 }))
  for (const target of [EventSource, EventSource.prototype])
    Object.defineProperty(target, name, { value, enumerable: true })

// Users of the npm package `eventsource` ask in this way whether the option `fetch` is known.
Object.defineProperty(EventSource, Symbol.for('eventsource.supports-fetch-override'), {
  value: true,
})

/** Whether the platform's `EventTarget` calls `onX` by itself, as workerd's does. */
function callsAttributes(): boolean {
  let isCalled = false
  const target = Object.assign(new EventTarget(), { onx: () => (isCalled = true) })
  target.dispatchEvent(new Event('x'))
  return isCalled
}

/** The address of the page or the worker. */
function baseAddress(): string | undefined {
  const { document, location } = globalThis as {
    document?: { baseURI: string }
    location?: { href: string }
  }
  return document?.baseURI ?? location?.href
}

/** Some runtimes have no origins, and refuse these options. */
function requestInit(withCredentials: boolean): RequestInit {
  if (!('mode' in Request.prototype)) return {}
  return { mode: 'cors', credentials: withCredentials ? 'include' : 'same-origin' }
}

/** The headers as the npm package names them. */
function fetchOf(fetch: FetchLike): (input: unknown, init?: RequestInit) => Promise<Response> {
  return (input, init = {}) => {
    const { accept, 'last-event-id': id, ...rest } = init.headers as Record<string, string>
    const headers = { ...rest, Accept: accept, ...(id && { 'Last-Event-ID': id }) }
    return fetch(
      input as URL,
      {
        redirect: 'follow',
        ...init,
        headers,
      } as Parameters<FetchLike>[1],
    ) as Promise<Response>
  }
}

/** Which failures end it: what the server refused, and what no repetition would change. */
function failureOf(error: unknown): { isFinal: boolean; code?: number; message: string } {
  const { message, cause } = error as Error
  if (!(error instanceof ClientError)) return { isFinal: true, message }
  const { code, status } = error
  const wasAborted = (cause as Error | undefined)?.name === 'AbortError'
  const isFinal = wasAborted || ['bad-status', 'bad-content-type', 'event-too-large'].includes(code)
  return { isFinal, message, ...(status !== undefined && { code: status }) }
}
