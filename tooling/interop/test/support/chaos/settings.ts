/** In milliseconds, and short, so that a run sees many of them pass. */
export const LEASE = 1500
export const POLL = 100

/** What event `n` of a stream says. Some are long, so that cuts fall inside them. */
export function payload(name: string, n: number): string {
  return `${name} ${n} ${'é漢😀'.repeat(n % 40)}`
}
