// HOT: made once for every chunk, asked for every line and for every event that is read. `npm run bench -- parser`
import { type Assembler, isData, valueAt } from './assembler.ts'
import { CR, DATA_AT, E, LF, NAME_AT, SPACE } from './chars.ts'
import { ViewedEvent } from './event.ts'
import type { Memory } from './memory.ts'
import { decode, indexOf, widen } from './native.ts'
import { Window, WORTH } from './window.ts'

/** Below this many bytes, two searches cost less than making a string to search in. */
const FEW = 1_024

/** Above this, one costs more memory than it saves time, and a string that is kept pins it whole. */
const MANY = 1_048_576

/** Up to this many bytes, a chunk is gone through as fast as it is looked at. */
const TINY = 64

/** A line end so near is found faster byte by byte than by a search, of a string or of bytes. */
const NEAR_IN_STRING = 8
export const NEAR_IN_BYTES = 32

/** In bytes, of a line with a name that is looked through byte by byte. */
const SHORT_LINE = 64

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

/** A chunk as it was fed, and what is known of it. */
export class Chunk implements Memory {
  readonly bytes: Uint8Array
  /** The chunk as text, if it is decoded whole: it is ASCII, so that offsets are the same, or one block. */
  text: string | undefined
  /** A string with a unit for each byte to search in, if there is one: often `text`. */
  lines: string | undefined
  /** Whether the event that was read last is ASCII: `undefined` if none was. */
  ascii: boolean | undefined
  /** Where the next line ends of each kind are, as far as is known: at the chunk's end if there is none. */
  lf: number
  cr: number
  /** Where the data begins of the block at the chunk's start, if that is known; and where it ends, if that is all there is. */
  value: number
  stop: number
  /** For events that are read in a run: `null` if each is to be decoded alone. */
  window: Window | null | undefined

  // Not set where they are declared: of that V8 makes a function, which it calls. bench: parser/openai-ascii-lf/each
  constructor(bytes: Uint8Array, plain: boolean) {
    this.bytes = bytes
    this.text = this.lines = this.ascii = undefined
    this.lf = this.cr = -1
    this.value = this.stop = 0
    this.window = plain ? null : undefined
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
    // Without a string to search in, this is the chunk's start, and known since it was made ready.
    if (this.lines === undefined) return this.value - DATA_AT
    const value = start + NAME_AT
    if (valueAt('event', this.bytes, start, this.bytes.length) !== value) return start
    const lf = this.lf < value ? this.lines.indexOf('\n', value) : this.lf
    const end = lf < this.cr ? lf : this.endAt(value, lf)
    if (end > 0 && end - start <= most && lf < this.bytes.length) return lf + 1
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
    const { text } = this
    if (text === undefined) return this.#decode(start, end)
    // Of a block that is not ASCII, what is not is in the data.
    const surplus = this.bytes.length - text.length
    this.ascii = surplus === 0
    return text.slice(start, end - surplus)
  }

  #decode(start: number, end: number): string {
    const { bytes, window } = this
    if (window === null) return decode(bytes, start, end)
    const text = window?.read(bytes, start, end) ?? decode(bytes, start, end)
    if (end + WORTH < bytes.length) this.window ??= new Window()
    this.ascii = text.length === end - start
    return text
  }

  #find(text: string, byte: number, from: number): number {
    const { lines } = this
    const found = lines ? lines.indexOf(text, from) : indexOf(this.bytes, byte, from)
    return found < 0 ? this.bytes.length : found
  }
}

/**
 * Makes a chunk ready to be read, as what was read of the one before says. It is looked at whether it is one block of at
 * most so many bytes, a line of data, maybe with a name, as nearly all that a live stream brings; with -1 it is not, for
 * no block begins here. One function, for a call costs as much as ten of its lines. bench: parser/openai-ascii-lf/each
 */
export function prepare(bytes: Uint8Array, before: Chunk, most: number): Chunk {
  const chunk = new Chunk(bytes, false)
  const { length } = bytes
  const { ascii } = before
  if (length > MANY) return chunk
  const few = length < FEW
  // A block is read as soon as it is decoded; of several that are not ASCII, a window finds the offsets.
  const isWanted = ascii === true || (few && before.stop > 0 && ascii === false)
  const text = isWanted ? decode(bytes, 0, length) : undefined
  const surplus = text === undefined ? 0 : length - text.length
  // No sequence of bytes, sound or not, has more units than bytes: the same length means the same offsets.
  // bench: parser/openai-ascii-lf/each
  if (text !== undefined && surplus === 0) chunk.lines = chunk.text = text
  else if (!few) chunk.lines = widen(bytes)
  const blank = bytes[length - 2] === CR ? length - 2 : length - 1
  const end = blank - 1
  if (few && most >= 0 && length > TINY && bytes[length - 1] === LF && bytes[end] === LF) {
    const at = bytes[0] === E ? afterShortName(bytes, most) : 0
    if (isData(bytes, at) && bytes[at + 5] === SPACE) {
      // What is not ASCII is in the data: offsets are the same before it, and counted from the end the same behind it.
      const value = at + DATA_AT
      const stop = bytes[end - 1] === CR ? end - 1 : end
      const lf = text === undefined ? indexOf(bytes, LF, value) : text.indexOf('\n', value)
      if (lf + surplus === end && stop <= most) {
        const cr = text === undefined ? indexOf(bytes, CR, value) : text.indexOf('\r', value)
        if (cr < 0 || cr + surplus === (stop < end ? stop : blank)) {
          chunk.text = text
          chunk.value = value
          chunk.stop = stop
        }
      }
      // Found in vain, it is the next line end all the same; one that is near is as soon found again.
      if (chunk.stop === 0 && text === undefined && lf - value > NEAR_IN_BYTES) {
        chunk.value = value
        chunk.lf = lf
      }
    }
  }
  if (ascii === false && chunk.stop === 0) chunk.window = new Window()
  return chunk
}

/** The event of a chunk that is one block. */
export function eventOf(chunk: Chunk, assembler: Assembler): ViewedEvent {
  const { value, stop } = chunk
  const name = assembler.nameAbove(chunk, 0, value - DATA_AT)
  return new ViewedEvent(name, undefined, assembler.lastEventId, chunk, value, stop)
}

/** `Chunk.afterName` for the start of a chunk, of a short name of printable ASCII; 0 for any other. */
function afterShortName(bytes: Uint8Array, most: number): number {
  let at = NAME_AT
  if (valueAt('event', bytes, 0, bytes.length) !== at) return 0
  const last = Math.min(most, SHORT_LINE)
  while (at < last && bytes[at]! >= SPACE && bytes[at]! < 0x80) at++
  if (at > last) return 0
  if (bytes[at] === CR) at++
  return bytes[at] === LF ? at + 1 : 0
}
