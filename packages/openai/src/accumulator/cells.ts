import { copyOf, isEmpty } from '../wire.ts'

/** One field while it accumulates. */
export interface Cell {
  add(value: unknown): void
  /** An independent value; `undefined` for a field that was never given one, which is then left out. */
  get(): unknown
  /** Called once, at the end: gives memory back. */
  flatten?(): void
}

export class First implements Cell {
  #value: unknown

  add(value: unknown): void {
    if (!this.#value && value !== null && value !== undefined) this.#value = value
  }

  get(): unknown {
    return copyOf(this.#value)
  }
}

export class Last implements Cell {
  #value: unknown

  add(value: unknown): void {
    if (isEmpty(this.#value) ? value !== null || this.#value === undefined : !isEmpty(value))
      this.#value = value
  }

  get(): unknown {
    return copyOf(this.#value)
  }
}

/** A rule that is a function of the value before and the new one, and changes neither. */
export class Folded implements Cell {
  #value: unknown
  readonly #fold: (before: unknown, value: unknown) => unknown

  constructor(fold: (before: unknown, value: unknown) => unknown) {
    this.#fold = fold
  }

  add(value: unknown): void {
    this.#value = this.#fold(this.#value, value)
  }

  get(): unknown {
    return copyOf(this.#value)
  }
}

/** Keeps nothing. */
export const DROPPED: Cell = { add() {}, get: () => undefined }
