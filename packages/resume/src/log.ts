import type { Entry, Place, Store } from './store.ts'
import type { EndReason, Platform } from './types.ts'

/** One log, with everything that its producers and readers need. */
export interface Log {
  readonly name: string
  readonly store: Store
  readonly lease: number
  readonly keep: number
  readonly poll: number
  readonly patience: number
  readonly highWaterMark: number
  readonly maxBytes: number
  readonly platform: Platform
  /** Reports an error that no caller receives. */
  report(error: unknown): void
  /** Wakes the readers and producers of this log in this process, after an append. */
  ring(epoch: number): void
  /** Calls `wake` on every ring, and on every hint of the store. Returns a function that ends this. */
  listen(wake: (epoch: number) => void): () => void
}

/** What a log looks like from its end. */
export interface Standing {
  /** The newest entry. `undefined`: there is no log. */
  readonly newest: Entry | undefined
  /** The last record. Before the first: epoch 0, with the number before the first. */
  readonly last: Place
  readonly ended: EndReason | undefined
}

export type { Entry, Place }
