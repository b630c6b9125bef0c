// HOT: `lineEnd` runs for every line, `read` for every event that is read.
import { CR, D, LF } from './chars.ts'
import type { Memory } from './memory.ts'
import { decode, indexOf, widen } from './native.ts'

/** Bytes that are decoded at once where events that are not ASCII are read in a run: a string that is kept pins as many. */
const WINDOW = 16_384

/** Below this many bytes, two searches cost less than making a string to search in. */
const FEW = 1_024

/** Above this, one costs more memory than it saves time, and a string that is kept pins it whole. */
const MANY = 1_048_576

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
  /** A string with a unit for each byte, to search in, where there is one; and whether it is the chunk's text. */
  readonly #wide: string | undefined
  readonly #ascii: boolean
  /** Where the next line ends of each kind are, as far as is known: at the chunk's end if there is none. */
  #lf = -1
  #cr = -1
  /** Whether an event has been found, or read: what comes after the first is prepared with it. */
  #found = false
  #window: Window | undefined

  constructor(bytes: Uint8Array, tally: Tally) {
    this.bytes = bytes
    this.#tally = tally
    let wide: string | undefined
    // If events are being read and are ASCII so far, their text is what to search in. No sequence of bytes, sound or
    // not, has more units than bytes, so the same length means the same offsets. bench: parser/live-ascii
    const { length } = bytes
    if (tally.ascii && length <= MANY) wide = decode(bytes, 0, length)
    const ascii = (this.#ascii = wide?.length === length)
    tally.ascii = false
    if (!ascii) wide = length < FEW || length > MANY || tally.plain ? undefined : widen(bytes)
    this.#wide = wide
  }

  /** Where the line that starts here ends; the chunk's end if that is not in it. */
  lineEnd(start: number): number {
    const { bytes } = this
    const tally = this.#tally
    const reach = this.#wide === undefined ? NEAR_IN_BYTES : NEAR_IN_STRING
    const near = bytes[start] === D && tally.long ? start : Math.min(start + reach, bytes.length)
    for (let at = start; at < near; at++)
      if (bytes[at]! <= CR && (bytes[at] === LF || bytes[at] === CR)) return at
    if (this.#lf < near) this.#lf = this.#find('\n', LF, near)
    if (this.#cr < near) this.#cr = this.#find('\r', CR, near)
    const end = this.#lf < this.#cr ? this.#lf : this.#cr
    tally.long = end - start > reach
    return end
  }

  /** Text that costs nothing, for an event that will be read if the one before it is; that one tells by `read`. */
  ahead(start: number, end: number): string | undefined {
    if (this.#ascii && this.#found) return this.#wide!.slice(start, end)
    this.#found = true
    return undefined
  }

  /** Bytes `start` to `end`, the rest of a line, as text. */
  read(start: number, end: number): string {
    const tally = this.#tally
    let text: string | undefined
    if (this.#ascii) text = this.#wide!.slice(start, end)
    else if (this.#window) text = this.#window.read(this.bytes, start, end)
    else if (!tally.plain) this.#window = new Window()
    text ??= decode(this.bytes, start, end)
    tally.ascii = text.length === end - start && !tally.plain
    return text
  }

  #find(text: string, byte: number, from: number): number {
    const wide = this.#wide
    const found = wide === undefined ? indexOf(this.bytes, byte, from) : wide.indexOf(text, from)
    return found < 0 ? this.bytes.length : found
  }
}

/**
 * A stretch of a chunk that is decoded at once, for events that are read in a run: a call of the decoder costs as much
 * as a few hundred bytes of its work. bench: parser/cjk-16k
 */
class Window {
  #text = ''
  #from = 0
  /** Where it ends, in bytes, and where the data that was read last ended, in bytes and in units of text. */
  #to = 0
  #atByte = 0
  #atUnit = 0

  /** Bytes `start` to `end`, the rest of a line, as text; `undefined` if it is better decoded alone. */
  read(bytes: Uint8Array, start: number, end: number): string | undefined {
    if (start < this.#atByte || end - start >= WINDOW) return undefined
    if (end >= this.#to) {
      this.#to = Math.min(start + WINDOW, bytes.length)
      this.#text = decode(bytes, start, this.#to)
      this.#from = this.#atByte = start
      this.#atUnit = 0
      if (end >= this.#to) return undefined
    }
    if (this.#text.length === this.#to - this.#from)
      return this.#text.slice(start - this.#from, end - this.#from)
    // Between two events there are mostly a few ASCII bytes, the field's name; after the data comes a line end.
    let gap = this.#atByte
    while (gap < start && bytes[gap]! < 0x80) gap++
    const units = gap < start ? decode(bytes, this.#atByte, start).length : start - this.#atByte
    const from = this.#atUnit + units
    this.#atByte = end
    this.#atUnit = this.#text.indexOf(bytes[end] === LF ? '\n' : '\r', from)
    return this.#text.slice(from, this.#atUnit)
  }
}
