/**
 * Chunks or events that wait. Taking one costs the same however many there are, which `Array.prototype.shift` does not
 * promise, and those that were taken are let go of, also where the queue never gets empty.
 */
export class Queue<T> {
  #items: T[] = []
  #first = 0

  get length(): number {
    return this.#items.length - this.#first
  }

  push(item: T): void {
    this.#items.push(item)
  }

  shift(): T | undefined {
    if (this.length === 0) return undefined
    const item = this.#items[this.#first++]
    // Half of them are used: what moves is no more than what was taken.
    if (2 * this.#first >= this.#items.length) {
      this.#items.splice(0, this.#first)
      this.#first = 0
    }
    return item
  }
}
