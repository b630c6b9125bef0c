import { badOption, headSent, type StreamClosed } from './errors.ts'
import type { StreamRequest } from './response/admission.ts'
import { feed, open } from './response/begin.ts'
import { headOf, TEXT_TYPE } from './response/head.ts'
import { checkHas, none } from './response/options.ts'
import type { Answer, Chunk, Reported, Transport } from './response/transport.ts'
import type {
  EventMap,
  EventStreamOptions,
  HeaderFields,
  OpenStream,
  StreamSource,
  WebRequest,
} from './types.ts'

export { StreamClosed, type StreamErrorCode, StreamError } from './errors.ts'
export type * from './types.ts'

/** What is read of a request: `http.IncomingMessage` and `http2.Http2ServerRequest` have it. */
export interface NodeRequest {
  readonly method?: string | undefined
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined }
  /** The connection. */
  readonly socket?: NodeSocket | undefined
}

/** What is read of a request's connection. */
export interface NodeSocket {
  readonly destroyed: boolean
  /** Calls the listener when the connection closes. */
  on(event: 'close', listener: () => void): unknown
}

/** What is used of a response: `http.ServerResponse` and `http2.Http2ServerResponse` have it. */
export interface NodeResponse {
  readonly headersSent: boolean
  readonly destroyed?: boolean
  /** HTTP/1 only: null until the response is the next one of its connection. */
  readonly socket?: object | null | undefined
  /** HTTP/2 only. */
  readonly stream?: { readonly destroyed?: boolean } | undefined
  /** Removes the header of a name. */
  removeHeader?(name: string): unknown
  /** Sends the head: status and fields. */
  writeHead(status: number, fields: Record<string, string | string[]>): unknown
  /** Sends bytes of the body, or text as UTF-8; false when more should wait for `drain`. */
  write(chunk: Uint8Array | string): boolean
  /** Compression middleware adds it: sends what was written so far. */
  flush?(): unknown
  /** Ends the body. The callback is called when everything was handed to the operating system. */
  end(callback: () => void): unknown
  destroy(): unknown
  /** Calls the listener on an event of Node's. */
  on(event: 'drain' | 'close' | 'error', listener: () => void): unknown
}

/** Node's, which every runtime with Node's servers has. */
declare const Buffer: { byteLength(text: string): number }

/** The head of most streams, created once: it is kept until the connection closes. */
let usual: Fields | undefined

/**
 * Streams events as the response to a request of Node's own server, or of a framework that is built on it: Express,
 * Fastify, Koa, Nest.
 *
 * The promise resolves when the client has everything or is gone, with the reason. It rejects if the source throws before
 * the head is sent, so that the framework can answer with an error; with `node:http` alone, a rejection without `.catch()`
 * ends the process. The head is sent with the first event, or at the end of the turn. Later errors go to `onError`:
 * **without `onError` they are lost**.
 *
 * @example
 * ```ts
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
 * ```
 */
export function sendEvents<Events extends object = EventMap>(
  request: NodeRequest,
  response: NodeResponse,
  source: StreamSource<Events>,
  options: EventStreamOptions = none,
): Promise<StreamClosed> {
  return new Promise((resolve, reject) => {
    const transport = new NodeTransport(response)
    const handle = feed(source, transport, requestOf(request, response), options, reject)
    void handle.closed.then(resolve)
  })
}

/**
 * Opens a stream as an object, for code that sends from elsewhere: an event emitter, a list of clients.
 *
 * @throws a {@link StreamError} if an option is wrong, or the head of the response was sent before.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http'
 * import type { AddressInfo } from 'node:net'
 * import { openStream } from '@tesserae/encoder/node'
 *
 * const server = createServer(async (request, response) => {
 *   await using stream = openStream(request, response, { onError: console.error })
 *   await stream.send({ data: 'Hello' })
 * }).listen(0, '127.0.0.1')
 * await new Promise((resolve) => server.once('listening', resolve))
 * const { port } = server.address() as AddressInfo
 * const response = await fetch(`http://127.0.0.1:${port}`)
 * await response.text() // => 'data: Hello\n\n'
 * server.close()
 * ```
 */
export function openStream<Events extends object = EventMap>(
  request: NodeRequest,
  response: NodeResponse,
  options: EventStreamOptions = none,
): OpenStream<Events> {
  const [, handle] = open(new NodeTransport(response), requestOf(request, response), options)
  return handle as unknown as OpenStream<Events>
}

