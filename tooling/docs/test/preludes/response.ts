/** A server's answer with two events, in three pieces that care nothing for where the events end. */
const pieces = ['data: Hel', 'lo\n\ndata: wor', 'ld\n\n'].map((text) =>
  new TextEncoder().encode(text),
)

export const response: Response = new Response(
  new ReadableStream({
    pull(controller) {
      const piece = pieces.shift()
      if (piece) controller.enqueue(piece)
      else controller.close()
    },
  }),
  { headers: { 'content-type': 'text/event-stream' } },
)
