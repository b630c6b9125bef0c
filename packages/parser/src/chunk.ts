// HOT: made once for every chunk, asked for every line and for every event that is read. `npm run bench -- parser`
import { valueAt } from './assembler.ts'
import { CR, LF } from './chars.ts'
import type { Memory } from './memory.ts'
import { decode, indexOf, widen } from './native.ts'

/** Below this many bytes, two searches cost less than making a string to search in. */
const FEW = 1_024

/** Above this, one costs more memory than it saves time, and a string that is kept pins it whole. */
const MANY = 1_048_576

/** A line end so near is found faster byte by byte than by a search, of a string or of bytes. */
const NEAR_IN_STRING = 8
export const NEAR_IN_BYTES = 32

/** Bytes that are decoded at once: a string that is kept pins as many. */
const WINDOW = 16_384

/** With less than this to come, there is hardly another event. */
const WORTH = 64

/** How a stream is read, and counts for the tests. */
export interface Tally {
  /** Every event by the general rules, alone: a switch for the tests, which hold the fast ways against it. */
  readonly plain: boolean
  /** Bytes copied because they straddle a cut or share an event with another line, and those of them moved later. */
  copied: number
  moved: number
}

/** At the start of a stream. */
export const newTally = (plain = false): Tally => ({ plain, copied: 0, moved: 0 })

/** A chunk as it was fed. */
export class Chunk implements Memory {
  readonly bytes: Uint8Array
  /** The chunk as text, if it is decoded whole, which it is if it is ASCII: then offsets are the same. */
  readonly text: string | undefined
  /** A string with a unit for each byte to search in, if there is one: often `text`. */
  readonly lines: string | undefined
  /** `text`, once an event has been read: then that of the next costs nothing. */
  ahead: string | undefined
  /** Whether the event that was read last is ASCII: `undefined` if none was. */
  ascii: boolean | undefined
  readonly #plain: boolean
  /** Where the next line ends of each kind are, as far as is known: at the chunk's end if there is none. */
  lf = -1
  cr = -1
  /** The name that `afterName` found. */
  nameStart = 0
  nameEnd = 0
  #window: Window | undefined

  /** What was read of the chunk `before` says how this one is best prepared. */
  constructor(bytes: Uint8Array, plain: boolean, before: Chunk | undefined) {
    this.bytes = bytes
    this.#plain = plain
    if (plain) return
    const { length } = bytes
    if (length > MANY) return
    // No sequence of bytes, sound or not, has more units than bytes: the same length means the same offsets.
    // bench: parser/openai-ascii-lf/each
    const text = before?.ascii ? decode(bytes, 0, length) : undefined
    if (text?.length === length) this.lines = this.text = text
    else if (length >= FEW) this.lines = widen(bytes)
    if (this.lines) this.cr = this.#find('\r', CR, 0)
    if (before?.ascii === false) this.#window = new Window()
  }

  /** Where the line ends that goes on here: the chunk's end if that is not in it. A long one is not looked through. */
  lineEnd(start: number, long: boolean): number {
    const { bytes } = this
    const reach = long ? 0 : this.lines ? NEAR_IN_STRING : NEAR_IN_BYTES
    const near = Math.min(start + reach, bytes.length)
    for (let at = start; at < near; at++)
      if (bytes[at]! <= CR && (bytes[at] === LF || bytes[at] === CR)) return at
    if (this.lf < near) this.lf = this.#find('\n', LF, near)
    if (this.cr < near) this.cr = this.#find('\r', CR, near)
    return this.lf < this.cr ? this.lf : this.cr
  }

  /** Where the line after that of a name starts, if this is one, no longer than `most`, of LF or CR LF; else `start`. */
  afterName(start: number, most: number): number {
    const value = valueAt('event', this.bytes, start, this.bytes.length)
    if (value === 0) return start
    const lines = this.lines as string
    const lf = this.lf < value ? lines.indexOf('\n', value) : this.lf
    this.nameStart = value
    this.nameEnd = lf < this.cr ? lf : this.endAt(value, lf)
    if (this.nameEnd > 0 && this.nameEnd - start <= most) return lf + 1
    this.lf = lf < 0 ? this.bytes.length : lf
    return start
  }

  /** Where the line ends that goes on at `start` and has its first LF at `lf`: -1 if a CR stands anywhere but before it. */
  endAt(start: number, lf: number): number {
    if (this.cr < start) this.cr = this.#find('\r', CR, start)
    return this.cr > lf ? lf : this.cr === lf - 1 ? this.cr : -1
  }

  /** Bytes `start` to `end`, the rest of a line, as text. */
  read(start: number, end: number): string {
    if (this.text === undefined) return this.#decode(start, end)
    this.ascii = true
    this.ahead = this.text
    return this.text.slice(start, end)
  }

  #decode(start: number, end: number): string {
    const text = this.#window?.read(this.bytes, start, end) ?? decode(this.bytes, start, end)
    if (!this.#plain) {
      this.#window ??= new Window()
      this.ascii = text.length === end - start
    }
    return text
  }

  #find(text: string, byte: number, from: number): number {
    const { lines } = this
    const found = lines ? lines.indexOf(text, from) : indexOf(this.bytes, byte, from)
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
    if (start < this.#atByte) return undefined
    if (end >= this.#to) {
      let to = Math.min(start + WINDOW, bytes.length)
      if (end + WORTH > to) return undefined
      // Half a sequence would cost: the decoder is several times as fast on text that is sound.
      for (let back = 0; back < 3 && (bytes[to]! & 0xc0) === 0x80; back++) to--
      this.#text = decode(bytes, start, to)
      this.#to = to
      this.#from = this.#atByte = start
      this.#atUnit = 0
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
