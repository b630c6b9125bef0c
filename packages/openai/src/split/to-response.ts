import type { ChatCompletion, TextCompletion } from '../types.ts'
import type { ChunkEvent } from './chunk-event.ts'
import { toEvents } from './events.ts'
import { split, type SplitOptions } from './split.ts'

/** Options of {@link toResponse}. */
export interface ToResponseOptions extends SplitOptions {
  /** Headers beside `content-type` and `cache-control`. */
  readonly headers?: ConstructorParameters<typeof Headers>[0] | undefined
}

/**
 * A `Response` that streams a finished message, as a server would have sent it: for caches, mocks and tests. Each pull
 * writes one event.
 *
 * @param completion - a message, streamed or not
 * @param options - as for `split`, and headers
 *
 * @example
 * <!-- example: prelude completion -->
 * ```ts
 * import { accumulate, toResponse } from '@tesserae/openai'
 *
 * const completion = await accumulate(response)
 * const replay = toResponse(completion)
 * await accumulate(replay) // => completion
 * ```
 */
export function toResponse(
  completion: ChatCompletion | TextCompletion,
  options: ToResponseOptions = {},
): Response {
  const { headers: more, dialect, ...how } = options
  const events = toEvents(split(completion as ChatCompletion, how), { dialect })
  return streamOf(events, more)
}

/** A `Response` that writes an event with each pull. */
export function streamOf(
  events: Iterator<ChunkEvent>,
  more: ConstructorParameters<typeof Headers>[0],
): Response {
  const encoder = new TextEncoder()
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      pull(controller) {
        const { done, value } = events.next()
        if (done) return controller.close()
        // Data of JSON has no line ends.
        const name = value.event === undefined ? '' : `event: ${value.event}\n`
        controller.enqueue(encoder.encode(`${name}data: ${value.data}\n\n`))
      },
    },
    { highWaterMark: 0 },
  )
  const headers = new Headers(more)
  headers.set('content-type', 'text/event-stream; charset=utf-8')
  if (!headers.has('cache-control')) headers.set('cache-control', 'no-cache')
  return new Response(body, { headers })
}
