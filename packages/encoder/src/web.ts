import { decline } from './decline.ts'
import { FINAL_ID, headOf, readLastEventId } from './head.ts'
import { Lifecycle } from './lifecycle.ts'
import { atTurnEnd } from './turn.ts'
import type { EventMap, StreamSource, StreamOptions, UntrustedText } from './types.ts'

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
 * source throws before that, so that the framework can answer with an error.
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
  let lastEventId: UntrustedText | undefined
  try {
    headers = headOf(options.headers)
    lastEventId = readLastEventId(request?.headers.get('last-event-id'), options.lastEventId)
  } catch (error) {
    decline(source)
    throw error
  }
  const isFinal = lastEventId === FINAL_ID
  if (isFinal || request?.method === 'HEAD') {
    decline(source)
    return new Response(null, isFinal ? { status: 204 } : { headers })
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
        refuse: reject,
      },
      options,
    )
    if (request?.signal) stream.closeOn(request.signal, 'client-gone')
    stream.start(source as StreamSource<never>, lastEventId)
  })
}
