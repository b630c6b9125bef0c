import { aborted, timedOut } from '../errors.ts'
import type { Item, Pull } from './source.ts'

/** What ends the reading of a source from outside. */
export interface WatchOptions {
  /** Aborts the reading, also while nothing comes. */
  readonly signal?: AbortSignal | undefined
  /** How long the source may be silent, in milliseconds. `0`, the default, disables it. */
  readonly idleTimeout?: number | undefined
  /**
   * How long the source may go without content, in milliseconds: heartbeats, roles and padding do not count. `0`, the
   * default, disables it.
   */
  readonly tokenTimeout?: number | undefined
}

/** The longest delay of a timer, 25 days: beyond it, the timer fires at once. */
const LONGEST = 2 ** 31 - 1

/** Pulls from a source until a signal, a timeout or `stop()` ends it. Only time spent waiting for the source counts. */
export class Watch implements Pull {
  readonly #pull: Pull
  readonly #options: WatchOptions
  /** Waiting time since the last content. */
  #waited = 0
  #isStopped = false
  /** Of the call of `next` that waits. One promise for the signal, raced with each call, would remember all of them. */
  #reject: (reason: unknown) => void = ignore
  #end: (item: Item) => void = ignore
  readonly #abort = (): void => this.#reject(aborted(this.#options.signal?.reason))

  constructor(pull: Pull, options: WatchOptions) {
    this.#pull = pull
    this.#options = options
    options.signal?.addEventListener('abort', this.#abort)
  }

  next(): Item | Promise<Item> {
    const { signal, idleTimeout = 0, tokenTimeout = 0 } = this.#options
    if (signal?.aborted) throw aborted(signal.reason)
    if (this.#isStopped) return { done: true }
    const item = this.#pull.next()
    if (!('then' in item)) return item
    // The source may abort the signal, or stop the reading, while it is asked for the next item.
    if (signal?.aborted || this.#isStopped) {
      // The item is given up, and so is its failure.
      item.catch(ignore)
      return this.next()
    }
    const left = tokenTimeout === 0 ? Infinity : Math.max(0, tokenTimeout - this.#waited)
    const isIdle = idleTimeout > 0 && idleTimeout <= left
    const wait = isIdle ? idleTimeout : left
    const from = tokenTimeout === 0 ? 0 : Date.now()
    return new Promise((resolve, reject) => {
      // Before the item is given away: what it holds may be content, after which the waiting begins anew.
      const settle =
        <Value>(how: (value: Value) => void) =>
        (value: Value): void => {
          clearTimeout(timer)
          if (from > 0) this.#waited += Date.now() - from
          how(value)
        }
      this.#reject = settle(reject)
      this.#end = settle<Item>(resolve)
      const fail = (): void =>
        reject(isIdle ? timedOut('bytes', idleTimeout) : timedOut('content', tokenTimeout))
      const timer = wait > LONGEST ? undefined : setTimeout(fail, wait)
      item.then(settle<Item>(resolve), settle(reject))
    })
  }

  /** Content came. */
  progress(): void {
    this.#waited = 0
  }

  /** Ends the reading: a pending `next` resolves as if the source had ended. */
  stop(): void {
    this.#isStopped = true
    this.#end({ done: true })
  }

  cancel(): void {
    this.#options.signal?.removeEventListener('abort', this.#abort)
    this.#pull.cancel()
  }

  release(): void {
    // To the reading, a source that is left has ended.
    if (this.#isStopped) return this.cancel()
    this.#options.signal?.removeEventListener('abort', this.#abort)
    this.#pull.release()
  }
}

/** Resolves as ended if the item does not come in time. */
export function withGrace(item: Promise<Item>, milliseconds: number): Promise<Item> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve({ done: true }), Math.max(0, milliseconds))
    item.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

function ignore(): void {}
