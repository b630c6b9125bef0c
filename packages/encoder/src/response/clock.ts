/** Anything that waits for moments in time. */
export interface Ticking {
  /** Does what is due. */
  tick(now: number): void
}

/** In milliseconds. Durations are checked this often, so none is more exact. */
export const TICK = 250

/** The time in whole milliseconds: V8 stores a small integer in its field, and a fraction in 16 bytes elsewhere. */
export function currentTime(): number {
  return Math.round(performance.now())
}

/**
 * One timer for all streams: a timer per stream would be most of the memory of an idle connection. The timer runs only
 * while there is a stream, and keeps no process alive.
 */
export class Clock {
  readonly #all = new Set<Ticking>()
  #timer: ReturnType<typeof setInterval> | undefined

  add(ticking: Ticking): void {
    this.#all.add(ticking)
    this.#timer ??= setInterval(() => {
      const now = currentTime()
      for (const each of this.#all) each.tick(now)
    }, TICK)
    ;(this.#timer as { unref?: () => void }).unref?.()
  }

  remove(ticking: Ticking): void {
    this.#all.delete(ticking)
    if (this.#all.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}

const shared = /* @__PURE__ */ new Clock()

/**
 * The clock for a new stream: one for all, except on Cloudflare Workers, where an object of one request may not be used
 * by another.
 */
export function clockOfStream(): Clock {
  return globalThis.navigator?.userAgent === 'Cloudflare-Workers' ? new Clock() : shared
}
