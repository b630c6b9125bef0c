import { currentTime, TICK, type Ticking } from './clock.ts'
import type { Limits } from './limits.ts'

/** What a watch sees of a stream, and does to it. Times are those of the clock; `Infinity` is never. */
export interface Watched {
  /** How many events were sent. */
  readonly events: number
  /** Since when the connection has taken no more bytes although some wait. */
  readonly stalledSince: number
  /** Since when nothing was sent although the connection has room. */
  readonly quietSince: number
  /** Sends a heartbeat. */
  beat(): void
  /** Ends the stream after what waits. */
  close(reason: 'expired' | 'idle'): void
  /** Ends the stream at once. */
  drop(reason: 'slow'): void
}

/** Holds one stream to its time limits, at each tick of the clock. */
export class Watch implements Ticking {
  readonly #stream: Watched
  readonly #limits: Limits
  /** 0: never. */
  readonly #expiresAt: number
  #eventsSeen = 0
  #idleSince: number = currentTime()

  constructor(stream: Watched, limits: Limits) {
    this.#stream = stream
    this.#limits = limits
    // Up to a tenth early, so that clients that came together do not come back together.
    this.#expiresAt =
      limits.maxDuration &&
      this.#idleSince + Math.round(limits.maxDuration * (1 - Math.random() / 10))
  }

  tick(now: number): void {
    const stream = this.#stream
    const { heartbeat, idleTimeout, stallTimeout } = this.#limits
    if (this.#eventsSeen !== stream.events) this.#idleSince = now
    this.#eventsSeen = stream.events
    if (this.#expiresAt > 0 && now >= this.#expiresAt) stream.close('expired')
    if (isDue(now, this.#idleSince, idleTimeout)) stream.close('idle')
    if (isDue(now, stream.stalledSince, stallTimeout)) stream.drop('slow')
    // Early rather than late: a proxy that waits exactly as long would have hung up.
    if (isDue(now + TICK, stream.quietSince, heartbeat)) stream.beat()
  }
}

/** Whether so much time has passed. `0` disables the limit. */
function isDue(now: number, since: number, wait: number): boolean {
  return wait > 0 && now >= since + wait
}
