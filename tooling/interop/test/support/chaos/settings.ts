/** In milliseconds, and short, so that a run sees many of them pass. */
export const LEASE = 2000
export const POLL = 100

/** What event `n` of a stream says in an attempt to produce it. Some are long, so that cuts fall inside them. */
export function payload(name: string, n: number, attempt: string): string {
  return `${name} ${n} ${attempt} ${'é漢😀'.repeat(n % 40)}`
}
