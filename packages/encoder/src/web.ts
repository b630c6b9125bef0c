import { decline } from './decline.ts'
import { isRefusal } from './errors.ts'
import { FINAL_ID, headOf } from './head.ts'
import { Lifecycle } from './lifecycle.ts'
import { atTurnEnd } from './turn.ts'
import type { EventMap, StreamSource, StreamOptions } from './types.ts'

export { StreamClosed, type StreamErrorCode, StreamError } from './errors.ts'
export type * from './types.ts'

/** Options of {@link eventStream}. */
export interface WebStreamOptions extends StreamOptions {
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
export async function eventStream<Events extends object = EventMap>(
  source: StreamSource<Events>,
  options: WebStreamOptions = {},
): Promise<Response> {
  const { request } = options
  let headers: Headers
  try {
    headers = headOf(options.headers)
  } catch (error) {
    decline(source)
    throw error
  }
  const answer = (status: number): Response => {
    headers.delete('content-type')
    return new Response(null, { status, headers })
  }
  const lastEventId = request?.headers.get('last-event-id')
  const isFinal = (options.lastEventId ?? lastEventId) === FINAL_ID
  if (isFinal || request?.method === 'HEAD') {
    decline(source)
    return isFinal ? answer(204) : new Response(null, { headers })
  }

  return new Promise((resolve, reject) => {
    let controller!: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start: (its) => void (controller = its),
      pull: () => stream.ready(),
      cancel: () => stream.gone(),
    })
    const response = new Response(body, { headers })
    const open = (): void => resolve(response)
    const stream = new Lifecycle(
      {
        open,
        write(bytes) {
          controller.enqueue(bytes)
          return (controller.desiredSize ?? 0) > 0
        },
        end() {
          controller.close()
          // From here on the runtime tells nothing more.
          stream.gone()
        },
        destroy(reason) {
          open()
          // Deno aborts the request first and cancels the body then, and reports a body that failed in between.
          atTurnEnd(() => controller.error(reason), undefined)
        },
        refuse: (error) => (isRefusal(error) ? resolve(answer(error.status)) : reject(error)),
      },
      options,
    )
    if (request?.signal) stream.closeOn(request.signal, 'client-gone')
    stream.start(source as StreamSource<never>, lastEventId)
  })
}
