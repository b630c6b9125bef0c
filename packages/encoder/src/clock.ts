/** Something that waits for moments in time. */
export interface Ticking {
  /** Does what is due, and says in how many milliseconds it wants to be asked again. */
  tick(now: number): number
}

/** How often the timer goes off at most, in milliseconds: each time it serves all that are due. */
const FINEST = 20

/**
 * One timer for all streams: a heartbeat each, in timers of their own, would be most of what an idle connection costs.
 * It keeps no process alive, and runs only while there is something to wait for.
 */
export class Clock {
  readonly #all = new Set<Ticking>()
  #timer: ReturnType<typeof setTimeout> | undefined
  #due = Infinity

  add(ticking: Ticking): void {
    this.#all.add(ticking)
    this.#wakeIn(ticking.tick(performance.now()))
  }

  remove(ticking: Ticking): void {
    this.#all.delete(ticking)
    if (this.#all.size === 0) this.#stop()
  }

  #stop(): void {
    clearTimeout(this.#timer)
    this.#due = Infinity
  }

  #wakeIn(wait: number): void {
    const due = performance.now() + wait
    if (due >= this.#due) return
    this.#stop()
    this.#due = due
    // A timer that is told to wait longer than 2^31 - 1 does not wait at all.
    this.#timer = setTimeout(() => this.#ring(), Math.min(Math.max(wait, FINEST), 2 ** 31 - 1))
    ;(this.#timer as { unref?: () => void }).unref?.()
  }

  #ring(): void {
    const now = performance.now()
    let wait = Infinity
    for (const ticking of this.#all) wait = Math.min(wait, ticking.tick(now))
    this.#stop()
    this.#wakeIn(wait)
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
