import { platformClock } from './clock.ts'
import { outOfRange, requestWithBody, twoBodies, unknownOption } from './errors.ts'
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

type Check = (value: unknown) => boolean

const isNumber =
  (least: number, most = Infinity): Check =>
  (value) =>
    typeof value === 'number' && value >= least && value <= most
const isOneOf =
  (...values: unknown[]): Check =>
  (value) =>
    values.includes(value)
const isFunction: Check = (value) => typeof value === 'function'
const isString: Check = (value) => typeof value === 'string'
const has =
  (...names: string[]): Check =>
  (value) =>
    typeof value === 'object' && names.some((name) => name in (value ?? {}))

/** What the options of this package must be, and the address. */
const EXPECTED: readonly (readonly [names: string, expected: string, check: Check])[] = [
  [
    'address',
    'a string, a URL or a Request',
    (value) => isString(value) || has('url', 'href')(value),
  ],
  [
    'delay eventTimeout headTimeout idleTimeout maxDelay maxRetryAfter minDelay readAhead',
    'a number from 0 up',
    isNumber(0),
  ],
  ['jitter', 'from 0 to 1', isNumber(0, 1)],
  ['attempts factor', 'at least 1', isNumber(1)],
  ['fetch onComment onOpen onRetry onUnknownField random until', 'a function', isFunction],
  ['resume', 'a function, or a strategy', (value) => isFunction(value) || has('begin')(value)],
  ['signal', 'an `AbortSignal`', (value) => value === null || has('aborted')(value)],
  ['repeat', "'safe', true or false", isOneOf('safe', true, false)],
  ['onEnd', "'reconnect' or 'close'", isOneOf('reconnect', 'close')],
  ['contentType', "'strict' or 'any'", isOneOf('strict', 'any')],
  ['incomplete', "'discard', 'dispatch' or 'error'", isOneOf('discard', 'dispatch', 'error')],
  ['lastEventId', 'a string', isString],
  ['statuses', 'an array', Array.isArray],
  ['clock', 'a clock', has('setTimeout')],
  // The parser and `Headers` check these.
  ['headers json maxEventBytes', '', () => true],
]

/** Whether it is an option of this package. Throws if its value is wrong, or its name is almost one. */
function isKnown(option: string, value: unknown): boolean {
  for (const [names, expected, accepts] of EXPECTED)
    if (names.split(' ').includes(option)) {
      if (accepts(value)) return true
      throw outOfRange(option, expected)
    }
  const known = EXPECTED.flatMap(([names]) => names.split(' '))
  const meant = known.findLast((name) => isNear(name, option))
  if (meant !== undefined) throw unknownOption(option, meant)
  return false
}

/**
 * Whether a name has one letter too many or too few, a wrong one, or two of them swapped, whatever its case. No option of
 * `fetch` is as near as that to one of this package.
 */
function isNear(name: string, option: string): boolean {
  const [a, b] = [name.toLowerCase(), option.toLowerCase()]
  let same = 0
  while (same < a.length && a[same] === b[same]) same++
  const differs = (tooFew: number, tooMany: number): boolean =>
    a.slice(same + tooFew) === b.slice(same + tooMany)
  const isSwapped = a[same] === b[same + 1] && a[same + 1] === b[same] && differs(2, 2)
  return differs(1, 0) || differs(0, 1) || differs(1, 1) || isSwapped
}

/** Checks the options, and fills in the defaults. */
export function settingsOf(address: ConnectAddress, options: ConnectOptions): Settings {
  isKnown('address', address)
  const known: ConnectOptions = {}
  // A `fetch` of the caller may know more options than this package.
  const init: RequestInit = {}
  for (const [name, value] of Object.entries(options))
    if (value !== undefined) Object.assign(isKnown(name, value) ? known : init, { [name]: value })

  const { delay = 1_000, headers, json, repeat = 'safe', resume, signal } = known
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
  return {
    attempts: safe ? Infinity : UNSAFE_ATTEMPTS,
    clock: platformClock,
    delay,
    factor: 2,
    jitter: 1,
    lastEventId: '',
    maxDelay: 30_000,
    maxRetryAfter: 300_000,
    minDelay: Math.min(250, delay),
    onEnd: safe && repeat !== false ? 'reconnect' : 'close',
    random: Math.random,
    repeat,
    until: typeof resume === 'object' ? resume.until : undefined,
    ...(known as object),
    headers: headers ?? request?.headers,
    init,
    isJson: json !== undefined,
    isOnce,
    isSafe: safe,
    resume: typeof resume === 'function' ? strategyOf(resume) : resume,
    signals: [signal, request?.signal].filter((one) => !!one),
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
