import type { ClientClock } from './types.ts'

/** `setTimeout` takes no more, and fires at once if it is given more. */
export const LONGEST_DELAY: number = 2 ** 31 - 1

/** Called through functions, so that a test that replaces the global timers replaces these too. */
export const platformClock: ClientClock = {
  now: () => performance.now(),
  setTimeout: (callback, delay) => setTimeout(callback, delay),
  clearTimeout: (timer) => clearTimeout(timer as Parameters<typeof clearTimeout>[0]),
}

/** One timer that can be started over. A limit of 0 never expires. */
export class Countdown {
  readonly #clock: ClientClock
  readonly #expire: () => void
  #timer: unknown

  constructor(clock: ClientClock, expire: () => void) {
    this.#clock = clock
    this.#expire = expire
  }

  start(milliseconds: number): void {
    this.stop()
    if (milliseconds <= LONGEST_DELAY)
      this.#timer = this.#clock.setTimeout(this.#expire, milliseconds)
  }

  stop(): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer)
    this.#timer = undefined
  }
}
