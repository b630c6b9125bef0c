import type { StreamClosed } from '../errors.ts'
import type { Follower } from '../types.ts'
import { callHook } from './hooks.ts'

/**
 * Notifies everyone who waits for a stream: that it has room, that it takes no more events, and that it is over. The last
 * two happen once; a follower that is added later is notified at once.
 */
export class Followers {
  #all: readonly Follower[] = []
  #controller: AbortController | undefined
  /** The stream is over, perhaps for another reason than it was stopped. */
  finish!: (end: StreamClosed) => void
  readonly closed: Promise<StreamClosed> = new Promise((resolve) => (this.finish = resolve))
  /** Why the stream takes no more events. */
  stopped: StreamClosed | undefined

  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.stopped) this.#controller.abort(this.stopped)
    return this.#controller.signal
  }

  add(follower: Follower): void {
    if (this.stopped) follower.onStop(this.stopped)
    // Neither `push` nor a spread: both reserve room for 17.
    else this.#all = this.#all.concat(follower)
  }

  /** The stream has room, and nothing waits. */
  room(): void {
    for (const follower of this.#all) follower.onRoom?.()
  }

  /** The stream takes no more events. */
  stop(end: StreamClosed): void {
    if (this.stopped) return
    this.stopped = end
    this.#controller?.abort(end)
    // A follower that throws must not keep the others from being notified.
    for (const follower of this.#all) void callHook(() => follower.onStop(end))
  }
}
