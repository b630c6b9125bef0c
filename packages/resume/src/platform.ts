import type { Platform } from './types.ts'

/** The largest delay of a timer. Timers with a larger one fire at once. */
const LONGEST_DELAY = 2_147_483_647

const TOKEN_BYTES = 20

export const platform: Platform = {
  now: () => performance.now(),
  timer(delay, run) {
    const timer = setTimeout(run, Math.min(delay, LONGEST_DELAY))
    return () => clearTimeout(timer)
  },
  token() {
    const bytes = crypto.getRandomValues(new Uint8Array(TOKEN_BYTES))
    // Four characters are likelier than the others, because 36 does not divide 256. 100 bits of chance are left.
    return Array.from(bytes, (byte) => (byte % 36).toString(36)).join('')
  },
}
