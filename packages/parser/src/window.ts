import { LF } from './chars.ts'
import { decode } from './native.ts'

/** Bytes that are decoded at once: a string that is kept pins as many. */
const MOST = 16_384

/** With less than this to come, there is hardly another event. */
export const WORTH = 64

/**
 * A stretch of a chunk that is decoded at once, for events that are read in a run: a call of the decoder costs as much
 * as a few hundred bytes of its work. bench: parser/cjk-16k
 */
export class Window {
  #text = ''
  #from = 0
  /** Where it ends, in bytes, and where the data that was read last ended, in bytes and in units of text. */
  #to = 0
  #atByte = 0
  #atUnit = 0

  /** Bytes `start` to `end`, the rest of a line, as text; `undefined` if it is better decoded alone. */
  read(bytes: Uint8Array, start: number, end: number): string | undefined {
    if (start < this.#atByte) return undefined
    if (end >= this.#to) {
      let to = Math.min(start + MOST, bytes.length)
      if (end + WORTH > to) return undefined
      // Half a sequence would cost: the decoder is several times as fast on text that is sound.
      for (let back = 0; back < 3 && ((bytes[to] ?? 0) & 0xc0) === 0x80; back++) to--
      this.#text = decode(bytes, start, to)
      this.#to = to
      this.#from = this.#atByte = start
      this.#atUnit = 0
    }
    if (this.#text.length === this.#to - this.#from)
      return this.#text.slice(start - this.#from, end - this.#from)
    // Between two events there are mostly a few ASCII bytes, the field's name; after the data comes a line end.
    let gap = this.#atByte
    while (gap < start && (bytes[gap] ?? 0) < 0x80) gap++
    const units = gap < start ? decode(bytes, this.#atByte, start).length : start - this.#atByte
    const from = this.#atUnit + units
    this.#atByte = end
    this.#atUnit = this.#text.indexOf(bytes[end] === LF ? '\n' : '\r', from)
    return this.#text.slice(from, this.#atUnit)
  }
}
