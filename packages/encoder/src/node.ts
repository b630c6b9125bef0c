import { StreamClosed, StreamError } from './errors.ts'
import { FINAL_ID, headOf, readLastEventId } from './head.ts'
import { Lifecycle } from './lifecycle.ts'
import type { EventMap, EventSource, StreamOptions } from './types.ts'

export { StreamClosed, type StreamErrorCode, StreamError } from './errors.ts'
export type * from './types.ts'

/** What is asked of a request: `http.IncomingMessage` and `http2.Http2ServerRequest` have it. */
export interface NodeRequest {
  readonly method?: string | undefined
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined }
}

/** What is asked of a response: `http.ServerResponse` and `http2.Http2ServerResponse` have it. */
export interface NodeResponse {
  statusCode: number
  readonly headersSent: boolean
  readonly destroyed?: boolean
  /** HTTP/2 only. */
  readonly stream?: { readonly destroyed?: boolean } | undefined
  setHeader(name: string, value: string | readonly string[]): unknown
  write(bytes: Uint8Array): boolean
  /** Compression middleware adds it: what was written so far is to go out. */
  flush?(): unknown
  end(): unknown
  destroy(): unknown
  on(event: 'drain' | 'close' | 'error', listener: () => void): unknown
}

/**
 * Streams events as the response to a request of Node's own server, or of Express, Fastify and Koa, which are built
 * on it.
 *
 * The promise resolves when the stream is over, with the reason. It rejects if the source throws before the head is
 * sent: the first event, or the end of the turn, sends it. Until then the response is untouched.
 *
 * @example
 * import { createServer } from 'node:http'
 * import { sendEvents } from '@tesserae/encoder/node'
 *
 * const server = createServer(async (request, response) => {
 *   await sendEvents(request, response, [{ data: 'Hello' }])
 * }).listen(0, '127.0.0.1')
 * await new Promise((resolve) => server.once('listening', resolve))
 * const response = await fetch(`http://127.0.0.1:${server.address().port}`)
 * await response.text() // => 'data: Hello\n\n'
 * server.close()
 */
export async function sendEvents<Events extends object = EventMap>(
  request: NodeRequest,
  response: NodeResponse,
  source: EventSource<Events>,
  options: StreamOptions = {},
): Promise<StreamClosed> {
  const head = headOf(options.headers)
  const lastEventId = readLastEventId(
    options.lastEventId ?? request.headers['last-event-id']?.toString(),
  )
  if (response.headersSent)
    throw new StreamError('head-sent', 'The head of this response was sent before.')

  const open = (status = 200): void => {
    response.statusCode = status
    // One by one, a second cookie would take the place of the first.
    const cookies = head.getSetCookie()
    for (const [name, value] of head)
      response.setHeader(name, name === 'set-cookie' ? cookies : value)
  }
  if (lastEventId === FINAL_ID || request.method === 'HEAD') {
    open(lastEventId === FINAL_ID ? 204 : 200)
    response.end()
    return new StreamClosed('done')
  }

  return new Promise((resolve, reject) => {
    const stream = new Lifecycle(
      {
        open,
        write(bytes) {
          const hasRoom = response.write(bytes)
          response.flush?.()
          return hasRoom
        },
        end: () => response.end(),
        destroy: () => response.destroy(),
        refuse: reject,
      },
      options,
    )
    response.on('drain', () => stream.ready())
    // Of the response: a request closes as soon as its body has been read.
    response.on('close', () => stream.gone())
    // A write to a connection that is already lost. The close that follows says all there is to say.
    response.on('error', () => {})
    void stream.closed.then(resolve)
    if (response.destroyed === true || response.stream?.destroyed === true) stream.gone()
    stream.start(source as EventSource<never>, lastEventId)
  })
}
