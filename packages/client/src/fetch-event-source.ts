import { platformClock } from './clock.ts'
import { ClientError } from './errors.ts'
import { Exchange } from './exchange.ts'
import { isTemporary } from './policy.ts'
import { headersOf, isRequest, isSafe } from './request.ts'
import type { ConnectAddress } from './types.ts'
import { CANCELLED, Wait } from './wait.ts'

/** The type of an event stream. */
export const EventStreamContentType = 'text/event-stream'

/** An event, with the empty string for what the server left out. */
export interface EventSourceMessage {
  id: string
  event: string
  data: string
  retry?: number
}

/** Options of {@link fetchEventSource}: those of `fetch`, and these. */
export interface FetchEventSourceInit extends RequestInit {
  headers?: Record<string, string>
  /** Called with each response. An error that it throws goes to `onerror`. Default: the type must be an event stream's. */
  onopen?: (response: Response) => Promise<void>
  /** Called with each event. An error that it throws rejects. */
  onmessage?: (event: EventSourceMessage) => void
  /** Called when the body ends. An error that it throws goes to `onerror`. */
  onclose?: () => void
  /** Called with each failure. Throw to end, or return the milliseconds to wait before the next request. */
  // oxlint-disable-next-line typescript/no-explicit-any -- the type of the original
  onerror?: (error: any) => number | null | undefined | void
  /**
   * Whether the request goes on while the page is hidden. Default: `true` if the request must not be repeated, else
   * `false`.
   */
  openWhenHidden?: boolean
  fetch?: typeof fetch
}

const RETRY_INTERVAL = 1_000
const SHORTEST_WAIT = 250

/**
 * Reads an event stream by callbacks. Stands in for the function of `@microsoft/fetch-event-source`.
 *
 * It never sends a POST twice, unless `onerror` returns a number for it.
 *
 * @param input - where the events are
 * @param init - as for `fetch`, with the callbacks
 *
 * @example
 * ```ts
 * import { fetchEventSource } from '@tesserae/client/fetch-event-source'
 *
 * const headers = { 'content-type': 'text/event-stream' }
 * await fetchEventSource('https://example.com/answer', {
 *   method: 'POST',
 *   fetch: async () => new Response('data: Hello\n\n', { headers }),
 *   onmessage: ({ data }) => console.log(data), // => Hello
 * })
 * ```
 */
export async function fetchEventSource(
  input: string | URL | Request,
  init: FetchEventSourceInit = {},
): Promise<void> {
  const { signal, openWhenHidden } = init
  const method = (init.method ?? (isRequest(input) ? input.method : 'GET')).toUpperCase()
  const page = (openWhenHidden ?? !isSafe(method)) ? undefined : (globalThis as Page).document
  const reading = new Reading(input, { ...init, method })
  const { wait } = reading
  const look = (): void => {
    if (page?.hidden) reading.giveUp()
    else if (reading.isHidden) wait.skip()
  }
  const abort = (): void => {
    wait.cancel()
    reading.giveUp()
  }
  if (signal?.aborted) return
  signal?.addEventListener('abort', abort)
  page?.addEventListener('visibilitychange', look)
  try {
    for (;;) {
      reading.isHidden = !!page?.hidden
      if (reading.isHidden) {
        await wait.until(undefined)
        continue
      }
      const end = await reading.once()
      if (page?.hidden) continue
      const pause =
        end === 'no-content' ? undefined : pauseAfter(end, init, isSafe(method), reading)
      if (pause === undefined) return
      await wait.until(undefined, pause)
    }
  } catch (error) {
    if (error !== CANCELLED) throw error
  } finally {
    signal?.removeEventListener('abort', abort)
    page?.removeEventListener('visibilitychange', look)
    reading.giveUp()
  }
}

/** The part of a page that is used. Workers and servers have none. */
interface Page {
  readonly document?: Pick<Document, 'hidden' | 'addEventListener' | 'removeEventListener'>
}

interface Failure {
  readonly error: unknown
}

/** The requests of one call, one after another. */
class Reading {
  readonly wait: Wait = new Wait(platformClock)
  interval: number = RETRY_INTERVAL
  isHidden = false
  readonly #input: ConnectAddress
  readonly #init: FetchEventSourceInit
  #exchange: Exchange | undefined
  #isRunning = false

  constructor(input: ConnectAddress, init: FetchEventSourceInit) {
    this.#input = input
    this.#init = init
  }

  /** Sends one request. Returns how it failed, `undefined` after a clean end; throws what `onmessage` throws. */
  async once(): Promise<Failure | 'no-content' | undefined> {
    const {
      onopen,
      onmessage,
      onclose: _,
      onerror: __,
      openWhenHidden: ___,
      fetch: send = fetch,
      headers = isRequest(this.#input) ? this.#input.headers : undefined,
      ...init
    } = this.#init
    const lastEventId = this.#exchange?.lastEventId ?? ''
    let refusal: Failure | undefined
    const exchange = (this.#exchange = new Exchange(this.wait, {
      lastEventId,
      contentType: onopen ? 'any' : 'strict',
      onReconnectionTime: (milliseconds) => (this.interval = milliseconds),
      async fetch(address, request) {
        const response = await send(address, request)
        try {
          await onopen?.(response)
        } catch (error) {
          refusal = { error }
          throw error
        }
        return response
      },
    }))
    const failed = (error: unknown): Failure => {
      if (error !== exchange.failure) throw error
      return refusal ?? { error }
    }
    this.#isRunning = true
    try {
      if (!(await exchange.send(this.#input, init, headersOf(headers, lastEventId))))
        return 'no-content'
      for (;;) {
        const event = await exchange.next().catch(failed)
        if (!event || 'error' in event) return event
        onmessage?.({ id: event.id ?? '', event: event.event ?? '', data: event.data })
      }
    } catch (error) {
      return failed(error)
    } finally {
      exchange.stop()
      this.#isRunning = false
    }
  }

  /** Ends the request under way. */
  giveUp(): void {
    this.#exchange?.stop()
    if (this.#isRunning) this.wait.skip()
  }
}

/** How long to wait for the next request; `undefined` if there is none. */
function pauseAfter(
  end: Failure | undefined,
  { onclose, onerror }: FetchEventSourceInit,
  isSafe: boolean,
  { interval }: Reading,
): number | undefined {
  let failure = end
  if (!failure) {
    try {
      onclose?.()
      return undefined
    } catch (error) {
      failure = { error }
    }
  }
  const { error } = failure
  const wait = onerror?.(error)
  // `NaN` would be waited for for ever.
  if (typeof wait === 'number' && !Number.isNaN(wait)) return wait
  const mayHelp = onerror || (error instanceof ClientError && isTemporary(error))
  if (!isSafe || !mayHelp) throw error
  return Math.max(SHORTEST_WAIT, interval)
}
