import { currentTime, TICK, type Ticking } from './clock.ts'
import type { Limits } from './limits.ts'

/** What a watch sees of a write buffer. */
export interface Watched {
  /** How many events were added. */
  readonly events: number
  /** How many bytes were sent. */
  readonly sent: number
  readonly hasRoom: boolean
  readonly isEmpty: boolean
  /** When the connection became full, if it is. */
  readonly fullSince: number
  readonly lastWrite: number
}

/** What a watch does to a stream. */
export interface Limited {
  /** Sends a heartbeat. */
  beat(): void
  /** Ends the stream after what waits. */
  close(reason: 'expired' | 'idle'): void
  /** Ends the stream at once. */
  drop(reason: 'slow'): void
}

/** Holds one stream to its time limits, at each tick of the clock. */
export class Watch implements Ticking {
  readonly #stream: Limited
  readonly #outbox: Watched
  readonly #limits: Limits
  /** 0: never. */
  readonly #expiresAt: number
  #eventsSeen = 0
  #idleSince: number = currentTime()

  constructor(stream: Limited, outbox: Watched, limits: Limits) {
    this.#stream = stream
    this.#outbox = outbox
    this.#limits = limits
    // Up to a tenth early, so that clients that came together do not come back together.
    this.#expiresAt =
      limits.maxDuration &&
      this.#idleSince + Math.round(limits.maxDuration * (1 - Math.random() / 10))
  }

  tick(now: number): void {
    const { events, sent, hasRoom, isEmpty, fullSince, lastWrite } = this.#outbox
    const { heartbeat, idleTimeout, stallTimeout } = this.#limits
    if (this.#eventsSeen !== events) this.#idleSince = now
    this.#eventsSeen = events
    if (this.#expiresAt > 0 && now >= this.#expiresAt) this.#stream.close('expired')
    if (isDue(now, this.#idleSince, idleTimeout)) this.#stream.close('idle')
    if (!hasRoom && isDue(now, fullSince, stallTimeout)) this.#stream.drop('slow')
    // Early rather than late: a proxy that waits exactly as long would have hung up.
    if (hasRoom && isEmpty && sent > 0 && isDue(now + TICK, lastWrite, heartbeat))
      this.#stream.beat()
  }
}

/** Whether so much time has passed. `0` disables the limit. */
function isDue(now: number, since: number, wait: number): boolean {
  return wait > 0 && now >= since + wait
}
