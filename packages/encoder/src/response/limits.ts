import { encode, utf8 } from '../encode.ts'
import { badOption, unknownOption } from '../errors.ts'
import type { EventStreamOptions } from '../types.ts'

/** The numbers of {@link EventStreamOptions}, checked. A duration of 0 is off. */
export interface Limits {
  readonly highWaterMark: number
  readonly maxDuration: number
  readonly idleTimeout: number
  readonly stallTimeout: number
  readonly heartbeat: number
  /** What a heartbeat sends. */
  readonly beat: Uint8Array<ArrayBuffer>
  /** What a stream begins with. */
  readonly prelude: string
}

const NAMES =
  'request headers heartbeat highWaterMark signal lastEventId retry maxDuration idleTimeout stallTimeout final refusal formatError onError onWrite onClose'

export const comment: Uint8Array<ArrayBuffer> = /* @__PURE__ */ utf8.encode(':\n\n')

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
  const { every, event } =
    heartbeat instanceof Object ? heartbeat : { every: heartbeat === false ? 0 : heartbeat }
  const numbers = { highWaterMark, maxDuration, idleTimeout, stallTimeout, heartbeat: every }
  for (const [name, value] of Object.entries(numbers)) checkAmount(name, value)
  return {
    ...numbers,
    beat: event ? utf8.encode(encode(event)) : comment,
    // A block with a reconnection time and no data is not an event.
    prelude: retry === undefined ? '' : encode({ retry, data: '' }).replace('data: \n', ''),
  }
}

export function checkAmount(name: string, value: number): number {
  if (typeof value === 'number' && value >= 0) return value
  throw badOption(name, 'a number of 0 or more')
}

/** @param names - every known option, separated by spaces */
export function checkNames(options: object, names: string): void {
  for (const name in options) if (!names.split(' ').includes(name)) throw unknownOption(name, names)
}
