import { Countdown } from './clock.ts'
import type { ClientErrorDetails } from './errors.ts'
import type { Settings } from './settings.ts'
import type { ClientClock } from './types.ts'

/** How much of a body that is not an event stream goes into the error, and how long it may take to arrive. */
const EXCERPT_BYTES = 4_096
const EXCERPT_MILLISECONDS = 1_000

/** What the head of a response means: an event stream, the order to stay away, or an error. */
export function kindOf(
  { status, headers }: Response,
  { method, contentType }: Settings,
  isFirst: boolean,
): 'stream' | 'no-content' | 'bad-status' | 'bad-content-type' {
  if (status === 204) return 'no-content'
  // A GET is answered by 200 alone, as the standard says. NestJS answers a POST with 201.
  const isOk =
    status === 200 ||
    (isFirst && method !== 'GET' && status > 200 && status < 300 && status !== 205)
  if (!isOk) return 'bad-status'
  const type = headers.get('content-type') ?? ''
  if (contentType !== 'any' && !/^text\/event-stream\s*(;|$)/i.test(type)) return 'bad-content-type'
  return 'stream'
}

/** What an error says of the response. */
export async function detailsOf(
  response: Response,
  clock: ClientClock,
): Promise<ClientErrorDetails> {
  const { status, headers } = response
  const retryAfter = retryAfterOf(headers)
  return { status, headers, retryAfter, excerpt: await excerptOf(response, clock) }
}

/** `Retry-After` in milliseconds. A date counts from the response's own `Date`, so that clocks need not agree. */
function retryAfterOf(headers: Headers): number | undefined {
  const value = headers.get('retry-after')?.trim()
  if (!value) return undefined
  if (/^\d+$/.test(value)) return Number(value) * 1_000
  // A date begins with the name of a day. `Date.parse` takes `1.5` for a month.
  if (!/^[a-z]/i.test(value)) return undefined
  const wait = Date.parse(value) - (Date.parse(headers.get('date') ?? '') || Date.now())
  return Number.isNaN(wait) ? undefined : Math.max(0, wait)
}

/** The beginning of a body, without waiting for what may never come. */
async function excerptOf({ body }: Response, clock: ClientClock): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  const reader = body?.getReader()
  if (reader === undefined) return text
  const timer = new Countdown(clock, () => void reader.cancel().catch(() => {}))
  timer.start(EXCERPT_MILLISECONDS)
  try {
    let room = EXCERPT_BYTES
    while (room > 0) {
      const { done, value } = await reader.read()
      if (done) break
      text += decoder.decode(value.subarray(0, room), { stream: true })
      room -= value.length
    }
    reader.cancel().catch(() => {})
  } catch {
    // A body that cannot be read says nothing; status and type are reported all the same.
  } finally {
    timer.stop()
  }
  return text + decoder.decode()
}
