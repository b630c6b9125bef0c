import { type StreamClosed, StreamError } from './errors.ts'
import { headOf } from './head.ts'
import { type Follower, Lifecycle } from './lifecycle.ts'
import type { Transport } from './transport.ts'
import type { EventMap, HeaderFields, StreamSource, EventStreamOptions } from './types.ts'

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
  /** Takes out the header of a name. */
  removeHeader?(name: string): unknown
  /** Sends the head: status and fields. */
  writeHead(status: number, fields: Record<string, string | string[]>): unknown
  /** Sends bytes of the body; false when more should wait for `drain`. */
  write(bytes: Uint8Array): boolean
  /** Compression middleware adds it: what was written so far is to go out. */
  flush?(): unknown
  end(): unknown
  destroy(): unknown
  /** Calls the listener on an event of Node's. */
  on(event: 'drain' | 'close' | 'error', listener: () => void): unknown
}

/** The head of most streams, made once: it is kept until the connection closes. */
let usual: Fields | undefined
const none: EventStreamOptions = {}

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
export function sendEvents<Events extends object = EventMap>(
  request: NodeRequest,
  response: NodeResponse,
  source: StreamSource<Events>,
  options: EventStreamOptions = none,
): Promise<StreamClosed> {
  return new Promise((resolve, reject) => {
    const transport = new NodeTransport(response, resolve, reject)
    const stream = new Lifecycle(transport, options)
    listen(response, stream)
    if (response.destroyed === true || response.stream?.destroyed === true) stream.gone()
    stream.start(
      source as StreamSource<never>,
      request.method,
      request.headers['last-event-id']?.toString(),
    )
    stream.follow(transport)
  })
}

/** On its own, so that what it keeps is the stream, and not all that `sendEvents` was given. */
function listen(response: NodeResponse, stream: Lifecycle): void {
  response.on('drain', () => stream.ready())
  // Of the response: a request closes as soon as its body has been read.
  response.on('close', () => stream.gone())
  response.on('error', ignore)
}

/** A write to a connection that is already lost. The close that follows says all there is to say. */
function ignore(): void {}

/** A class, because a closure for each of its methods would cost an idle connection half a kilobyte. */
class NodeTransport implements Transport, Follower {
  readonly #response: NodeResponse
  #head!: Fields
  readonly onEnd: (end: StreamClosed) => void
  readonly reject: (error: unknown) => void

  constructor(
    response: NodeResponse,
    onEnd: (end: StreamClosed) => void,
    reject: (error: unknown) => void,
  ) {
    this.#response = response
    this.onEnd = onEnd
    this.reject = reject
  }

  prepare(headers: HeaderFields | undefined): void {
    this.#head = headers ? fieldsOf(headOf(headers)) : (usual ??= fieldsOf(headOf()))
    if (this.#response.headersSent)
      throw new StreamError('head-sent', 'The head of this response was sent before.')
  }

  open(): void {
    this.#begin(200, this.#head)
  }

  write(bytes: Uint8Array): boolean {
    // Not copied, also when others have it: no part of Node changes what it is given to write.
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

  /** It has no body, and a type only where it tells of one. */
  answer(status: number): void {
    const fields = { ...this.#head }
    if (status !== 200) delete fields['content-type']
    this.#begin(status, fields)
    this.end()
  }

  #begin(status: number, fields: Fields): void {
    // Set for another body, it would have the client take the rest of this one for the next response.
    this.#response.removeHeader?.('content-length')
    this.#response.writeHead(status, fields)
  }
}

type Fields = Record<string, string | string[]>

/** As `writeHead` takes them: cookies are the one field that there may be several of. */
function fieldsOf(head: Headers): Fields {
  const fields: Fields = Object.fromEntries(head)
  if (head.has('set-cookie')) fields['set-cookie'] = head.getSetCookie()
  return fields
}
