import { LONGEST_DELAY } from './clock.ts'
import type { ClientClock } from './types.ts'

/** What a wait rejects with after `cancel()`. Callers of the package never see it. */
export const CANCELLED: unique symbol = Symbol('cancelled')

/** Waits for one promise at a time, and leaves no timer behind. */
export class Wait {
  readonly clock: ClientClock
  isCancelled = false
  /** Ends the wait under way. */
  #end: (() => void) | undefined

  constructor(clock: ClientClock) {
    this.clock = clock
  }

  /** Settles as the promise does, or resolves with `undefined` when the time is up, or after `skip()`. */
  async until<T>(
    promise: Promise<T> | undefined,
    milliseconds: number = Infinity,
  ): Promise<T | undefined> {
    let timer: unknown
    try {
      return await new Promise<T | undefined>((resolve, reject) => {
        this.#end = () => (this.isCancelled ? reject(CANCELLED) : resolve(undefined))
        if (this.isCancelled) this.#end()
        else if (milliseconds <= LONGEST_DELAY)
          timer = this.clock.setTimeout(() => resolve(undefined), milliseconds)
        promise?.then(resolve, reject)
      })
    } finally {
      if (timer !== undefined) this.clock.clearTimeout(timer)
      this.#end = undefined
    }
  }

  /** Ends the wait under way as if its time were up. */
  skip(): void {
    this.#end?.()
  }

  /** Ends the wait under way, and every later one. */
  cancel(): void {
    this.isCancelled = true
    this.#end?.()
  }
}
