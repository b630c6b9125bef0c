/** Chunks that wait. Taking one costs the same however many there are, which `Array.prototype.shift` does not promise. */
export class Queue {
  #chunks: Uint8Array[] = []
  #first = 0

  get length(): number {
    return this.#chunks.length - this.#first
  }

  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk)
  }

  shift(): Uint8Array | undefined {
    const chunk = this.#chunks[this.#first++]
    if (this.#first >= this.#chunks.length) this.clear()
    return chunk
  }

  clear(): void {
    if (this.#chunks.length > 0) this.#chunks = []
    this.#first = 0
  }
}
