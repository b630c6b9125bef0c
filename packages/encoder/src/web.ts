import { headOf } from './head.ts'
import { Lifecycle } from './lifecycle.ts'
import { atTurnEnd } from './turn.ts'
import type { EventMap, StreamSource, EventStreamOptions } from './types.ts'

export { StreamClosed, type StreamErrorCode, StreamError } from './errors.ts'
export type * from './types.ts'

/** Options of {@link eventStream}. */
export interface WebStreamOptions extends EventStreamOptions {
  /** The request that is answered: for its `Last-Event-ID`, and to know when the client hangs up. */
  readonly request?: Request | undefined
}

/**
 * A response that streams events, for any server that speaks fetch: Hono, Next, SvelteKit, Workers, Bun, Deno.
 *
 * The promise resolves with the first event, or at the end of the turn if there is none yet. It rejects if the
 * source throws before that, so that the framework can answer with an error. What goes wrong later is told to
 * `onError`, and **without `onError` nobody sees it**. A client that is refused ({@link StreamError}) is answered with
 * a response of status 400 or 503.
 *
 * @example
 * import { eventStream } from '@tesserae/encoder/web'
 *
 * const response = await eventStream([{ data: 'Hello' }, { data: 'world' }])
 * response.headers.get('content-type') // => 'text/event-stream'
 * await response.text() // => 'data: Hello\n\ndata: world\n\n'
 */
export function eventStream<Events extends object = EventMap>(
  source: StreamSource<Events>,
  options: WebStreamOptions = {},
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const { request } = options
    let headers: Headers
    let controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | undefined
    const open = (): void => {
      const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
        start: (its) => void (controller = its),
        pull: () => stream.ready(),
        cancel: () => stream.gone(),
      })
      resolve(new Response(body, { headers }))
    }
    const stream = new Lifecycle(
      {
        prepare: (fields) => void (headers = headOf(fields)),
        open,
        write(bytes, shared) {
          // Whoever reads a body owns its chunks, and may write into them, or transfer them elsewhere.
          controller?.enqueue(shared ? bytes.slice() : bytes)
          return (controller?.desiredSize ?? 0) > 0
        },
        end() {
          controller?.close()
          // From here on the runtime tells nothing more.
          stream.gone()
        },
        destroy(reason) {
          if (!controller) open()
          // Deno aborts the request first and cancels the body then, and reports a body that failed in between.
          atTurnEnd(() => controller?.error(reason), undefined)
        },
        answer(status) {
          if (status !== 200) headers.delete('content-type')
          resolve(new Response(null, { status, headers }))
        },
        reject,
      },
      options,
    )
    stream.start(
      source as StreamSource<never>,
      request?.method,
      request?.headers.get('last-event-id'),
      request?.signal,
    )
  })
}
