import { CR, LF } from './chars.ts'
import { chunkChanged } from './errors.ts'
import { bytesOf, Growing, type Lettered } from './growing.ts'
import { decode, encode, endOfCharacters, fromUnits, REPLACEMENT, toUnits } from './native.ts'

/**
 * What is remembered of a stream to choose the alphabet of its next chunk. Characters are what events are read as, and names
 * and IDs need no decoding. Bytes cost a third where text is not ASCII, and nothing more where it is not read.
 */
export class Habit {
  /** Whether, since the last choice, any events were made, and any was read as text. */
  made = false
  read = false
  /** Whether the last chunk is in characters that cost the same as bytes: ASCII. */
  isAscii = true
  /** Whether any event was read before the last choice. */
  wasRead = false
  #decodes: boolean
  readonly #isFixed: boolean

  /** @param decodes - chosen once and for all; without it a stream begins as if its events were read */
  constructor(decodes: boolean | undefined) {
    this.#decodes = decodes ?? true
    this.#isFixed = decodes !== undefined
  }

  /** Whether to decode the next chunk: as it would have been right for the last one that had events. */
  decodes(): boolean {
    if (this.made && !this.#isFixed) this.#decodes = this.read || this.isAscii
    this.wasRead = this.read
    this.made = this.read = false
    return this.#decodes
  }
}

const NO_BYTES = new Uint8Array(0)
const LINE_FEED = Uint8Array.of(LF)

/**
 * A chunk as it was fed, and its text, which is in one of two alphabets:
 *
 * - *characters*: decoded UTF-8;
 * - *bytes*: a unit for each byte, whatever the bytes are.
 *
 * What is put together of several chunks has text alone.
 */
export class Chunk {
  declare readonly bytes: Uint8Array
  /** How long it was when it was fed; -1 if it is text alone. */
  declare readonly length: number
  declare readonly habit: Habit
  declare text: string
  /** Whether the alphabet is that of bytes. */
  declare isBytes: boolean
  /** Whether each unit of the text stands for one byte. */
  declare isExact: boolean
  /** Where the values of data lines start and end, of the events that have several. */
  declare spans: number[] | undefined
  /** The bytes that the text begins and ends at: characters that are cut are left out. */
  #from: number
  #to: number
  /** Where the last search for a line's first byte ended, or the end of the text: a unit, and the byte that it is. */
  #unit: number
  #byte: number

  constructor(bytes: Uint8Array | undefined, habit: Habit) {
    this.bytes = bytes ?? NO_BYTES
    this.length = bytes === undefined ? -1 : bytes.length
    this.habit = habit
    this.text = ''
    this.isBytes = this.isExact = true
    this.spans = undefined
    this.#from = this.#to = this.#unit = this.#byte = 0
  }

  static of({ text, isBytes, bytes }: Lettered, habit: Habit): Chunk {
    const chunk = new Chunk(bytes, habit)
    chunk.text = text
    chunk.isBytes = isBytes
    if (bytes !== undefined) {
      chunk.isExact = text.length === bytes.length
      chunk.#to = chunk.#byte = bytes.length
      chunk.#unit = text.length
    }
    return chunk
  }

  /** Whether all of its memory is there: it can have been transferred, or have shrunk. */
  get isWhole(): boolean {
    return this.bytes.length === this.length
  }

  /** Whether it ends in a character that goes on in the next one, and is not in the text. */
  get isCut(): boolean {
    return this.#to < this.length
  }

  /** Whether it is ASCII in characters. What is read is not searched, because then it does not matter. */
  get isAscii(): boolean {
    const { isBytes, isExact, habit, text } = this
    return !isBytes && isExact && (habit.wasRead || !text.includes(REPLACEMENT))
  }

  /** Whether the text says what the bytes are: then they need not be copied. */
  get #isText(): boolean {
    if (this.isBytes || this.length < 0) return true
    return this.isExact && this.#from <= 0 && !this.isCut && !this.text.includes(REPLACEMENT)
  }

  /** Whether its memory is gone, and its text does not say what was in it. */
  get isLost(): boolean {
    if (this.isWhole || this.isBytes || this.length < 0) return false
    return this.isCut || this.text.includes(REPLACEMENT)
  }

  /**
   * @param start - what the text begins with, before the chunk's own: ASCII
   * @param goesOn - the chunk begins in a line, which the end of a character that was cut belongs to
   */
  decode(asCharacters: boolean, start: string, goesOn: boolean): void {
    const { bytes, length } = this
    let from = 0
    let to = length
    let text: string
    if (asCharacters) {
      if (goesOn) while (from < 3 && (bytes[from]! & 0xc0) === 0x80) from++
      to = endOfCharacters(bytes, length)
      text = decode(bytes, from, to)
      this.isBytes = false
      this.isExact = text.length === to - from
    } else text = toUnits(bytes, 0, length)
    this.text = start === '' ? text : start + text
    this.#from = from - start.length
    this.#to = this.#byte = to
    this.#unit = this.text.length
  }

