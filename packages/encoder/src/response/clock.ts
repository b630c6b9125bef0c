import { atTurnEnd, isTurnShared } from './turn.ts'

/** Anything that waits for moments in time. */
export interface Ticking {
  /** Does what is due. */
  tick(now: number): void
}

/** Anything that waits for the end of the turn. */
export interface Turning {
  turnEnded(): void
}

/** In milliseconds. Durations are checked this often, so none is more exact. */
export const TICK = 250

/** The time in whole milliseconds: V8 stores a small integer in its field, and a fraction in 16 bytes elsewhere. */
export function currentTime(): number {
  return Math.round(performance.now())
}

/**
 * One timer and one callback at the end of the turn for all streams: a timer of its own would be most of the memory of an
 * idle connection, and a callback of its own a tenth of the time of a small write. The timer runs only while there is a
 * stream, and keeps no process alive.
 */
export class Clock {
  readonly #all = new Set<Ticking>()
  #turning: Turning[] = []
  #timer: ReturnType<typeof setInterval> | undefined

  add(ticking: Ticking): void {
    this.#all.add(ticking)
    this.#timer ??= setInterval(() => {
      const now = currentTime()
      for (const each of this.#all) each.tick(now)
    }, TICK)
    ;(this.#timer as { unref?: () => void }).unref?.()
  }

  /** Once for each call. */
  atTurnEnd(turning: Turning): void {
    if (!isTurnShared) return void atTurnEnd(() => turning.turnEnded())
    if (this.#turning.push(turning) > 1) return
    atTurnEnd(() => {
      const all = this.#turning
      this.#turning = []
      for (const each of all) each.turnEnded()
    })
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
