import type { SseEvent } from '@tesserae/parser'
import { isEventStream, isResponse } from './answer.ts'
import { connect } from './connect.ts'
import { noResponse } from './errors.ts'
import { isRequest } from './request.ts'
import { settingsOf } from './settings.ts'
import type { ConnectOptions, Connection } from './types.ts'

/** Options of {@link resumingFetch}: those of `connect` that do not belong to one request. */
export type ResumingFetchOptions = Omit<
  ConnectOptions,
  keyof RequestInit | 'json' | 'lastEventId' | 'onEnd' | 'incomplete'
>

/** The signature of `fetch`, as clients of model APIs take it. */
export type FetchFunction = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

/**
 * Makes a `fetch` whose event streams continue over reconnections: pass it to a client that takes one. Each answer ends
 * after a whole event. Responses of other types, and failures before the first response, pass as they are.
 *
 * @param options - as for `connect`: a POST continues if `resume` or `repeat` says how
 *
 * @example
 * ```ts
 * import { resumingFetch } from '@tesserae/client/fetch'
 *
 * const headers = { 'content-type': 'text/event-stream' }
 * const fetch = resumingFetch({ fetch: async () => new Response('data: Hello\n\ndata: wor', { headers }) })
 * const response = await fetch('https://example.com/answer')
 * await response.text() // => 'data: Hello\n\ndata: wor\n\n'
 * ```
 */
export function resumingFetch(options: ResumingFetchOptions = {}): FetchFunction {
  // Throws for a wrong option now, and not when an answer has been paid for.
  settingsOf('', options)
  // Looked up when it is called, so that a test can replace the global one.
  const send: FetchFunction = (input, init) => (options.fetch ?? globalThis.fetch)(input, init)
  return async (input, init = {}) => {
    const first = await send(input, init)
    if (Object(first) !== first) throw noResponse()
    // The body of a `Request` is used up, and its copy would be held in memory.
    const isUsed = isRequest(input) && input.body
    if (!first.ok || !first.body || isUsed) return first
    if (!isResponse(first)) throw noResponse()
    if (!isEventStream(first.headers)) return first
    const answers = [first]
    let connection: Connection
    try {
      connection = connect(input, {
        ...init,
        ...options,
        headers: init.headers ?? undefined,
        signal: init.signal,
        onEnd: 'close',
        incomplete: 'dispatch',
        fetch: async (address, request) => answers.shift() ?? send(address, request),
      })
    } catch (error) {
      // The caller does not get it. The stream of another library may have no such method.
      void (async () => first.body?.cancel(error))().catch(() => {})
      throw error
    }
    const body = new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          const { value } = await connection.next()
          if (value) controller.enqueue(new TextEncoder().encode(blockOf(value)))
          else controller.close()
        },
        cancel(reason) {
          connection.close()
          // Not read yet: the connection does not know of it.
          return answers.shift()?.body?.cancel(reason)
        },
      },
      { highWaterMark: 0 },
    )
    return responseOf(first, body)
  }
}

/** An event as it stood on the wire, in its plainest form. */
function blockOf({ event, id, data }: SseEvent): string {
  const name = event === undefined ? '' : `event: ${event}\n`
  const cursor = id === undefined ? '' : `id: ${id}\n`
  return `${name}${cursor}data: ${data.replaceAll('\n', '\ndata: ')}\n\n`
}

/** The head of the first response, with a body that is neither compressed nor as long. */
function responseOf(
  { status, statusText, headers, url }: Response,
  body: ReadableStream,
): Response {
  const kept = new Headers(headers)
  kept.delete('content-length')
  kept.delete('content-encoding')
  const response = new Response(body, { status, statusText, headers: kept })
  Object.defineProperty(response, 'url', { value: url })
  return response
}
