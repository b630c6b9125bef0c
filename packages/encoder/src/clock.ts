/** Something that waits for moments in time. */
export interface Ticking {
  /** Does what is due. */
  tick(now: number): void
}

/** In milliseconds. No duration here is more exact, and none that matters is shorter. */
export const TICK = 250

/** Whole milliseconds: V8 keeps a small integer in its field, and a fraction in 16 bytes of its own. */
export function milliseconds(): number {
  return Math.round(performance.now())
}

/**
 * One timer for all streams: a heartbeat each, in timers of their own, would be most of what an idle connection costs.
 * It keeps no process alive, and runs only while there is a stream.
 */
export class Clock {
  readonly #all = new Set<Ticking>()
  #timer: ReturnType<typeof setInterval> | undefined

  add(ticking: Ticking): void {
    this.#all.add(ticking)
    this.#timer ??= setInterval(() => {
      const now = milliseconds()
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
 * The clock of a new stream: one for all, except on Cloudflare Workers, where what one request has started may not
 * touch another.
 */
export function clockOfStream(): Clock {
  return globalThis.navigator?.userAgent === 'Cloudflare-Workers' ? new Clock() : shared
}
