import { utf8 } from '../encode.ts'
import type { Frame } from '../frame.ts'
import type { Bytes, EncodedEvents } from '../types.ts'

/** Several frames in one piece of bytes, which is made when it is first read, and then shared. */
export class Batch implements EncodedEvents {
  readonly #frames: readonly Frame[]
  #bytes: Bytes | undefined

  constructor(frames: readonly Frame[]) {
    this.#frames = frames
  }

  get events(): number {
    return this.#frames.length
  }

  get bytes(): Bytes {
    const [first] = this.#frames
    return (this.#bytes ??=
      first && this.events === 1
        ? first.bytes
        : utf8.encode(this.#frames.map(({ text }) => text).join('')))
  }
}
