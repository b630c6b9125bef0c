// HOT: `lineEnd` runs for every line, `read` for every event that is read.
import { CR, D, LF } from './chars.ts'
import type { Memory } from './memory.ts'
import { decode, indexOf, widen } from './native.ts'

/** Bytes that are decoded at once where events are read in a run: a string that is kept pins as many. */
const WINDOW = 16_384

/** Below this many bytes, two searches cost less than making a string to search in. */
const FEW = 1_024

/** A line end so near is found faster byte by byte than by a search, of a string or of bytes. */
const NEAR_IN_STRING = 8
const NEAR_IN_BYTES = 32

/** What was seen of a stream: guesses at what comes next, and counts for the tests. */
export interface Tally {
  /** Every event by the general rules, alone: a switch for the tests, which hold the fast ways against it. */
  readonly plain: boolean
  /** Whether the event that was read last, if any of the last chunk was, is ASCII. */
  ascii: boolean
  /** Whether the last event was long, so that its end is not worth looking for byte by byte. */
  long: boolean
  /** Bytes copied because they straddle a cut or share an event with another line, and those of them moved later. */
  copied: number
  moved: number
}

/** A chunk as it was fed. */
export class Chunk implements Memory {
  readonly bytes: Uint8Array
  readonly #tally: Tally
  /** A string with a unit for each byte, to search in, where there is one; and how near a line end has to be. */
  readonly #wide: string | undefined
  readonly #near: number
  /** Where the next line ends of each kind are, as far as is known: at the chunk's end if there is none. */
  #lf = -1
  #cr = -1
  /** The window that is decoded: bytes `#from` to `#to`. */
  #text = ''
  #from = 0
  #to = 0
  /** Where the data that was read last ended, in bytes and in text: how one is found from the other. */
  #atByte = 0
  #atUnit = 0
  #unread = true

  constructor(bytes: Uint8Array, tally: Tally) {
    this.bytes = bytes
    this.#tally = tally
    const { length } = bytes
    let wide: string | undefined
    if (tally.ascii) {
      // Events are being read and are ASCII so far: then their text is what to search in. No sequence of bytes,
      // sound or not, has more units than bytes, so the same length means the same offsets. bench: parser/live-ascii
      tally.ascii = false
      const text = decode(bytes, 0, length)
      if (text.length === length) {
        wide = this.#text = text
        this.#to = length
        this.#unread = false
      }
    }
    if (wide === undefined && length >= FEW && !tally.plain) wide = widen(bytes)
    this.#wide = wide
    this.#near = wide === undefined ? NEAR_IN_BYTES : NEAR_IN_STRING
  }

  /** Where the line that starts here ends; the chunk's end if that is not in it. */
  lineEnd(start: number): number {
    const { bytes } = this
    const end = bytes.length
    const near = bytes[start] === D && this.#tally.long ? start : Math.min(start + this.#near, end)
    for (let at = start; at < near; at++)
      if (bytes[at]! <= CR && (bytes[at] === LF || bytes[at] === CR)) return at
    if (this.#lf < near) this.#lf = this.#find('\n', LF, near)
    if (this.#cr < near) this.#cr = this.#find('\r', CR, near)
    const stop = this.#lf < this.#cr ? this.#lf : this.#cr
    this.#tally.long = stop - start > this.#near
    return stop
  }

  /**
   * Bytes `start` to `end`, the rest of a line, as text. A call of the decoder costs as much as a few hundred bytes of
   * its work, so from the second event of a chunk on, what follows is decoded with it. bench: parser/cjk-16k
   */
  read(start: number, end: number): string {
    const { bytes } = this
    const tally = this.#tally
    if (!tally || tally.plain || this.#unread || start < this.#atByte || end - start >= WINDOW) {
      this.#unread = false
      const text = decode(bytes, start, end)
      tally.ascii = !tally.plain && text.length === end - start
      return text
    }
    if (end >= this.#to) {
      this.#from = this.#atByte = start
      this.#to = Math.min(start + WINDOW, bytes.length)
      this.#atUnit = 0
      this.#text = decode(bytes, start, this.#to)
      // The window may have to end before the line does.
      if (end >= this.#to) return decode(bytes, start, end)
    }
    const from = this.#from
    if ((tally.ascii = this.#text.length === this.#to - from))
      return this.#text.slice(start - from, end - from)
    // Between two events there are mostly a few ASCII bytes, the field's name; after the data, a line end.
    let ascii = this.#atByte
    while (ascii < start && bytes[ascii]! < 0x80) ascii++
    const unit =
      this.#atUnit +
      (ascii < start ? decode(bytes, this.#atByte, start).length : start - this.#atByte)
    this.#atByte = end
    this.#atUnit = this.#text.indexOf(bytes[end] === LF ? '\n' : '\r', unit)
    return this.#text.slice(unit, this.#atUnit)
  }

  #find(text: string, byte: number, from: number): number {
    const found =
      this.#wide === undefined ? indexOf(this.bytes, byte, from) : this.#wide.indexOf(text, from)
    return found < 0 ? this.bytes.length : found
  }
}
