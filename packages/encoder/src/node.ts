import { decline } from './decline.ts'
import { isRefusal, StreamClosed, StreamError } from './errors.ts'
import { FINAL_ID, headOf } from './head.ts'
import { Lifecycle, type Transport } from './lifecycle.ts'
import type { EventMap, StreamSource, StreamOptions } from './types.ts'

export { StreamClosed, type StreamErrorCode, StreamError } from './errors.ts'
export type * from './types.ts'

/** What is asked of a request: `http.IncomingMessage` and `http2.Http2ServerRequest` have it. */
export interface NodeRequest {
  readonly method?: string | undefined
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined }
}

/** What is asked of a response: `http.ServerResponse` and `http2.Http2ServerResponse` have it. */
export interface NodeResponse {
  readonly headersSent: boolean
  readonly destroyed?: boolean
  /** HTTP/2 only. */
  readonly stream?: { readonly destroyed?: boolean } | undefined
  removeHeader?(name: string): unknown
  writeHead(status: number, fields: Record<string, string | string[]>): unknown
  write(bytes: Uint8Array): boolean
  /** Compression middleware adds it: what was written so far is to go out. */
  flush?(): unknown
  end(): unknown
  destroy(): unknown
  on(event: 'drain' | 'close' | 'error', listener: () => void): unknown
}

/** The head of most streams, made once: it is kept until the connection closes. */
let usual: Record<string, string | string[]> | undefined

/**
 * Streams events as the response to a request of Node's own server, or of Express, Fastify and Koa, which are built
 * on it.
 *
 * The promise resolves when the stream is over, with the reason. It rejects if the source throws before the head is
 * sent: the first event, or the end of the turn, sends it. Until then the response is untouched, for whoever handles
 * errors: frameworks do, and with `node:http` alone it must be `.catch()`, or the process ends. What goes wrong later is
 * told to `onError`, and **without `onError` nobody sees it**. A client that is refused ({@link StreamError}) is
 * answered with 400 or 503.
 *
 * @example
 * import { createServer } from 'node:http'
 * import type { AddressInfo } from 'node:net'
 * import { sendEvents } from '@tesserae/encoder/node'
 *
 * const server = createServer((request, response) => {
 *   sendEvents(request, response, [{ data: 'Hello' }], { onError: console.error }).catch(() => {
 *     response.statusCode = 500
 *     response.end()
 *   })
 * }).listen(0, '127.0.0.1')
 * await new Promise((resolve) => server.once('listening', resolve))
 * const { port } = server.address() as AddressInfo
 * const response = await fetch(`http://127.0.0.1:${port}`)
 * await response.text() // => 'data: Hello\n\n'
 * server.close()
 */
export async function sendEvents<Events extends object = EventMap>(
  request: NodeRequest,
  response: NodeResponse,
  source: StreamSource<Events>,
  options: StreamOptions = {},
): Promise<StreamClosed> {
  let head: Fields
  try {
    head = options.headers ? fieldsOf(headOf(options.headers)) : (usual ??= fieldsOf(headOf()))
    if (response.headersSent)
      throw new StreamError('head-sent', 'The head of this response was sent before.')
  } catch (error) {
    decline(source)
    throw error
  }

  const lastEventId = request.headers['last-event-id']?.toString()
  const isFinal = (options.lastEventId ?? lastEventId) === FINAL_ID
  if (isFinal || request.method === 'HEAD') {
    decline(source)
    answer(response, isFinal ? 204 : 200, head)
    return new StreamClosed('done')
  }

  return new Promise((resolve, reject) => {
    const stream = new Lifecycle(new NodeTransport(response, head, reject), options)
    response.on('drain', () => stream.ready())
    // Of the response: a request closes as soon as its body has been read.
    response.on('close', () => stream.gone())
    response.on('error', ignore)
    stream.atEnd(resolve)
    if (response.destroyed === true || response.stream?.destroyed === true) stream.gone()
    stream.start(source as StreamSource<never>, lastEventId)
  })
}

/** A write to a connection that is already lost. The close that follows says all there is to say. */
function ignore(): void {}

/** A class, because four closures in its place cost an idle connection half a kilobyte. */
class NodeTransport implements Transport {
  readonly #response: NodeResponse
  readonly #head: Fields
  readonly #reject: (error: unknown) => void

  constructor(response: NodeResponse, head: Fields, reject: (error: unknown) => void) {
    this.#response = response
    this.#head = head
    this.#reject = reject
  }

  open(): void {
    begin(this.#response, 200, this.#head)
  }

  write(bytes: Uint8Array): boolean {
    const hasRoom = this.#response.write(bytes)
    this.#response.flush?.()
    return hasRoom
  }

  end(): void {
    this.#response.end()
  }

  destroy(): void {
    this.#response.destroy()
  }

  refuse(error: unknown): void {
    if (isRefusal(error)) answer(this.#response, error.status, this.#head)
    else this.#reject(error)
  }
}

function begin(response: NodeResponse, status: number, fields: Fields): void {
  // Set for another body, it would have the client take the rest of this one for the next response.
  response.removeHeader?.('content-length')
  response.writeHead(status, fields)
}

/** A response without a body, which has a type only where it tells of one. */
function answer(response: NodeResponse, status: number, head: Fields): void {
  const fields = { ...head }
  if (status !== 200) delete fields['content-type']
  begin(response, status, fields)
  response.end()
}

type Fields = Record<string, string | string[]>

/** As `writeHead` takes them: cookies are the one field that there may be several of. */
function fieldsOf(head: Headers): Fields {
  const fields: Fields = Object.fromEntries(head)
  if (head.has('set-cookie')) fields['set-cookie'] = head.getSetCookie()
  return fields
}
