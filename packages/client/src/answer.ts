import type { ClientErrorDetails } from './errors.ts'
import type { Wait } from './wait.ts'

/** How much of a body that is not an event stream goes into the error, and how long it may take to arrive. */
const EXCERPT_BYTES = 4_096
const EXCERPT_MILLISECONDS = 1_000

/** What the head of a response means: an event stream, the order to stay away, or an error. */
export function kindOf(
  { status, headers }: Response,
  method: string | undefined,
  isAnyType: boolean,
): 'stream' | 'no-content' | 'bad-status' | 'bad-content-type' {
  if (status === 204) return 'no-content'
  // A GET is answered by 200 alone, as the standard says. NestJS answers a POST with 201.
  const most = method === 'GET' ? 200 : 299
  if (status < 200 || status > most || status === 205) return 'bad-status'
  return isAnyType || isEventStream(headers) ? 'stream' : 'bad-content-type'
}

/** Whether a `fetch` of the caller has done what it must. By its shape: there are several classes of this name. */
export function isResponse(answer: unknown): boolean {
  return typeof (answer as Response | null | undefined)?.headers?.get === 'function'
}

export function isEventStream(headers: Headers): boolean {
  return /^text\/event-stream\s*(;|$)/i.test(headers.get('content-type') ?? '')
}

/** What an error says of the response. */
export async function detailsOf(response: Response, wait: Wait): Promise<ClientErrorDetails> {
  const { status, headers } = response
  return {
    status,
    headers,
    retryAfter: retryAfterOf(headers),
    excerpt: await excerptOf(response, wait),
  }
}

/** `Retry-After` in milliseconds. A date counts from the response's own `Date`, so that clocks need not agree. */
function retryAfterOf(headers: Headers): number | undefined {
  const value = headers.get('retry-after') ?? ''
  if (/^\d+$/.test(value)) return Number(value) * 1_000
  // A date begins with the name of a day. `Date.parse` takes `1.5` for a month.
  if (!/^[a-z]/i.test(value)) return undefined
  const wait = Date.parse(value) - (Date.parse(headers.get('date') ?? '') || Date.now())
  return Number.isNaN(wait) ? undefined : Math.max(0, wait)
}

/** The beginning of a body, without waiting for what may never come. */
async function excerptOf({ body }: Response, wait: Wait): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  let reader: ReadableStreamDefaultReader<Uint8Array>
  try {
    reader = (body ?? new Blob().stream()).getReader()
  } catch {
    // A `fetch` of the caller has read it, or its body is not a `ReadableStream`.
    return text
  }
  let room = EXCERPT_BYTES
  const read = async (): Promise<void> => {
    while (room > 0) {
      const { done, value } = await reader.read()
      if (done) return
      text += decoder.decode(value.subarray(0, room), { stream: true })
      room -= value.length
    }
  }
  // A body that cannot be read says nothing; status and type are reported all the same.
  await wait.until(
    read().catch(() => {}),
    EXCERPT_MILLISECONDS,
  )
  reader.cancel().catch(() => {})
  return text + decoder.decode()
}
