import { encode } from '../encode.ts'
import type { EventStreamOptions, Heartbeat } from '../types.ts'
import { checkAmount, checkNames } from './options.ts'

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

const NAMES =
  'request headers heartbeat highWaterMark signal lastEventId retry maxDuration idleTimeout stallTimeout final refusal formatError onError onWrite onClose'

/** A comment without a text. */
export const COMMENT = ':\n\n'

export function limitsOf(options: EventStreamOptions): Limits {
  checkNames(options, NAMES)
  const {
    highWaterMark = 65_536,
    maxDuration = 0,
    idleTimeout = 0,
    stallTimeout = 60_000,
    // Bun's server hangs up on a connection that was silent for 10 seconds.
    heartbeat = 'Bun' in globalThis ? 8_000 : 15_000,
    retry,
  } = options
  const beats: Heartbeat =
    heartbeat instanceof Object ? heartbeat : { every: heartbeat === false ? 0 : heartbeat }
  checkNames(beats, 'every event')
  const { every, event } = beats
  const numbers = { highWaterMark, maxDuration, idleTimeout, stallTimeout, heartbeat: every }
  for (const [name, value] of Object.entries(numbers)) checkAmount(name, value)
  return {
    ...numbers,
    beat: event ? encode(event) : COMMENT,
    // A block with a reconnection time and no data is not an event.
    prelude: retry === undefined ? '' : encode({ retry, data: '' }).replace('data: \n', ''),
  }
}
