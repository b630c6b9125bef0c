import type { IncomingMessage, ServerResponse } from 'node:http'
import { once } from 'node:events'
import { Refusal } from './errors.ts'
import { readJson } from './read-json.ts'
import { goneOf } from './send.ts'

export const FORWARD = '/playground/forward'

/** What the page asks to have sent. */
interface Wanted {
  readonly url: URL
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
}

/**
 * Sends a request of the page to the address in its body, and passes the answer on as it comes. A browser lets a page
 * read few servers' answers (CORS); this server may ask anyone. Nothing is stored or logged.
 *
 * Only the page of this very server may ask: its origin is compared, and the name under which it was reached has to be
 * one of this machine, or a page elsewhere could point a name of its own here.
 */
export async function forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (!isOwnPage(request))
    throw new Refusal('forbidden', 'Only the page of this server may have requests forwarded.')
  const { url, ...wanted } = readWanted(await readJson(request))
  const gone = goneOf(response)
  let answer: Response
  try {
    answer = await fetch(url, {
      method: wanted.method,
      // The bytes that arrive are to be those that the server meant: without compression.
      headers: { 'accept-encoding': 'identity', ...wanted.headers },
      body: wanted.body ?? null,
      signal: gone,
    })
  } catch (error) {
    if (gone.aborted) return
    throw new Refusal('unreachable', `${url.host} cannot be reached: ${reasonOf(error)}.`)
  }
  await passOn(answer, response, gone)
}

async function passOn(
  answer: Response,
  response: ServerResponse,
  gone: AbortSignal,
): Promise<void> {
  const { status, headers, body } = answer
  const head = encodeURIComponent(JSON.stringify({ status, headers: [...headers] }))
  response.writeHead(200, {
    'content-type': 'application/octet-stream',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'playground-head': head,
  })
  response.flushHeaders()
  try {
    for await (const chunk of body ?? [])
      if (!response.write(chunk)) await once(response, 'drain', { signal: gone })
    response.end()
  } catch {
    // The connection to the server broke, or the page left: the page sees the body break off.
    response.destroy()
  }
}

const LOOPBACK = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/

function isOwnPage({ headers }: IncomingMessage): boolean {
  const { host = '', origin } = headers
  return LOOPBACK.test(host) && origin === `http://${host}`
}

/** @throws {@link Refusal} that names the field and what it has to be */
function readWanted(body: Record<string, unknown>): Wanted {
  const { url, method = 'POST', headers = {}, body: content } = body
  const address = typeof url === 'string' && URL.canParse(url) ? new URL(url) : undefined
  if (!address || !/^https?:$/.test(address.protocol))
    throw new Refusal(
      'invalid_body',
      'Give "url" an address that begins with http:// or https://.',
      'url',
    )
  if (method !== 'GET' && method !== 'POST')
    throw new Refusal('invalid_body', 'Give "method" "GET" or "POST".', 'method')
  if (typeof headers !== 'object' || headers === null || !Object.values(headers).every(isText))
    throw new Refusal('invalid_body', 'Give "headers" an object of texts.', 'headers')
  if (content !== undefined && typeof content !== 'string')
    throw new Refusal('invalid_body', 'Give "body" a text.', 'body')
  return {
    url: address,
    method,
    headers: headers as Record<string, string>,
    body: method === 'GET' ? undefined : content,
  }
}

function isText(value: unknown): boolean {
  return typeof value === 'string'
}

/** Node says what happened in the cause. */
function reasonOf(error: unknown): string {
  const { cause, message } = error as Error
  const { code } = (cause ?? {}) as NodeJS.ErrnoException
  if (code === 'ECONNREFUSED') return 'nothing listens there'
  if (code === 'ENOTFOUND') return 'there is no such host'
  return code ?? (cause as Error | undefined)?.message ?? message
}
