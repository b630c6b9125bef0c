import { LONGEST_DELAY } from './clock.ts'
import type { ClientError } from './errors.ts'
import type { Settings } from './settings.ts'

/** Statuses of servers that are overloaded, restarting or behind a proxy that could not reach them. */
export const TEMPORARY_STATUSES: readonly number[] = [408, 425, 429, 500, 502, 503, 504]

/** Whether another attempt may succeed where this one failed. */
export function isTemporary(
  { code, status = 0 }: ClientError,
  statuses: readonly number[] = TEMPORARY_STATUSES,
): boolean {
  if (code === 'bad-status') return statuses.includes(status)
  return !/^(bad-content-type|event-too-large|resume-)/.test(code)
}

/** Whether the caller allows it to send the request again. */
export function isRepeatable({ repeat, isSafe }: Settings): boolean {
  return repeat === true || (isSafe && repeat !== false)
}

/**
 * Milliseconds to wait before the next attempt. Never less than the server asks for, by `retry` or `Retry-After`; some
 * more than that, so that the clients which a server sent away do not all return at once.
 */
export function delayOf(settings: Settings, failures: number, asked: number): number {
  const { delay, maxDelay, factor, jitter, minDelay, random } = settings
  const floor = Math.max(minDelay, asked)
  const backoff = Math.min(maxDelay, delay * factor ** Math.max(0, failures - 1))
  const spread = random() * jitter
  const wait = backoff > floor ? backoff - spread * (backoff - floor) : floor * (1 + spread / 4)
  return Math.min(wait, LONGEST_DELAY)
}
