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
    const { start, end } = this
    const size = end - start + bytes.length
    let room = this.memory.bytes
    this.#tally.copied += bytes.length
    if (start + size > room.length) {
      // Room doubles: all that ever moves is together less than twice what is held.
      const held = room.subarray(start, end)
      room = new Uint8Array(size > SLAB / 2 ? 2 * size : SLAB)
      room.set(held)
      this.memory = new Memory(room)
      this.#tally.moved += held.length
      this.start = 0
    }
    this.end = this.start + size
    room.set(bytes, this.end - bytes.length)
  }

  /** Hands out what is held. Room for something large is not kept for something small. */
  release(): void {
    this.start = this.end
    if (this.end > SLAB) this.start = this.end = this.memory.bytes.length
  }
}
