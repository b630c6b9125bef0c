import { encode, utf8 } from './encode.ts'
import { StreamError } from './errors.ts'
import type { StreamOptions } from './types.ts'

/** The numbers of {@link StreamOptions}, checked. A duration that is off is infinite. */
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

const comment = /* @__PURE__ */ utf8.encode(':\n\n')

export function limitsOf(options: StreamOptions): Limits {
  const { heartbeat, retry } = options
  const { every, event } = typeof heartbeat === 'object' ? heartbeat : { every: heartbeat }
  return {
    highWaterMark: amount('highWaterMark', options.highWaterMark ?? 65_536),
    maxDuration: amount('maxDuration', options.maxDuration) || Infinity,
    idleTimeout: amount('idleTimeout', options.idleTimeout) || Infinity,
    stallTimeout: amount('stallTimeout', options.stallTimeout ?? 60_000) || Infinity,
    // Bun's server hangs up on a connection that was silent for 10 seconds.
    heartbeat: amount('heartbeat', every ?? ('Bun' in globalThis ? 8_000 : 15_000)) || Infinity,
    // A block with a reconnection time and no data is no event.
    prelude: retry === undefined ? '' : encode({ retry, data: '' }).replace('data: \n', ''),
    beat: event ? utf8.encode(encode(event)) : comment,
  }
}

export function amount(name: string, value: number | undefined = 0): number {
  if (typeof value === 'number' && value >= 0) return value
  throw new StreamError('bad-option', `${name} must be a number of 0 or more.`)
}
