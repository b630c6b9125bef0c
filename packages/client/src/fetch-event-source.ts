import { connect } from './connect.ts'
import { ClientError } from './errors.ts'
import { isTemporary } from './policy.ts'

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
  const method = init.method ?? (typeof input === 'object' && 'method' in input ? input.method : '')
  const isSafe = /^(GET|HEAD|OPTIONS|QUERY|REPORT|)$/i.test(method)
  const page = (openWhenHidden ?? !isSafe) ? undefined : (globalThis as Partial<Page>).document
  const position: Position = { lastEventId: '', interval: RETRY_INTERVAL }
  for (;;) {
    if (signal?.aborted) return
    await shown(page, signal)
    const end = await readOnce(input, init, position, page)
    if (signal?.aborted) return
    if (end === 'hidden') continue
    if (end === 'no-content') return
    const wait = decide(end, init, isSafe, position)
    if (wait === undefined) return
    await sleep(wait, signal)
  }
}

/** Where the next request continues. */
interface Position {
  lastEventId: string
  interval: number
}

/** The part of a page that is used. Workers and servers have none. */
interface Page {
  readonly document: Pick<Document, 'hidden' | 'addEventListener' | 'removeEventListener'>
}

/** Sends one request. Returns how it failed, `undefined` after a clean end; throws what `onmessage` throws. */
async function readOnce(
  input: string | URL | Request,
  {
    onopen,
    onmessage,
    onclose: _,
    onerror: __,
    openWhenHidden: ___,
    fetch: given,
    ...init
  }: FetchEventSourceInit,
  position: Position,
  page: Page['document'] | undefined,
): Promise<{ readonly error: unknown } | 'hidden' | 'no-content' | undefined> {
  let refusal: { readonly error: unknown } | undefined
  const connection = connect(input, {
    ...init,
    lastEventId: position.lastEventId,
    repeat: false,
    onEnd: 'close',
    contentType: onopen ? 'any' : 'strict',
    fetch: async (address, request) => {
      const response = await (given ?? fetch)(address, request)
      try {
        await onopen?.(response)
      } catch (error) {
        refusal = { error }
        throw error
      }
      return response
    },
  })
  const hide = (): void => {
    if (page?.hidden) connection.close()
  }
  page?.addEventListener('visibilitychange', hide)
  try {
    for (;;) {
      const result = await connection.next().catch((error: unknown) => ({ error }))
      if ('error' in result) return refusal ?? result
      if (result.done) break
      const { id = '', event = '', data } = result.value
      onmessage?.({ id, event, data })
    }
    const reason = connection.ending?.reason
    if (reason === 'closed') return 'hidden'
    return reason === 'no-content' ? reason : undefined
  } finally {
    position.lastEventId = connection.lastEventId
    position.interval = connection.reconnectionTime ?? position.interval
    page?.removeEventListener('visibilitychange', hide)
    connection.close()
  }
}

/** How long to wait for the next request; `undefined` if there is none. */
function decide(
  end: { readonly error: unknown } | undefined,
  { onclose, onerror }: FetchEventSourceInit,
  isSafe: boolean,
  { interval }: Position,
): number | undefined {
  let failure = end
  if (failure === undefined) {
    try {
      onclose?.()
      return undefined
    } catch (error) {
      failure = { error }
    }
  }
  const { error } = failure
  const wait = onerror?.(error)
  if (typeof wait === 'number') return wait
  const mayHelp = onerror !== undefined || (error instanceof ClientError && isTemporary(error))
  if (!isSafe || !mayHelp) throw error
  return Math.max(SHORTEST_WAIT, interval)
}

/** Resolves when the page is visible, or the signal is aborted. */
function shown(page: Page['document'] | undefined, signal?: AbortSignal | null): Promise<void> {
  return new Promise((resolve) => {
    if (!page?.hidden) return resolve()
    const look = (): void => {
      if (page.hidden && !signal?.aborted) return
      page.removeEventListener('visibilitychange', look)
      signal?.removeEventListener('abort', look)
      resolve()
    }
    page.addEventListener('visibilitychange', look)
    signal?.addEventListener('abort', look)
  })
}

/** Resolves after a time, or when the signal is aborted. */
function sleep(milliseconds: number, signal?: AbortSignal | null): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, milliseconds)
    signal?.addEventListener('abort', end)
  })
}
