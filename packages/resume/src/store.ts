/** Where an entry stands in its log. Places are compared by `epoch` first, then by `number`. */
export interface Place {
  /** Grows with every claim and every seal. From 1 to 999999999999999. */
  readonly epoch: number
  /** The number of the entry's last record, or 0 for a mark or a seal. From 0 to 999999999999999. */
  readonly number: number
}

/** One entry of a log. */
export interface Entry extends Place {
  readonly body: string
}

/** Options of `store.append`. */
export interface StoreAppendOptions {
  /** Whether a log that does not exist is created. */
  readonly create: boolean
  /** How long the log must be kept from now on, at least, in milliseconds. */
  readonly keep: number
}

/**
 * Where logs are kept. The protocol needs one primitive from it: `append` at a place, if that place is beyond the last
 * one. `@tesserae/resume/conformance` has the cases that every store must pass.
 *
 * A rejection means that the outcome is unknown: the entry may have been stored, or may still be. Errors that asking again
 * cannot change have `permanent: true`.
 */
export interface Store {
  /**
   * Stores the entry, with `body` as its text, if its place is beyond the last one of the log, atomically. `refused`: it is not. `gone`: there is no
   * log, and `create` is false.
   */
  append(
    name: string,
    place: Place,
    body: string,
    options: StoreAppendOptions,
  ): Promise<'stored' | 'refused' | 'gone'>
  /** Up to `limit` entries in order, from a place on, including that place. Without one: from the oldest. */
  read(name: string, from: Place | undefined, limit: number): Promise<readonly Entry[]>
  /** Up to `limit` entries, the newest first. */
  last(name: string, limit: number): Promise<readonly Entry[]>
  /** Deletes the log. */
  remove(name: string): Promise<void>
  /**
   * Calls `wake` with the epoch of an entry after it was stored, until the returned function is called. It is a hint: it may be
   * lost, late or doubled.
   */
  watch?(name: string, wake: (epoch: number) => void): () => void
}