  /** Text that is not data: a name, an ID, a line. */
  slice(start: number, end: number): string {
    const part = this.text.slice(start, end)
    return this.isBytes && /[\x80-\xff]/.test(part) ? charactersOf(part) : part
  }

  /** Data as text. A negative start is the complement of an index of `spans`, and the end is one. */
  read(start: number, end: number): string {
    this.habit.read = true
    if (start >= 0)
      return this.isBytes && this.#has(start)
        ? decode(this.bytes, this.byteAt(start), this.byteAt(end))
        : this.slice(start, end)
    const lines = this.#lines(start, end).slice(1)
    return this.isBytes ? charactersOf(lines) : lines
  }

  /** Data as UTF-8. */
  view(start: number, end: number): Uint8Array {
    if (start >= 0) return this.#part(start, end)
    const text = this.#lines(start, end).slice(1)
    if (this.isBytes || this.length < 0 || !text.includes(REPLACEMENT))
      return bytesOf(text, this.isBytes)
    const lines = new Growing()
    this.copy(start, end, lines)
    return lines.toBytes().subarray(1)
  }

  /** Adds data to other data: each line after a line feed. */
  copy(start: number, end: number, target: Growing): void {
    if (this.#isText) return target.add(this.#lines(start, end), this.isBytes)
    const spans = start < 0 ? this.spans!.slice(~start, end) : [start, end]
    for (let at = 0; at < spans.length; at += 2) {
      target.add(LINE_FEED)
      target.add(this.#part(spans[at]!, spans[at + 1]!))
    }
  }

  /** Adds what goes on of a line to its beginning: up to the first line end, and from there to a unit. */
  addHead(close: number, unit: number, line: Growing): void {
    const { text, bytes } = this
    if (this.#isText) line.add(text.slice(0, unit), this.isBytes)
    else line.add(bytes.subarray(0, bytes.indexOf(text.charCodeAt(close)) + unit - close))
  }

  /** Begins a line with all from a unit on, which is after the last line end. What is cut of a character is part of it. */
  addRest(unit: number, line: Growing): void {
    const { text, bytes } = this
    if (this.#isText) line.add(text.slice(unit), this.isBytes)
    else if (!this.isWhole) line.add(encode(text.slice(unit)))
    else {
      if (unit === 0) line.add(fromUnits(text.slice(0, Math.max(0, -this.#from))))
      this.#unit = unit
      this.#byte = unit === 0 ? this.#from : bytes.lastIndexOf(text.charCodeAt(unit - 1)) + 1
      line.add(bytes.subarray(Math.max(0, this.#byte)))
    }
  }

  /** Adds all of it, which is within a line. */
  addAll(line: Growing): void {
    if (this.#isText && line.takesText) line.add(this.text, this.isBytes)
    else line.add(this.bytes)
  }

  /**
   * The byte that a unit begins at which has nothing but ASCII before it on its line. Line ends are the same in text and in
   * bytes, also in bytes that are not UTF-8, so they are counted.
   */
  byteAt(unit: number): number {
    if (this.isExact) return this.#from + unit
    const { bytes, text } = this
    if (!this.isWhole) return this.#from + encode(text.slice(0, unit)).length
    let at = this.#unit
    let byte = this.#byte
    // Bytes may be taken in any order: it begins at the nearest of three places that are known.
    if (unit < at - unit) {
      at = 0
      byte = this.#from
    } else if (text.length - unit < unit - at) {
      at = text.length
      byte = this.#to
    }
    for (let ahead = at; ahead < unit; ahead++) {
      const end = text.charCodeAt(ahead)
      if (end !== LF && end !== CR) continue
      at = ahead + 1
      byte = bytes.indexOf(end, Math.max(byte, 0)) + 1
    }
    while (at > unit) {
      let end = 0
      do end = text.charCodeAt(--at - 1)
      while (at > 0 && end !== LF && end !== CR)
      byte = at === 0 ? this.#from : bytes.lastIndexOf(end, byte - 2) + 1
    }
    this.#unit = at
    this.#byte = byte
    return byte + unit - at
  }

  /** Whether what begins at a unit lies in the chunk's memory. */
  #has(unit: number): boolean {
    return this.isWhole && unit >= -this.#from
  }

  /** The lines of data, each after a line feed, in the alphabet of the text. */
  #lines(start: number, end: number): string {
    const { text, spans } = this
    if (start >= 0) return `\n${text.slice(start, end)}`
    let lines = ''
    for (let at = ~start; at < end; at += 2) lines += `\n${text.slice(spans![at], spans![at + 1])}`
    return lines
  }

  /** A value, which ends where its line does. */
  #part(start: number, end: number): Uint8Array {
    const { bytes, text, length, isBytes } = this
    if (this.#has(start))
      return bytes.subarray(
        this.byteAt(start),
        end === text.length ? length : this.byteAt(end + 1) - 1,
      )
    const part = text.slice(start, end)
    if (!isBytes && length >= 0 && part.includes(REPLACEMENT)) throw chunkChanged()
    return bytesOf(part, isBytes)
  }
}

/** What a text in the alphabet of bytes reads as. */
function charactersOf(units: string): string {
  return decode(fromUnits(units), 0, units.length)
}
