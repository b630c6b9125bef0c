import { textOf } from '../wire.ts'
import type { Cell } from './cells.ts'

/**
 * Text that grows. V8 keeps `a + b` as a pair until the text is read, some 50 bytes for each piece of a few letters.
 * Reading it whenever it has doubled costs little, and leaves only the letters.
 */
export class Text implements Cell {
  value: string | undefined
  /** Keeps the letter that was read, so that the engine cannot leave the reading out. */
  letter = 0
  #readAt = 256

  add(value: unknown): void {
    if (value !== null && value !== undefined) this.append(textOf(value))
  }

  append(piece: string): void {
    const value = this.value === undefined ? piece : this.value + piece
    this.value = value
    if (value.length > this.#readAt) this.flatten()
  }

  flatten(): void {
    const text = this.value ?? ''
    this.letter = text.charCodeAt(0)
    this.#readAt = Math.max(256, text.length * 2)
  }

  get(): unknown {
    return this.value
  }
}
