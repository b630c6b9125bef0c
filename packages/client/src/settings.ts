import { platformClock } from './clock.ts'
import { outOfRange, requestWithBody, twoBodies } from './errors.ts'
import { isRequest, isSafe } from './request.ts'
import type {
  ClientClock,
  ConnectAddress,
  ConnectOptions,
  ResumeFunction,
  ResumeStrategy,
} from './types.ts'

/** Attempts for a request that is only repeated because the caller said so: it may cost money. */
const UNSAFE_ATTEMPTS = 5

/** Options of `connect` with every default filled in. */
export interface Settings extends Pick<
  ConnectOptions,
  | 'contentType'
  | 'eventTimeout'
  | 'fetch'
  | 'headers'
  | 'headTimeout'
  | 'idleTimeout'
  | 'incomplete'
  | 'maxEventBytes'
  | 'onComment'
  | 'onOpen'
  | 'onRetry'
  | 'onUnknownField'
  | 'readAhead'
  | 'statuses'
  | 'until'
> {
  /** What is passed to `fetch`, as it is. */
  readonly init: RequestInit
  /** The request changes nothing on the server. */
  readonly isSafe: boolean
  /** The body is JSON. */
  readonly isJson: boolean
  /** The body is a stream, which is used up by the first request. */
  readonly isOnce: boolean
  readonly signals: readonly AbortSignal[]
  readonly repeat: 'safe' | boolean
  readonly onEnd: 'reconnect' | 'close'
  readonly resume: Pick<ResumeStrategy, 'begin'> | undefined
  readonly attempts: number
  readonly delay: number
  readonly maxDelay: number
  readonly factor: number
  readonly jitter: number
  readonly minDelay: number
  readonly maxRetryAfter: number
  readonly lastEventId: string
  readonly clock: ClientClock
  readonly random: () => number
}

/** Checks the options, and fills in the defaults. */
// long: one line for each option, twice.
export function settingsOf(address: ConnectAddress, options: ConnectOptions): Settings {
  const {
    attempts,
    clock = platformClock,
    contentType,
    delay = 1_000,
    eventTimeout = 0,
    factor = 2,
    fetch,
    headers,
    headTimeout = 0,
    idleTimeout = 0,
    incomplete,
    jitter = 1,
    json,
    lastEventId = '',
    maxDelay = 30_000,
    maxEventBytes,
    maxRetryAfter = 300_000,
    minDelay = Math.min(250, delay),
    onComment,
    onEnd,
    onOpen,
    onRetry,
    onUnknownField,
    random = Math.random,
    readAhead = 65_536,
    repeat = 'safe',
    resume,
    signal,
    statuses,
    until,
    // A `fetch` of the caller may know more options than this package.
    ...init
  } = options
  const numbers = {
    delay,
    eventTimeout,
    headTimeout,
    idleTimeout,
    jitter,
    maxDelay,
    maxRetryAfter,
    minDelay,
    readAhead,
  }
  for (const [name, value] of Object.entries(numbers))
    if (!(value >= 0)) throw outOfRange(name, 'a number from 0 up')
  if (!(factor >= 1)) throw outOfRange('factor', 'at least 1')
  if (jitter > 1) throw outOfRange('jitter', 'from 0 to 1')

  const request = isRequest(address) ? address : undefined
  if (request?.body) throw requestWithBody()
  if (json !== undefined) {
    if (init.body) throw twoBodies()
    init.body = JSON.stringify(json)
    init.method ??= 'POST'
  }
  init.method = (init.method ?? request?.method ?? 'GET').toUpperCase()
  const isOnce = isStream(init.body)
  if (isOnce) Object.assign(init, { duplex: 'half' })
  const safe = isSafe(init.method)
  const limit = attempts ?? (safe ? Infinity : UNSAFE_ATTEMPTS)
  if (!(limit >= 1)) throw outOfRange('attempts', 'at least 1')
  return {
    ...numbers,
    attempts: limit,
    clock,
    contentType,
    factor,
    fetch,
    headers: headers ?? request?.headers,
    incomplete,
    init,
    isJson: json !== undefined,
    isOnce,
    isSafe: safe,
    lastEventId,
    maxEventBytes,
    onComment,
    onEnd: onEnd ?? (safe && repeat !== false ? 'reconnect' : 'close'),
    onOpen,
    onRetry,
    onUnknownField,
    random,
    repeat,
    resume: typeof resume === 'function' ? strategyOf(resume) : resume,
    signals: [signal, request?.signal].filter((one) => !!one),
    statuses,
    until: until ?? (typeof resume === 'object' ? resume.until : undefined),
  }
}

/** Whether a body can be sent once only. */
function isStream(body: unknown): boolean {
  return (
    typeof body === 'object' &&
    body !== null &&
    ('getReader' in body || Symbol.asyncIterator in body)
  )
}

/** A plain function follows no answer: it delivers each event. */
function strategyOf(request: ResumeFunction): Pick<ResumeStrategy, 'begin'> {
  return { begin: () => ({ accept: () => 'deliver', request }) }
}
