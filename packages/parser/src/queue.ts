/**
 * Chunks or events that wait. Taking one costs the same however many there are, which `Array.prototype.shift` does not
 * promise, and those that were taken are let go of, also where the queue never gets empty.
 */
export class Queue<T> {
  /** Mostly no more than one waits, and never gets into the array. */
  #next: T | undefined
  #items: T[] = []
  #first = 0

  get isEmpty(): boolean {
    return this.#next === undefined
  }

  push(item: T): void {
    if (this.#next === undefined) this.#next = item
    else this.#items.push(item)
  }

  shift(): T | undefined {
    const next = this.#next
    this.#next = this.#items.length > 0 ? this.#shift() : undefined
    return next
  }

  #shift(): T | undefined {
    const item = this.#items[this.#first++]
    // Half of them are used: what moves is no more than what was taken.
    if (2 * this.#first >= this.#items.length) {
      this.#items.splice(0, this.#first)
      this.#first = 0
    }
    return item
  }
}
