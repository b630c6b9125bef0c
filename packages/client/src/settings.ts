import { platformClock } from './clock.ts'
import { outOfRange, requestWithBody, twoBodies } from './errors.ts'
import { TEMPORARY_STATUSES } from './policy.ts'
import { isStream } from './is-stream.ts'
import type { ConnectAddress, ConnectOptions, ResumeFunction, ResumeStrategy } from './types.ts'

/** Options with every default filled in. Timeouts that are off are `Infinity`. */
export interface Settings extends Omit<ConnectOptions, 'resume' | 'signal'> {
  readonly method: string
  /** What is passed to `fetch`, as it is. */
  readonly init: RequestInit
  /** Whether `fetch` is the global one. */
  readonly usesPlatform: boolean
  readonly signals: readonly AbortSignal[]
  readonly isSafe: boolean
  readonly repeat: 'safe' | boolean
  readonly onEnd: 'reconnect' | 'close'
  readonly fetch: NonNullable<ConnectOptions['fetch']>
  readonly resume: Pick<ResumeStrategy, 'begin'> | undefined
  readonly clock: NonNullable<ConnectOptions['clock']>
  readonly random: () => number
  readonly statuses: readonly number[]
  readonly delay: number
  readonly maxDelay: number
  readonly factor: number
  readonly jitter: number
  readonly minDelay: number
  readonly attempts: number
  readonly maxRetryAfter: number
  readonly headTimeout: number
  readonly idleTimeout: number
  readonly eventTimeout: number
  readonly readAhead: number
}

/** Methods that change nothing on a server, so that a repetition does no harm. */
const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS', 'QUERY', 'REPORT']

/** Attempts for a request that is only repeated because the caller said so: it may cost money. */
const UNSAFE_ATTEMPTS = 5

export function settingsOf(address: ConnectAddress, options: ConnectOptions): Settings {
  const {
    headers,
    json,
    fetch,
    signal,
    lastEventId,
    repeat = 'safe',
    onEnd,
    until,
    resume,
    delay,
    maxDelay,
    factor = 2,
    jitter = 1,
    minDelay,
    attempts,
    statuses = TEMPORARY_STATUSES,
    maxRetryAfter,
    headTimeout,
    idleTimeout,
    eventTimeout,
    readAhead,
    maxEventBytes,
    incomplete,
    contentType,
    onComment,
    onUnknownField,
    onOpen,
    onRetry,
    clock = platformClock,
    random = Math.random,
    ...init
  } = options
  if (json !== undefined) {
    if (init.body) throw twoBodies()
    init.body = JSON.stringify(json)
    init.method ??= 'POST'
  }
  const request = typeof address === 'object' && 'url' in address ? address : undefined
  if (request?.body) throw requestWithBody()
  const method = (init.method ?? request?.method ?? 'GET').toUpperCase()
  if (isStream(init.body)) Object.assign(init, { duplex: 'half' })
  // A cache must not keep a stream. Some runtimes have no caches, and refuse the option.
  if ('cache' in Request.prototype) init.cache ??= 'no-store'
  const isSafe = SAFE_METHODS.includes(method)
  const mayRepeat = repeat === true || (repeat === 'safe' && isSafe)
  const base = milliseconds('delay', delay, 1_000)
  const strategy = typeof resume === 'function' ? strategyOf(resume) : resume
  if (!(factor >= 1)) throw outOfRange('factor', 'at least 1')
  if (!(jitter >= 0 && jitter <= 1)) throw outOfRange('jitter', 'from 0 to 1')
  if (attempts !== undefined && !(attempts >= 1)) throw outOfRange('attempts', 'at least 1')
  return {
    headers: headers ?? request?.headers,
    json,
    // Looked up when it is called, so that a test can replace it.
    fetch: fetch ?? ((input, init) => globalThis.fetch(input, init)),
    usesPlatform: fetch === undefined,
    signals: [signal, request?.signal].filter((signal) => signal !== undefined && signal !== null),
    lastEventId,
    repeat,
    onEnd: onEnd ?? (mayRepeat && isSafe ? 'reconnect' : 'close'),
    until: until ?? (typeof resume === 'object' ? resume.until : undefined),
    resume: strategy,
    delay: base,
    maxDelay: milliseconds('maxDelay', maxDelay, 30_000),
    factor,
    jitter,
    minDelay: milliseconds('minDelay', minDelay, Math.min(250, base)),
    attempts: attempts ?? (isSafe ? Infinity : UNSAFE_ATTEMPTS),
    statuses,
    maxRetryAfter: milliseconds('maxRetryAfter', maxRetryAfter, 300_000),
    headTimeout: timeout('headTimeout', headTimeout),
    idleTimeout: timeout('idleTimeout', idleTimeout),
    eventTimeout: timeout('eventTimeout', eventTimeout),
    readAhead: milliseconds('readAhead', readAhead, 65_536),
    maxEventBytes,
    incomplete,
    contentType,
    onComment,
    onUnknownField,
    onOpen,
    onRetry,
    clock,
    random,
    method,
    init: { ...init, method },
    isSafe,
  }
}

/** A plain function follows no answer: it delivers each event. */
function strategyOf(request: ResumeFunction): Pick<ResumeStrategy, 'begin'> {
  return { begin: () => ({ accept: () => 'deliver', request }) }
}

function milliseconds(name: string, value: number | undefined, fallback: number): number {
  if (value === undefined) return fallback
  if (!(value >= 0)) throw outOfRange(name, 'a number from 0 up')
  return value
}

function timeout(name: string, value: number | undefined): number {
  return milliseconds(name, value, 0) || Infinity
}
