/** Any page may ask: there are no secrets here. */
export const CORS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': '*',
} as const

/** What a browser asks before a page may send headers of its own. They cannot all be allowed by `*`: one is a credential. */
export function preflight(asked: string | undefined): Response {
  const headers = {
    ...CORS,
    'access-control-allow-methods': 'GET, HEAD, POST, OPTIONS',
    ...(asked !== undefined && { 'access-control-allow-headers': asked }),
    'access-control-max-age': '600',
    vary: 'access-control-request-headers',
  }
  return new Response(null, { status: 204, headers })
}

export function json(
  body: object,
  status = 200,
  more: Readonly<Record<string, string>> = {},
): Response {
  return Response.json(body, { status, headers: { 'cache-control': 'no-store', ...CORS, ...more } })
}

export function html(body: string): Response {
  const type = { 'content-type': 'text/html; charset=utf-8' }
  return new Response(body, { headers: { ...type, 'cache-control': 'no-store', ...CORS } })
}

/** A body that asks for no more than is read. */
export function bodyOf(pieces: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await pieces.next()
        if (done) controller.close()
        else controller.enqueue(value)
      },
    },
    { highWaterMark: 0 },
  )
}
