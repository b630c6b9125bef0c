import { chunkChanged } from './errors.ts'
import { decode, encode, fromUnits, toUnits } from './native.ts'
import { REPLACEMENT, surplusOf } from './utf8.ts'

/**
 * What is remembered of a stream to choose the alphabet of its next chunk. Characters are what events are read as, and names
 * and IDs need no decoding. Bytes cost a third where text is not ASCII, and nothing more where it is not read.
 */
export class Habit {
  /** Whether, since the last choice, any events were made, and any was read as text. */
  made = false
  read = false
  /** Whether the last chunk that was decoded is ASCII: then both alphabets cost the same. */
  isAscii = true
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
    this.made = this.read = false
    return this.#decodes
  }
}

/** Where the data of events is: from one unit of text to another. */
export interface Payload {
  /** As text. */
  read(start: number, end: number): string
  /** As UTF-8. */
  view(start: number, end: number): Uint8Array
  /** As it is kept, in the alphabet that it is in. */
  slice(start: number, end: number): string
}

/** The surplus is counted once for every so many units, and from there when it is asked for. */
const STRIDE = 256

const NO_BYTES = new Uint8Array(0)

/**
 * A chunk as it was fed, and its text, which begins with what was left of the chunks before it. The text is in one of two
 * alphabets:
 *
 * - *characters*: decoded UTF-8;
 * - *bytes*: a unit for each byte, whatever the bytes are.
 */
export class Chunk implements Payload {
  readonly bytes: Uint8Array
  /** How long it was when it was fed. */
  readonly length: number
  readonly habit: Habit
  text: string
  /** Whether the alphabet is that of bytes. */
  isBytes: boolean
  /** The first unit of the text that is the chunk's own, and the byte that it begins at. */
  own: number
  skipped: number
  /** How many bytes more than units the text has, as UTF-8. */
  surplus: number
  #surpluses: Int32Array | undefined

  constructor(bytes: Uint8Array, habit: Habit) {
    this.bytes = bytes
    this.length = bytes.length
    this.habit = habit
    this.text = ''
    this.isBytes = false
    this.own = this.skipped = this.surplus = 0
    this.#surpluses = undefined
  }

  /** Text that was put together of several pieces. */
  static of(text: string, isBytes: boolean, habit: Habit): Chunk {
    const chunk = new Chunk(NO_BYTES, habit)
    chunk.text = text
    chunk.isBytes = isBytes
    chunk.own = text.length + 1
    return chunk
  }

  /** Whether all of its memory is there: it can have been transferred, or have shrunk. */
  get isWhole(): boolean {
    return this.bytes.length === this.length
  }

  /** Whether it can be gone on with: what its text does not say is still in its memory. */
  get isKnown(): boolean {
    return this.isWhole || !this.#isAmbiguous
  }

  /** Whether a character of its text stands for a byte that is none. */
  get #isAmbiguous(): boolean {
    const { isBytes, surplus, own, text } = this
    return !isBytes && surplus === 0 && own <= text.length && text.includes(REPLACEMENT)
  }

  slice(start: number, end: number): string {
    return this.text.slice(start, end)
  }

  read(start: number, end: number): string {
    this.habit.read = true
    if (!this.isBytes) return this.text.slice(start, end)
    return this.#has(start)
      ? decode(this.bytes, this.#byteAt(start), this.#byteAt(end))
      : charactersOf(this.text.slice(start, end))
  }

  view(start: number, end: number): Uint8Array {
    if (this.#has(start)) return this.bytes.subarray(this.#byteAt(start), this.#byteAt(end))
    const text = this.text.slice(start, end)
    if (this.isBytes) return fromUnits(text)
    if (text.includes(REPLACEMENT)) throw chunkChanged()
    return encode(text)
  }

  /** Goes over to the alphabet of bytes if a character stands for a byte that is none. The offsets stay as they are. */
  makeSound(): void {
    if (!this.#isAmbiguous) return
    const { text, own, skipped } = this
    this.text = text.slice(0, own) + toUnits(this.bytes, skipped, skipped + text.length - own)
    this.isBytes = true
  }

  /** Whether what begins at a unit lies in the chunk's memory. */
  #has(unit: number): boolean {
    return unit >= this.own && this.isWhole
  }

  #byteAt(unit: number): number {
    const offset = unit - this.own
    if (this.isBytes || this.surplus === 0) return this.skipped + offset
    const surpluses = (this.#surpluses ??= surplusesOf(this.text, this.own))
    const strides = Math.floor(offset / STRIDE)
    const counted = this.own + strides * STRIDE
    return this.skipped + offset + surpluses[strides]! + surplusOf(this.text, counted, unit)
  }
}

function surplusesOf(text: string, own: number): Int32Array {
  const surpluses = new Int32Array(Math.floor((text.length - own) / STRIDE) + 1)
  for (let stride = 1; stride < surpluses.length; stride++) {
    const end = own + stride * STRIDE
    surpluses[stride] = surpluses[stride - 1]! + surplusOf(text, end - STRIDE, end)
  }
  return surpluses
}

/** The data of an event that has several lines: where each of them starts and ends. */
export class Lines implements Payload {
  readonly #chunk: Chunk
  readonly #spans: readonly number[]

  constructor(chunk: Chunk, spans: readonly number[]) {
    this.#chunk = chunk
    this.#spans = spans
  }

  slice(): string {
    const spans = this.#spans
    const { text } = this.#chunk
    let joined = text.slice(spans[0], spans[1])
    for (let at = 2; at < spans.length; at += 2)
      joined += `\n${text.slice(spans[at], spans[at + 1])}`
    return joined
  }

  read(): string {
    const { isBytes, habit } = this.#chunk
    habit.read = true
    return isBytes ? charactersOf(this.slice()) : this.slice()
  }

  view(): Uint8Array {
    return this.#chunk.isBytes ? fromUnits(this.slice()) : encode(this.slice())
  }
}

/** What a text in the alphabet of bytes reads as. */
export function charactersOf(units: string): string {
  return decode(fromUnits(units), 0, units.length)
}
