import type { ServerResponse } from 'node:http'

/** Any page may ask: there are no secrets here. */
export const CORS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': '*',
} as const

/** What a browser asks before a page may send headers of its own. They cannot all be allowed by `*`: one is a credential. */
export function answerPreflight(response: ServerResponse, headers: string | undefined): void {
  response.writeHead(204, {
    ...CORS,
    'access-control-allow-methods': 'GET, HEAD, POST, OPTIONS',
    ...(headers !== undefined && { 'access-control-allow-headers': headers }),
    'access-control-max-age': '600',
    vary: 'access-control-request-headers',
  })
  response.end()
}

export function answerJson(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  answer(response, status, 'application/json', JSON.stringify(body), headers)
}

export function answerHtml(response: ServerResponse, status: number, body: string): void {
  answer(response, status, 'text/html; charset=utf-8', body, {})
}

function answer(
  response: ServerResponse,
  status: number,
  type: string,
  text: string,
  headers: Readonly<Record<string, string>>,
): void {
  const body = Buffer.from(text)
  response.writeHead(status, {
    'content-type': type,
    'content-length': body.length,
    'cache-control': 'no-store',
    ...CORS,
    ...headers,
  })
  response.end(body)
}
