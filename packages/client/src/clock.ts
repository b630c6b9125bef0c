import type { ClientClock } from './types.ts'

/** `setTimeout` takes no more, and fires at once if it is given more. */
export const LONGEST_DELAY: number = 2 ** 31 - 1

/** Called through functions, so that a test that replaces the global timers replaces these too. */
export const platformClock: ClientClock = {
  now: () => performance.now(),
  setTimeout: (callback, delay) => setTimeout(callback, delay),
  clearTimeout: (timer) => clearTimeout(timer as Parameters<typeof clearTimeout>[0]),
}
