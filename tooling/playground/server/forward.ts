import type { IncomingMessage } from 'node:http'
import { Refusal, wrong } from './errors.ts'
import { readJson } from './read-json.ts'
import { bodyOf } from './responses.ts'
import type { Visit } from './serve.ts'

export const FORWARD = '/playground/forward'

/** What the page asks to have sent. */
interface Wanted {
  readonly url: URL
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
}

/**
 * Sends a request of the page to the address in its body, and passes the answer on as it comes. A browser lets a page
 * read few servers' answers (CORS); this server may ask anyone. Nothing is stored or logged.
 *
 * Only the page of this very server may ask: its origin is compared, and the name under which it was reached has to be
 * one of this machine, or a page elsewhere could point a name of its own here.
 */
export async function forward({ request, over }: Visit): Promise<Response> {
  if (!isOwnPage(request))
    throw new Refusal('forbidden', 'Only the page of this server may have requests forwarded.')
  const { url, ...wanted } = readWanted(await readJson(request))
  const answer = await fetch(url, { ...wanted, signal: over.signal }).catch((error: unknown) => {
    throw new Refusal('unreachable', `${url.host} cannot be reached: ${reasonOf(error)}.`)
  })
  const head = JSON.stringify({ status: answer.status, headers: [...answer.headers] })
  return new Response(answer.body && bodyOf(passedOn(answer.body, over)), {
    headers: {
      'content-type': 'application/octet-stream',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'playground-head': encodeURIComponent(head),
    },
  })
}

/** If the other server breaks the connection, so does this one. That is not an error of the playground. */
async function* passedOn(
  body: AsyncIterable<Uint8Array>,
  over: AbortController,
): AsyncGenerator<Uint8Array> {
  try {
    yield* body
  } catch {
    over.abort()
  }
}

const LOOPBACK = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/

function isOwnPage({ headers }: IncomingMessage): boolean {
  const { host = '', origin } = headers
  return LOOPBACK.test(host) && origin === `http://${host}`
}

/** @throws {@link Refusal} that names the field and what it has to be */
function readWanted(asked: Record<string, unknown>): Wanted {
  const { url, method = 'POST', headers = {}, body = null } = asked
  const address = typeof url === 'string' && URL.canParse(url) ? new URL(url) : undefined
  if (!address || !/^https?:$/.test(address.protocol))
    throw wrong('url', 'an address that begins with http:// or https://')
  if (method !== 'GET' && method !== 'POST') throw wrong('method', '"GET" or "POST"')
  if (typeof headers !== 'object' || headers === null || !Object.values(headers).every(isText))
    throw wrong('headers', 'an object of texts')
  if (body !== null && !isText(body)) throw wrong('body', 'a text')
  return {
    url: address,
    method,
    // The bytes that arrive are to be those that the server meant: without compression.
    headers: { 'accept-encoding': 'identity', ...(headers as Record<string, string>) },
    body: method === 'GET' ? null : body,
  }
}

function isText(value: unknown): value is string {
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
