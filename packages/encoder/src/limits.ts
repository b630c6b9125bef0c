import { encode, utf8 } from './encode.ts'
import { StreamError } from './errors.ts'
import type { StreamOptions } from './types.ts'

/** The numbers of {@link StreamOptions}. A duration that is off is infinite. */
const usual: Record<'highWaterMark' | 'maxDuration' | 'idleTimeout' | 'stallTimeout', number> = {
  highWaterMark: 65_536,
  maxDuration: Infinity,
  idleTimeout: Infinity,
  stallTimeout: 60_000,
}

export type Limits = typeof usual & {
  readonly heartbeat: number
  /** What a heartbeat sends. */
  readonly beat: Uint8Array<ArrayBuffer>
  /** What a stream begins with. */
  readonly prelude: string
}

export const comment: Uint8Array<ArrayBuffer> = /* @__PURE__ */ utf8.encode(':\n\n')

export function limitsOf(options: StreamOptions): Limits {
  const { heartbeat, highWaterMark, retry } = options
  const { every, event } = typeof heartbeat === 'object' ? heartbeat : { every: heartbeat }
  const limits = { ...usual }
  for (const name of Object.keys(usual) as (keyof typeof usual)[])
    limits[name] = amount(name, options[name], usual[name])
  // 0 is off for durations. Here it means to wait as soon as anything waits.
  if (highWaterMark === 0) limits.highWaterMark = 1
  return {
    ...limits,
    // Bun's server hangs up on a connection that was silent for 10 seconds.
    heartbeat: amount('heartbeat', every, 'Bun' in globalThis ? 8_000 : 15_000),
    beat: event ? utf8.encode(encode(event)) : comment,
    // A block with a reconnection time and no data is no event.
    prelude: retry === undefined ? '' : encode({ retry, data: '' }).replace('data: \n', ''),
  }
}

/** A number that may be missing, or 0 for none. */
export function amount(name: string, value: number | undefined, otherwise: number): number {
  if (value === undefined) return otherwise
  if (typeof value === 'number' && value >= 0) return value || Infinity
  throw new StreamError('bad-option', `${name} must be a number of 0 or more.`)
}
