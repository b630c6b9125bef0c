import type { Clock, ManualClock } from '../types.ts'

// Taken when the module loads: a test that replaces the global timers must not stop `advance`.
const { setTimeout: platformSetTimeout, clearTimeout: platformClearTimeout } = globalThis

/** The timers of the platform. */
export const platformClock: Clock = {
  now: () => performance.now(),
  setTimeout: (callback, delay) => platformSetTimeout(callback, delay),
  clearTimeout: (timer) => platformClearTimeout(timer as Parameters<typeof clearTimeout>[0]),
}

/**
 * A clock that stands still until a test moves it, so that what takes minutes is tested in no time, to the millisecond.
 *
 * @example
 * ```ts
 * import { manualClock } from '@tesserae/testkit'
 *
 * const clock = manualClock()
 * clock.setTimeout(() => console.log('an hour later'), 3_600_000)
 * await clock.advance(3_599_999)
 * await clock.advance(1)
 * // => an hour later
 * ```
 */
export function manualClock(): ManualClock {
  let now = 0
  let count = 0
  const timers = new Map<number, { readonly due: number; readonly callback: () => void }>()

  return {
    now: () => now,
    setTimeout(callback, delay) {
      const timer = ++count
      timers.set(timer, { due: now + Math.max(0, delay), callback })
      return timer
    },
    clearTimeout(timer) {
      timers.delete(timer as number)
    },
    get timers() {
      return timers.size
    },
    async advance(milliseconds) {
      const until = now + milliseconds
      // What is under way may be about to set a timer: let it come to rest before each look.
      await restOfTurn()
      for (let next = earliest(until); next !== undefined; next = earliest(until)) {
        const { due, callback } = timers.get(next) as { due: number; callback: () => void }
        timers.delete(next)
        now = due
        callback()
        await restOfTurn()
      }
      now = until
    },
  }

  /** Of timers due at the same time the one set first, as a Map keeps order. */
  function earliest(until: number): number | undefined {
    let found: number | undefined
    let foundDue = until
    for (const [timer, { due }] of timers) {
      if (due < foundDue || (due === foundDue && found === undefined)) {
        found = timer
        foundDue = due
      }
    }
    return found
  }
}

/** A turn of the event loop: every promise job that is possible now is done after it. */
function restOfTurn(): Promise<void> {
  return new Promise((resolve) => platformSetTimeout(resolve, 0))
}
