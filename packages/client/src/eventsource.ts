import { LONGEST_DELAY, platformClock } from './clock.ts'
import { invalidAddress, reasonOf } from './errors.ts'
import type { EventSourceInit, FetchLike } from './event-source-types.ts'
import { Exchange } from './exchange.ts'
import { isTemporary } from './policy.ts'
import { headersOf } from './request.ts'
import type { ClientClock, ConnectAddress } from './types.ts'
import { CANCELLED, Wait } from './wait.ts'

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

// Without a `this`, so that this class and the platform's can stand for each other.
type Handler<Type extends keyof EventSourceEventMap> =
  | ((event: EventSourceEventMap[Type]) => unknown)
  | null

type AddOptions = Parameters<EventTarget['addEventListener']>[2]
type RemoveOptions = Parameters<EventTarget['removeEventListener']>[2]
type Listener = Parameters<EventTarget['addEventListener']>[1]

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
  readonly code?: number | undefined
  readonly message?: string | undefined

  constructor(
    type: string,
    init: { code?: number | undefined; message?: string | undefined } = {},
  ) {
    super(type)
    this.code = init.code
    this.message = init.message
  }
}

/** The types of listeners, as the standard library of TypeScript has them for the platform's. */
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- EventTarget has both methods
export interface EventSource {
  addEventListener<Type extends keyof EventSourceEventMap>(
    type: Type,
    listener: (this: EventSource, event: EventSourceEventMap[Type]) => unknown,
    options?: AddOptions,
  ): void
  addEventListener(
    type: string,
    listener: (this: EventSource, event: MessageEvent) => unknown,
    options?: AddOptions,
  ): void
  addEventListener(type: string, listener: Listener, options?: AddOptions): void
  removeEventListener<Type extends keyof EventSourceEventMap>(
    type: Type,
    listener: (this: EventSource, event: EventSourceEventMap[Type]) => unknown,
    options?: RemoveOptions,
  ): void
  removeEventListener(
    type: string,
    listener: (this: EventSource, event: MessageEvent) => unknown,
    options?: RemoveOptions,
  ): void
  removeEventListener(type: string, listener: Listener, options?: RemoveOptions): void
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
  readonly #wait: Wait
  #readyState: 0 | 1 | 2 = 0
  #exchange: Exchange | undefined
  #reconnectionTime = RECONNECTION_TIME
  /** Attempts in a row that did not open. */
  #failures = 0
  readonly #handlers = new Map<string, unknown>()

  constructor(url: string | URL, init: EventSourceInit = {}) {
    super()
    try {
      this.#url = new URL(String(url), baseAddress())
    } catch {
      throw invalidAddress()
    }
    this.#init = init
    this.#wait = new Wait(init.unref ? unrefClock : platformClock)
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
    this.#wait.cancel()
    this.#exchange?.stop()
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

  /** One attempt after another, until one is final: the standard's "reestablish the connection". */
  async #run(): Promise<void> {
    try {
      for (;;) {
        const { isFinal, ...reason } = await this.#attempt()
        if (this.#wait.isCancelled) return
        this.#readyState = isFinal ? 2 : 0
        this.dispatchEvent(new ErrorEvent('error', reason))
        if (isFinal) return
        // The reconnection time, exactly; longer only after failures in a row.
        const time = Math.max(SHORTEST_WAIT, this.#reconnectionTime)
        const backoff = Math.min(LONGEST_BACKOFF, time * 2 ** Math.max(0, this.#failures - 1))
        await this.#wait.until(undefined, Math.min(LONGEST_DELAY, Math.max(time, backoff)))
      }
    } catch (error) {
      if (error !== CANCELLED) throw error
    }
  }

  /** Reads one response to its end. */
  async #attempt(): Promise<Ending> {
    const { fetch, maxBufferSize = MAX_BUFFER_SIZE, withCredentials } = this.#init
    const lastEventId = this.#exchange?.lastEventId ?? ''
    const exchange = (this.#exchange = new Exchange(this.#wait, {
      fetch: fetch && fetchOf(fetch),
      lastEventId,
      maxEventBytes: maxBufferSize,
      onReconnectionTime: (milliseconds) => (this.#reconnectionTime = milliseconds),
    }))
    this.#failures++
    try {
      const init = { method: 'GET', ...requestInit(withCredentials) }
      if (!(await exchange.send(this.#url, init, headersOf(undefined, lastEventId))))
        return {
          isFinal: true,
          code: 204,
          message: 'The server answered 204: there are no events.',
        }
      this.#failures = 0
      const origin = this.#open(exchange.response as Response)
      for (let event; (event = await exchange.next());) {
        const { data, lastEventId } = event
        this.dispatchEvent(
          new MessageEvent(event.event || 'message', { data, origin, lastEventId }),
        )
      }
      return { isFinal: false }
    } catch (error) {
      return endingOf(error, exchange)
    } finally {
      exchange.stop()
    }
  }

  /** Returns the origin of the events. */
  #open({ url }: Response): string {
    this.#readyState = 1
    this.dispatchEvent(new Event('open'))
    return new URL(url || this.#url).origin
  }
}

/** How a response ended. */
interface Ending {
  /** The server refused, or another attempt would change nothing. */
  readonly isFinal: boolean
  readonly code?: number | undefined
  readonly message?: string
}

for (const [name, value] of Object.entries({ CONNECTING: 0, OPEN: 1, CLOSED: 2 }))
  for (const target of [EventSource, EventSource.prototype])
    Object.defineProperty(target, name, { value, enumerable: true })

// Node prints what it knows of an event, which is not the reason.
Object.defineProperty(ErrorEvent.prototype, Symbol.for('nodejs.util.inspect.custom'), {
  value(this: ErrorEvent) {
    const { type, code, message } = this
    return { type, code, message }
  },
})

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

/** Timers that let the process end. */
const unrefClock: ClientClock = {
  ...platformClock,
  setTimeout(callback, delay) {
    const timer = setTimeout(callback, delay) as ReturnType<typeof setTimeout> & { unref?(): void }
    timer.unref?.()
    return timer
  },
}

/** Some runtimes have no origins, and refuse these options. */
function requestInit(withCredentials: boolean | undefined): RequestInit {
  if (!('mode' in Request.prototype)) return {}
  return { mode: 'cors', credentials: withCredentials ? 'include' : 'same-origin' }
}

/** The headers as the npm package names them. */
function fetchOf(fetch: FetchLike) {
  return (input: ConnectAddress, { headers, ...init }: RequestInit = {}): Promise<Response> => {
    const { accept, 'last-event-id': id, ...rest } = headers as Record<string, string>
    const named = { ...rest, Accept: accept, ...(id && { 'Last-Event-ID': id }) }
    const request = { redirect: 'follow', ...init, headers: named }
    return fetch(input as URL, request as Parameters<FetchLike>[1]) as Promise<Response>
  }
}

function endingOf(error: unknown, { failure, response }: Exchange): Ending {
  const message = reasonOf(error)
  if (error !== failure || !failure) return { isFinal: true, code: response?.status, message }
  const { status, cause } = failure
  const wasAborted = (cause as Error | undefined)?.name === 'AbortError'
  return { isFinal: wasAborted || !isTemporary(failure, []), code: status, message }
}
