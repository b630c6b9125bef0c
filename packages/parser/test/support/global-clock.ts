import { manualClock, type ManualClock } from '@tesserae/testkit'

/** Lets `run` live by a clock that it moves itself: the platform's timers and its time are those of the clock. */
export async function withClock<T>(run: (clock: ManualClock) => Promise<T>): Promise<T> {
  const clock = manualClock()
  const { setTimeout, clearTimeout } = globalThis
  const replaced = {
    setTimeout: (callback: () => void, delay = 0) => clock.setTimeout(callback, delay),
    clearTimeout: (timer: unknown) => clock.clearTimeout(timer),
  }
  Object.assign(globalThis, replaced)
  const now = Object.getOwnPropertyDescriptor(performance, 'now')
  Object.defineProperty(performance, 'now', {
    value: () => clock.now(),
    configurable: true,
    writable: true,
  })
  try {
    return await run(clock)
  } finally {
    Object.assign(globalThis, { setTimeout, clearTimeout })
    if (now) Object.defineProperty(performance, 'now', now)
    else Reflect.deleteProperty(performance, 'now')
  }
}
