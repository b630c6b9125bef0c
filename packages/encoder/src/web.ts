import type { StreamRequest } from './response/admission.ts'
import { feed, open } from './response/begin.ts'
import { headOf, TEXT_TYPE } from './response/head.ts'
import { checkHas } from './response/options.ts'
import type { Answer, Chunk, Reported, Transport } from './response/transport.ts'
import { atTurnEnd } from './response/turn.ts'
import type { StreamClosed } from './errors.ts'
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

/** Options of {@link eventStream} and {@link openStream}. */
export interface WebStreamOptions extends EventStreamOptions {
  /** The request that is answered: for its `Last-Event-ID`, and the signal that aborts when the client hangs up. */
  readonly request?: WebRequest | undefined
}

/** A stream with the response to return. */
export interface OpenResponse<Events extends object = EventMap> extends OpenStream<Events> {
  readonly response: Response
}

/**
 * Creates a response that streams events, for every server that speaks fetch: Hono, Next, SvelteKit, Workers, Bun, Deno.
 *
 * The promise resolves with the first event, or at the end of the turn. It rejects if the source throws before that, so
 * that the framework can answer with an error. Later errors go to `onError`: **without `onError` they are lost**.
 *
 * @example
 * ```ts
 * import { eventStream } from '@tesserae/encoder/web'
 *
 * const response = await eventStream([{ data: 'Hello' }, { data: 'world' }])
 * response.headers.get('content-type') // => 'text/event-stream'
 * await response.text() // => 'data: Hello\n\ndata: world\n\n'
 * ```
 */
export function eventStream<Events extends object = EventMap>(
  source: StreamSource<Events>,
  options: WebStreamOptions = {},
): Promise<Response> {
  return new Promise((resolve, reject) => {
    feed(source, new WebTransport(resolve), requestOf(options), options, reject)
  })
}

/**
 * Opens a stream as an object, for code that sends from elsewhere: an event emitter, a list of clients. Return its
 * `response`.
 *
 * @throws a `StreamError` if an option is wrong.
 *
 * @example
 * ```ts
 * import { openStream } from '@tesserae/encoder/web'
 *
 * const { response, send, close } = openStream()
 * void send({ data: 'Hello' })
 * close()
 * await response.text() // => 'data: Hello\n\n'
 * ```
 */
export function openStream<Events extends object = EventMap>(
  options: WebStreamOptions = {},
): OpenResponse<Events> {
  let response: Response | undefined
  const transport = new WebTransport((made) => void (response = made))
  const [stream, handle] = open(transport, requestOf(options), options)
  stream.open()
  return Object.assign(handle, { response }) as unknown as OpenResponse<Events>
}

function requestOf(options: WebStreamOptions): StreamRequest {
  const request = options?.request
  if (request)
    checkHas(
      'get',
      request.headers,
      'request',
      'a Request: make it of a request of Node with `webRequest()`',
    )
  return {
    method: request?.method,
    lastEventId: request?.headers.get('last-event-id'),
    signal: request?.signal,
  }
}

class WebTransport implements Transport {
  readonly #onResponse: (response: Response) => void
  #reported!: Reported
  #headers!: Headers
  #controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | undefined

  constructor(onResponse: (response: Response) => void) {
    this.#onResponse = onResponse
  }

  connect(reported: Reported, headers: HeaderFields | undefined): void {
    this.#headers = headOf(headers)
    this.#reported = reported
  }

  open(answer?: Answer): void {
    const reported = this.#reported
    const headers = this.#headers
    const { status = 200, text, retryAfter } = answer ?? {}
    const body = answer
      ? (text ?? null)
      : new ReadableStream<Uint8Array<ArrayBuffer>>({
          start: (controller) => void (this.#controller = controller),
          pull: () => reported.ready(),
          cancel: () => reported.gone(),
        })
    if (status !== 200) headers.delete('content-type')
    if (text !== undefined) headers.set('content-type', TEXT_TYPE)
    if (retryAfter) headers.set('retry-after', `${retryAfter}`)
    this.#onResponse(new Response(body, { status, headers }))
  }

  write(chunk: Chunk, shared: boolean): boolean {
    // It has no `lengthOf`.
    const bytes = chunk as Uint8Array<ArrayBuffer>
    // The reader of a body owns its chunks: it may write into them, or transfer their buffer.
    const isOwn = !shared && bytes.length === bytes.buffer.byteLength
    this.#controller?.enqueue(isOwn ? bytes : bytes.slice())
    return Number(this.#controller?.desiredSize) > 0
  }

  end(): void {
    this.#controller?.close()
    this.#reported.delivered()
  }

  destroy(end: StreamClosed): void {
    if (!this.#controller) this.open()
    // Deno aborts the request first and cancels the body then, and reports a body that failed in between.
    atTurnEnd(() => this.#controller?.error(end))
  }
}
