const headers = { 'content-type': 'text/event-stream' }

/** A response whose body is the text, and then ends. */
export function whole(text: string): Response {
  return new Response(text, { headers })
}

/** A response whose body is the text, and then breaks off. */
export function broken(text: string): Response {
  let isSent = false
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (isSent) controller.error(new TypeError('terminated'))
        else controller.enqueue(new TextEncoder().encode(text))
        isSent = true
      },
    },
    { highWaterMark: 0 },
  )
  return new Response(body, { headers })
}

export interface Sent {
  readonly method: string
  readonly url: string
  readonly headers: Headers
}

/** A `fetch` that gives these answers in turn, and keeps what it was asked for. */
export function fetchOf(...answers: (Response | Error)[]): {
  readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>
  readonly sent: readonly Sent[]
} {
  const sent: Sent[] = []
  return {
    sent,
    async fetch(input, init) {
      const request = input instanceof Request ? input : undefined
      sent.push({
        method: init?.method ?? request?.method ?? 'GET',
        url: request?.url ?? String(input),
        headers: new Headers(init?.headers ?? request?.headers),
      })
      const answer = answers.shift() ?? new Response('no more answers', { status: 404 })
      if (answer instanceof Error) throw answer
      return answer
    },
  }
}
