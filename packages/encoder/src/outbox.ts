import { utf8 } from './encode.ts'

/** Text is turned into bytes in pieces of about this many UTF-16 units: one call for some 128 events. */
const PIECE = 32_768

/** What waits for the transport. Events are joined as text, because encoding each by itself costs four times as much. */
export class Outbox {
  #text = ''
  #pieces: Uint8Array<ArrayBuffer>[] | undefined
  #bytes = 0

  get isEmpty(): boolean {
    return this.#bytes === 0 && this.#text === ''
  }

  /** Whether a whole piece waits, which need not wait for more. */
  get hasPiece(): boolean {
    return this.#bytes > 0
  }

  append(block: string): void {
    this.#text += block
    if (this.#text.length >= PIECE) this.#seal()
  }

  /** Whether more than `limit` bytes wait. Characters are only counted as bytes when it matters. */
  exceeds(limit: number): boolean {
    if (this.#bytes + 3 * this.#text.length <= limit) return false
    this.#seal()
    return this.#bytes > limit
  }

  /** The oldest bytes, taken out. */
  shift(): Uint8Array<ArrayBuffer> | undefined {
    if (this.#bytes === 0) this.#seal()
    const piece = this.#pieces?.shift()
    this.#bytes -= piece?.length ?? 0
    return piece
  }

  clear(): void {
    this.#text = ''
    this.#pieces = undefined
    this.#bytes = 0
  }

  #seal(): void {
    if (this.#text === '') return
    const piece = utf8.encode(this.#text)
    this.#text = ''
    this.#bytes += piece.length
    ;(this.#pieces ??= []).push(piece)
  }
}
