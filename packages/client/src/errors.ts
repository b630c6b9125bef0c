/** Every way in which a connection fails. */
export type ClientErrorCode =
  /** The server answered with a status that is not an event stream's. See `status` and `excerpt`. */
  | 'bad-status'
  /** The server answered with another type than `text/event-stream`. See `headers` and `excerpt`. */
  | 'bad-content-type'
  /** No response arrived. The server may have carried the request out. See `cause`. */
  | 'no-answer'
  /** The response broke off. See `cause`. */
  | 'lost'
  /** The head of the response took longer than `headTimeout`. */
  | 'head-timeout'
  /** No byte arrived for `idleTimeout`. */
  | 'idle-timeout'
  /** No event arrived for `eventTimeout`. */
  | 'event-timeout'
  /** The last of `attempts` failed, or `Retry-After` is longer than `maxRetryAfter`. See `cause`. */
  | 'gave-up'
  /** One event is larger than `maxEventBytes`. */
  | 'event-too-large'
  /** The body ended inside an event, and `incomplete` is `'error'`. */
  | 'incomplete-event'
  /** The request would be sent again, but its body is a stream, which is used up. */
  | 'cannot-repeat'
  /** The continuation does not begin with the events that were delivered. */
  | 'resume-mismatch'
  /** The server does not continue the answer. See `status`, `excerpt`, and `cause` for how it broke off. */
  | 'resume-refused'

/** What a {@link ClientError} knows beside its code. */
export interface ClientErrorDetails {
  readonly status?: number | undefined
  readonly headers?: Headers | undefined
  readonly excerpt?: string | undefined
  readonly retryAfter?: number | undefined
  readonly cause?: unknown
}

/** What each code says: what was wrong, and what to do if that is always the same. */
const MESSAGES: Readonly<Record<ClientErrorCode, string>> = {
  'bad-status': 'The server refused the request',
  'bad-content-type':
    "Expected `text/event-stream`: check the address, or pass `contentType: 'any'`",
  'no-answer': 'No response arrived, though the request may have been carried out',
  lost: 'The response broke off',
  'head-timeout': 'No response arrived within `headTimeout`',
  'idle-timeout': 'No byte arrived within `idleTimeout`',
  'event-timeout': 'No event arrived within `eventTimeout`',
  'gave-up': 'Gave up',
  'event-too-large': 'An event is larger than `maxEventBytes`: raise it',
  'incomplete-event': 'The body ended inside an event',
  'cannot-repeat': 'A stream cannot be sent again: pass a string or bytes as `body`',
  'resume-mismatch': 'The continuation differs from what was delivered: request the answer anew',
  'resume-refused': 'The server does not continue the answer: request it anew',
}

/**
 * Thrown by a connection that ends in failure. The events before it were delivered.
 *
 * @example
 * ```ts
 * import { ClientError, connect } from '@tesserae/client'
 *
 * const fetch = async () => new Response('no such feed', { status: 404 })
 * try {
 *   for await (const event of connect('/updates', { fetch })) console.log(event.data)
 * } catch (error) {
 *   if (error instanceof ClientError) console.log(error.code, error.status, error.excerpt) // => bad-status 404 no such feed
 * }
 * ```
 */
export class ClientError extends Error {
  declare readonly code: ClientErrorCode
  /** The status of the response that ended the connection. */
  declare readonly status: number | undefined
  declare readonly headers: Headers | undefined
  /** The beginning of the body as text: at most 4 KiB, and what arrived within a second. */
  declare readonly excerpt: string | undefined
  /** How long the server asked to wait, in milliseconds. */
  declare readonly retryAfter: number | undefined
  /** How many requests were sent. */
  declare readonly attempts: number
  /** The ID of the last delivered event. */
  declare readonly lastEventId: string

  constructor(
    code: ClientErrorCode,
    attempts: number,
    lastEventId: string,
    { status, headers, excerpt, retryAfter, cause }: ClientErrorDetails = {},
    addition = '',
  ) {
    const answer = status && `status ${status}${excerpt ? `: ${oneLine(excerpt)}` : ''}`
    const reason = answer || (/^(no-answer|lost|gave-up)$/.test(code) && reasonOf(cause))
    super(
      `${MESSAGES[code]}${addition}${reason ? ` (${reason})` : ''}.`,
      cause === undefined ? undefined : { cause },
    )
    const details = { status, headers, excerpt, retryAfter }
    Object.assign(this, { name: 'ClientError', code, ...details, attempts, lastEventId })
  }
}

/** What went wrong below the connection: `fetch` hides the reason in the cause of its error. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  // The error for several addresses of one host has a code instead of a message.
  const { message, cause, code } = error as Error & { readonly code?: string }
  const reason = reasonOf(cause)
  if (reason && error instanceof ClientError) return reason
  const own = message.replace(/\.$/, '') || `${code}`
  return reason ? `${own}: ${reason}` : own
}

/** What a server says of its own error, fit for a log. */
function oneLine(text: string): string {
  return text
    .slice(0, 200)
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim()
}

export const needsOption = ': pass `repeat` or `resume` to continue it'
export const needsIds = ': let the server send IDs, or pass `resume`, to continue it'
export const tooLongAWait = ': `Retry-After` is longer than `maxRetryAfter`'

export const afterAttempts = (count: number): string =>
  ` after ${count} failed attempt${count > 1 ? 's' : ''}`

export const twoBodies = (): TypeError => new TypeError('Pass `json` or `body`, not both.')

export const requestWithBody = (): TypeError =>
  new TypeError('The body of a `Request` can be sent only once: pass its URL, and `body`.')

export const outOfRange = (option: string, range: string): RangeError =>
  new RangeError(`\`${option}\` must be ${range}.`)

export const unknownOption = (option: string, meant: string): TypeError =>
  new TypeError(`Unknown option \`${option}\`: did you mean \`${meant}\`?`)

export const noResponse = (): TypeError =>
  new TypeError('`fetch` must resolve with a `Response`: return the promise of the request.')

export const noStream = (): TypeError =>
  new TypeError('The body of the response is not a `ReadableStream`: pass a `fetch` that streams.')

export const closedEarly = (): DOMException =>
  new DOMException('The connection was closed before it was open.', 'AbortError')

export const invalidAddress = (): DOMException =>
  new DOMException('The address is not a URL, nor relative to one of a page.', 'SyntaxError')
