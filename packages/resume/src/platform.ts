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
    // 252 is a multiple of 36, so every character is equally likely after the bytes above it are folded once more.
    return Array.from(bytes, (byte) => (byte % 36).toString(36)).join('')
  },
}
