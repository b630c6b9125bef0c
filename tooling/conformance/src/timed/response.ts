/** A response of an event stream whose body comes in these chunks, each when it is asked for. */
export function responseOf(chunks: readonly Uint8Array[], url?: string): Response {
  let next = 0
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      pull(controller) {
        const chunk = chunks[next++]
        if (chunk) controller.enqueue(chunk as Uint8Array<ArrayBuffer>)
        else controller.close()
      },
    },
    { highWaterMark: 0 },
  )
  const response = new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  if (url !== undefined) Object.defineProperty(response, 'url', { value: url })
  return response
}
