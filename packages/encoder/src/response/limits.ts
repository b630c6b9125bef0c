import { encode } from '../encode.ts'
import type { EventStreamOptions, Heartbeat } from '../types.ts'
import { AMOUNT, checkHas, checkOptions, FUNCTION, type Kinds } from './options.ts'

/** The numbers of {@link EventStreamOptions}, checked. A duration of 0 is off. */
export interface Limits {
  readonly highWaterMark: number
  readonly maxDuration: number
  readonly idleTimeout: number
  readonly stallTimeout: number
  readonly heartbeat: number
  /** What a heartbeat sends. */
  readonly beat: string
  /** What a stream begins with. */
  readonly prelude: string
}

const KINDS: Kinds = {
  request: 'an object',
  headers: 'an object or an array',
  heartbeat: `${AMOUNT}, an object, or the boolean false`,
  highWaterMark: AMOUNT,
  signal: 'an object',
  lastEventId: 'a string',
  retry: '',
  maxDuration: AMOUNT,
  idleTimeout: AMOUNT,
  stallTimeout: AMOUNT,
  final: 'a boolean',
  refusal: ['retry', 'status'],
  formatError: FUNCTION,
  onError: FUNCTION,
  onWrite: FUNCTION,
  onClose: FUNCTION,
}

const HEARTBEAT: Kinds = { every: AMOUNT, event: 'an object' }

/** A comment without a text. */
export const COMMENT = ':\n\n'

export function limitsOf(options: EventStreamOptions): Limits {
  const {
    highWaterMark = 65_536,
    maxDuration = 0,
    idleTimeout = 0,
    stallTimeout = 60_000,
    // Bun's server hangs up on a connection that was silent for 10 seconds.
    heartbeat = 'Bun' in globalThis ? 8_000 : 15_000,
    retry,
    signal,
  } = checkOptions(options, KINDS)
  if (signal) checkHas('addEventListener', signal, 'signal', 'an AbortSignal')
  const beats: Heartbeat = heartbeat instanceof Object ? heartbeat : { every: heartbeat || 0 }
  // An amount that is missing is refused like a wrong one.
  const { every = Number.NaN, event } = beats
  checkOptions({ ...beats, every }, HEARTBEAT)
  return {
    highWaterMark,
    maxDuration,
    idleTimeout,
    stallTimeout,
    heartbeat: every,
    beat: event ? encode(event) : COMMENT,
    // A block with a reconnection time and no data is not an event.
    prelude: retry === undefined ? '' : encode({ retry, data: '' }).replace('data: \n', ''),
  }
}
