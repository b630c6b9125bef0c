import { platformClock } from './clock.ts'
import { outOfRange, requestWithBody, twoBodies } from './errors.ts'
import { isStream } from './is-stream.ts'
import { TEMPORARY_STATUSES } from './statuses.ts'
import type {
  ClientClock,
  ConnectAddress,
  ConnectOptions,
  ResumeFunction,
  ResumeStrategy,
} from './types.ts'

/** Numbers from 0 up, with their defaults. */
const NUMBERS = {
  delay: 1_000,
  maxDelay: 30_000,
  minDelay: 250,
  maxRetryAfter: 300_000,
  headTimeout: 0,
  idleTimeout: 0,
  eventTimeout: 0,
  readAhead: 65_536,
  jitter: 1,
}

interface Filled extends Readonly<typeof NUMBERS> {
  readonly factor: number
  readonly lastEventId: string
  readonly repeat: 'safe' | boolean
  readonly statuses: readonly number[]
  readonly clock: ClientClock
  readonly random: () => number
}

const DEFAULTS: Omit<Filled, keyof typeof NUMBERS> = {
  factor: 2,
  lastEventId: '',
  repeat: 'safe',
  statuses: TEMPORARY_STATUSES,
  clock: platformClock,
  random: Math.random,
}

/** Options that are not `fetch`'s, beside those that have a default. */
const OTHERS = [
  'attempts',
  'contentType',
  'fetch',
  'headers',
  'incomplete',
  'json',
  'maxEventBytes',
  'onComment',
  'onEnd',
  'onOpen',
  'onRetry',
  'onUnknownField',
  'resume',
  'signal',
  'until',
] as const

/** Methods that change nothing on a server, so that a repetition does no harm. */
const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS', 'QUERY', 'REPORT']

/** Attempts for a request that is only repeated because the caller said so: it may cost money. */
const UNSAFE_ATTEMPTS = 5

type Known = keyof Filled | (typeof OTHERS)[number]

/** Options with every default filled in. Timeouts that are off are `Infinity`. */
export interface Settings
  extends Filled, Pick<ConnectOptions, Exclude<Known, keyof Filled | 'resume'>> {
  readonly method: string
  /** What is passed to `fetch`, as it is. */
  readonly init: RequestInit
  readonly isSafe: boolean
  readonly fetch: NonNullable<ConnectOptions['fetch']>
  /** Whether `fetch` is the global one. */
  readonly usesPlatform: boolean
  readonly signals: readonly AbortSignal[]
  readonly onEnd: 'reconnect' | 'close'
  readonly attempts: number
  readonly resume: Pick<ResumeStrategy, 'begin'> | undefined
}

export function settingsOf(address: ConnectAddress, options: ConnectOptions): Settings {
  const given = Object.entries(options).filter(([, value]) => value !== undefined)
  const filled: Filled = { ...NUMBERS, ...DEFAULTS, ...Object.fromEntries(given) }
  const { delay, factor, jitter } = filled
  for (const name of Object.keys(NUMBERS) as (keyof typeof NUMBERS)[])
    if (!(filled[name] >= 0)) throw outOfRange(name, 'a number from 0 up')
  if (!(factor >= 1)) throw outOfRange('factor', 'at least 1')
  if (jitter > 1) throw outOfRange('jitter', 'from 0 to 1')

  const request = typeof address === 'object' && 'url' in address ? address : undefined
  if (request?.body) throw requestWithBody()
  const init = initOf(options, given)
  const method = (init.method ?? request?.method ?? 'GET').toUpperCase()
  const isSafe = SAFE_METHODS.includes(method)
  const { attempts = isSafe ? Infinity : UNSAFE_ATTEMPTS, fetch, resume } = options
  if (!(attempts >= 1)) throw outOfRange('attempts', 'at least 1')
  return {
    ...filled,
    minDelay: options.minDelay ?? Math.min(filled.minDelay, delay),
    // 0 is off.
    headTimeout: filled.headTimeout || Infinity,
    idleTimeout: filled.idleTimeout || Infinity,
    eventTimeout: filled.eventTimeout || Infinity,
    headers: options.headers ?? request?.headers,
    // Looked up when it is called, so that a test can replace it.
    fetch: fetch ?? ((input, init) => globalThis.fetch(input, init)),
    usesPlatform: fetch === undefined,
    signals: [options.signal, request?.signal].filter(
      (signal) => signal !== undefined && signal !== null,
    ),
    onEnd: options.onEnd ?? (isSafe && filled.repeat !== false ? 'reconnect' : 'close'),
    until: options.until ?? (typeof resume === 'object' ? resume.until : undefined),
    resume: typeof resume === 'function' ? strategyOf(resume) : resume,
    attempts,
    method,
    init: { ...init, method },
    isSafe,
  }
}

/** The options that are `fetch`'s own. A `fetch` of the caller may know more of them than this package. */
function initOf({ json }: ConnectOptions, given: readonly [string, unknown][]): RequestInit {
  const own: readonly string[] = [...Object.keys({ ...NUMBERS, ...DEFAULTS }), ...OTHERS]
  const init: RequestInit = Object.fromEntries(given.filter(([name]) => !own.includes(name)))
  if (json !== undefined) {
    if (init.body) throw twoBodies()
    init.body = JSON.stringify(json)
    init.method ??= 'POST'
  }
  if (isStream(init.body)) Object.assign(init, { duplex: 'half' })
  // A cache must not keep a stream. Some runtimes have no caches, and refuse the option.
  if ('cache' in Request.prototype) init.cache ??= 'no-store'
  return init
}

/** A plain function follows no answer: it delivers each event. */
function strategyOf(request: ResumeFunction): Pick<ResumeStrategy, 'begin'> {
  return { begin: () => ({ accept: () => 'deliver', request }) }
}
