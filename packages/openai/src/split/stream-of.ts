import type { ChunkEvent } from './chunk-event.ts'

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
