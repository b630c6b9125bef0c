/** In milliseconds, and short, so that a run sees many of them pass. */
export const LEASE = 2000
export const POLL = 100
/**
 * How long a client waits between attempts to connect. By default that grows to 2 s and more, so that a producer could be away from
 * the store for a whole lease while readers on other servers are not, and would rightly be lost.
 */
export const RECONNECT = 100

/** What event `n` of a stream says in an attempt to produce it. Some are long, so that cuts fall inside them. */
export function payload(name: string, n: number, attempt: string): string {
  return `${name} ${n} ${attempt} ${'é漢😀'.repeat(n % 40)}`
}