/**
 * A request of Node's for `eventStream` of `@tesserae/encoder/web`, for frameworks on Node that take a `Response`: Fastify,
 * Hono, srvx. Its signal aborts when the connection closes. Before Node 24, these frameworks do not notice that a client
 * has gone whose request was pipelined, so its stream would stay.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http'
 * import { webRequest } from '@tesserae/encoder/node'
 * import { eventStream } from '@tesserae/encoder/web'
 *
 * createServer(async (incoming) => {
 *   const request = webRequest(incoming)
 *   const response = await eventStream([{ data: 'Hello' }], { request })
 * })
 * ```
 */
export function webRequest(request: NodeRequest): WebRequest {
  checkRequest(request)
  const { method = 'GET', headers, socket } = request
  return {
    method,
    headers: { get: (name) => headers[name]?.toString() ?? null },
    signal: closeOf(socket),
  }
}

function checkRequest(request: NodeRequest): void {
  if (typeof request?.headers !== 'object') throw badOption('request', 'a request of Node')
}

function requestOf(request: NodeRequest, response: NodeResponse): StreamRequest {
  checkRequest(request)
  checkHas(
    'writeHead',
    response,
    'response',
    'a response of Node; a Request is answered with `@tesserae/encoder/web`',
  )
  const { method, headers, socket } = request
  return {
    method,
    lastEventId: headers['last-event-id']?.toString(),
    // Before Node 24, a pipelined response emits no `close` if its turn on the connection never came.
    signal: response.socket === null ? closeOf(socket) : undefined,
  }
}

/** A write to a connection that is already lost. The close that follows says everything. */
function ignore(): void {}

const connections = /* @__PURE__ */ new WeakMap<NodeSocket, AbortController>()

/** Aborts when a connection closes. One for all of its requests, because Node warns about the eleventh listener. */
function closeOf(socket: NodeSocket | undefined): AbortSignal {
  const known = socket && connections.get(socket)
  const controller = known ?? new AbortController()
  if (socket?.destroyed) controller.abort()
  else if (socket && !known) {
    connections.set(socket, controller)
    socket.on('close', () => controller.abort())
  }
  return controller.signal
}

/** A class, because a closure for each of its methods would cost an idle connection half a kilobyte. */
class NodeTransport implements Transport {
  readonly #response: NodeResponse
  #reported!: Reported
  #head!: Fields

  constructor(response: NodeResponse) {
    this.#response = response
  }

  connect(reported: Reported, headers: HeaderFields | undefined): void {
    const response = this.#response
    this.#reported = reported
    this.#head = headers ? fieldsOf(headOf(headers)) : (usual ??= fieldsOf(headOf()))
    if (response.headersSent) throw headSent()
    response.on('drain', () => reported.ready())
    // Of the response: a request closes as soon as its body has been read.
    response.on('close', () => reported.gone())
    response.on('error', ignore)
    if (response.destroyed || response.stream?.destroyed) reported.gone()
  }

  open(answer?: Answer): void {
    const { status = 200, text, retryAfter } = answer ?? {}
    const fields = answer ? { ...this.#head } : this.#head
    if (status !== 200) delete fields['content-type']
    if (text !== undefined) fields['content-type'] = TEXT_TYPE
    if (retryAfter) fields['retry-after'] = `${retryAfter}`
    // Set for another body, it would make the client take the rest of this one for the next response.
    this.#response.removeHeader?.('content-length')
    this.#response.writeHead(status, fields)
    if (text !== undefined) this.#response.write(text)
  }

  // Node writes a short text faster than its bytes. Bench case: server/raw-write/300/paced.
  get lengthOf(): (text: string) => number {
    return Buffer.byteLength
  }

  write(chunk: Chunk): boolean {
    // Not copied, even if other streams have the same bytes: no part of Node changes what it is given to write.
    const hasRoom = this.#response.write(chunk)
    this.#response.flush?.()
    return hasRoom
  }

  end(): void {
    const reported = this.#reported
    this.#response.end(() => reported.delivered())
  }

  destroy(): void {
    this.#response.destroy()
  }
}

type Fields = Record<string, string | string[]>

/** As `writeHead` takes them: cookies are the only field that can occur several times. */
function fieldsOf(head: Headers): Fields {
  const fields: Fields = Object.fromEntries(head)
  if (head.has('set-cookie')) fields['set-cookie'] = head.getSetCookie()
  return fields
}
