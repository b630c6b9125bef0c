import type { Tally } from './chunk.ts'
import { Memory } from './memory.ts'

/** Some thirty events of a chat: allocating for each one would cost more than parsing it. */
const SLAB = 8_192

/** Where bytes are put together that did not arrive in one piece. What was handed out is never written again. */
export class Slab {
  memory: Memory
  /** What is being put together: bytes `start` to `end` of the memory. */
  start = 0
  end = 0
  readonly #tally: Tally

  constructor(tally: Tally) {
    this.#tally = tally
    this.memory = new Memory(new Uint8Array(0))
  }

  append(bytes: Uint8Array): void {
    const held = this.memory.bytes.subarray(this.start, this.end)
    const size = held.length + bytes.length
    this.#tally.copied += bytes.length
    if (this.start + size > this.memory.bytes.length) {
      // Room doubles: all that ever moves is together less than twice what is held.
      this.memory = new Memory(new Uint8Array(size > SLAB / 2 ? 2 * size : SLAB))
      this.memory.bytes.set(held)
      this.#tally.moved += held.length
      this.start = 0
    }
    this.memory.bytes.set(bytes, this.start + held.length)
    this.end = this.start + size
  }

  /** Hands out what is held. Room for something large is not kept for something small. */
  release(): void {
    this.start = this.end
    if (this.end > SLAB) this.start = this.end = this.memory.bytes.length
  }
}
