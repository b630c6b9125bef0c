import { sourceOf } from '@tesserae/testkit'

/** A response of an event stream whose body comes in these chunks, each when it is asked for. */
export function responseOf(chunks: readonly Uint8Array[], url = 'http://127.0.0.1/'): Response {
  const response = new Response(
    sourceOf(chunks).stream() as ReadableStream<Uint8Array<ArrayBuffer>>,
    {
      headers: { 'content-type': 'text/event-stream' },
    },
  )
  Object.defineProperty(response, 'url', { value: url })
  return response
}
