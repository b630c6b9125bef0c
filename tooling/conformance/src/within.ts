import { setTimeout as pause } from 'node:timers/promises'

/** What a promise gives, or `undefined` if that takes longer than so many milliseconds. */
export async function within<T>(ms: number, value: T | Promise<T>): Promise<T | undefined> {
  if (!(value instanceof Promise)) return value
  const over = new AbortController()
  try {
    return await Promise.race([value, pause(ms, undefined, { signal: over.signal })])
  } finally {
    over.abort()
  }
}
