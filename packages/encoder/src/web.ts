import { Handle } from './response/handle.ts'
import { headOf } from './response/head.ts'
import { callHook } from './response/hooks.ts'
import { isOpenable, Pump } from './response/pump.ts'
import { ResponseStream } from './response/response-stream.ts'
import type { Chunk, Transport } from './response/transport.ts'
import { atTurnEnd } from './response/turn.ts'
import type { StreamClosed } from './errors.ts'
import type {
  EventMap,
  EventStream,
  EventStreamOptions,
  HeaderFields,
  OpenStream,
  StreamSource,
} from './types.ts'

export { StreamClosed, type StreamErrorCode, StreamError } from './errors.ts'
export type * from './types.ts'

/** Options of {@link eventStream} and {@link openStream}. */
export interface WebStreamOptions extends EventStreamOptions {
  /** The request that is answered: for its `Last-Event-ID`, and the signal that aborts when the client hangs up. */
  readonly request?: Request | undefined
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
    const [stream, handle] = begin(options, resolve, reject, isOpenable(source))
    void new Pump(stream).run(source as StreamSource<never>, handle as EventStream<never>)
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
  let fault: unknown
  const reject = (error: unknown): void => {
    if (response) void callHook(options.onError, error)
    fault = error
  }
  const [stream, handle] = begin(options, (made) => void (response = made), reject, false)
  if (!response && !fault) stream.open()
  if (!response) throw fault
  return Object.assign(handle, { response }) as unknown as OpenResponse<Events>
}

function begin(
  options: WebStreamOptions,
  onResponse: (response: Response) => void,
  reject: (error: unknown) => void,
  waits: boolean,
): [ResponseStream, Handle] {
  const { request } = options
  const transport = new WebTransport(onResponse, reject)
  const stream = new ResponseStream(transport, options)
  transport.stream = stream
  const id = stream.start(
    {
      method: request?.method,
      lastEventId: request?.headers.get('last-event-id'),
      signal: request?.signal,
    },
    waits,
  )
  return [stream, new Handle(stream, id)]
}

class WebTransport implements Transport {
  readonly #onResponse: (response: Response) => void
  readonly reject: (error: unknown) => void
  declare stream: ResponseStream
  #headers: Headers | undefined
  #controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | undefined

  constructor(onResponse: (response: Response) => void, reject: (error: unknown) => void) {
    this.#onResponse = onResponse
    this.reject = reject
  }

  prepare(fields: HeaderFields | undefined): void {
    this.#headers = headOf(fields)
  }

  open(): void {
    const { stream } = this
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start: (controller) => void (this.#controller = controller),
      pull: () => stream.ready(),
      cancel: () => stream.gone(),
    })
    this.#respond(200, body)
  }

  write(chunk: Chunk, shared: boolean): boolean {
    // It has no `lengthOf`.
    const bytes = chunk as Uint8Array<ArrayBuffer>
    // The reader of a body owns its chunks: it may write into them, or transfer their buffer.
    const isOwn = !shared && bytes.length === bytes.buffer.byteLength
    this.#controller?.enqueue(isOwn ? bytes : bytes.slice())
    return (this.#controller?.desiredSize ?? 0) > 0
  }

  end(): void {
    this.#controller?.close()
    this.stream.delivered()
  }

  destroy(end: StreamClosed): void {
    if (!this.#controller) this.open()
    // Deno aborts the request first and cancels the body then, and reports a body that failed in between.
    atTurnEnd(() => this.#controller?.error(end), undefined)
  }

  answer(status: number, retryAfter?: number): void {
    if (status !== 200) this.#headers?.delete('content-type')
    if (retryAfter) this.#headers?.set('retry-after', `${retryAfter}`)
    this.#respond(status, null)
  }

  #respond(status: number, body: ReadableStream | null): void {
    this.#onResponse(new Response(body, { status, headers: this.#headers ?? {} }))
  }
}
