import { charactersOf, type Chunk } from './chunk.ts'
import { decode, encode, fromUnits, toUnits } from './native.ts'
import { endOfCharacters, lengthOfCharacter, REPLACEMENT, surplusOf } from './utf8.ts'

/** In units, of pieces that are put together before they are added to what is there. */
const PIECE = 4_096

/** Text that grows by pieces. It takes as much memory as they have units, however small they are. */
class Growing {
  #whole = ''
  #recent = ''

  get length(): number {
    return this.#whole.length + this.#recent.length
  }

  add(piece: string): void {
    if (piece.length >= PIECE && this.#recent === '') {
      this.#whole += piece
      return
    }
    this.#recent += piece
    if (this.#recent.length < PIECE) return
    // A search makes one string of the pieces, each of which takes 32 bytes until then.
    this.#recent.indexOf('\n')
    this.#whole += this.#recent
    this.#recent = ''
  }

  take(): string {
    const text = this.#whole + this.#recent
    this.#whole = this.#recent = ''
    return text
  }
}

/** What is left of the chunks before, all in one alphabet. */
export class Carry {
  /** Whether that is the alphabet of bytes. */
  isBytes = false
  /** The beginning of a line whose end has not come, and how many bytes it is. */
  readonly line: Growing = new Growing()
  lineBytes = 0
  /** The data of a block whose end has not come. */
  data: Growing | undefined
  /** The beginning of a character whose end has not come: in the alphabet of characters alone. */
  #part: Uint8Array | undefined
  /** How many bytes that is. */
  partBytes = 0

  /** Gives a chunk its text, in the alphabet of characters if that is asked for and possible. */
  enter(chunk: Chunk, asCharacters: boolean): void {
    if (asCharacters && (!this.isBytes || this.#toCharacters()) && this.#decode(chunk)) return
    this.toBytes()
    chunk.isBytes = true
    chunk.text = toUnits(chunk.bytes, 0, chunk.length)
  }

  /** Puts the beginning of a line before its end, which is in the chunk. */
  prepend(chunk: Chunk): void {
    if (this.line.length === 0) return
    chunk.own += this.line.length
    chunk.surplus += this.lineBytes - this.line.length
    chunk.text = this.line.take() + chunk.text
    this.lineBytes = 0
  }

  /** Keeps what is left of a chunk: an unfinished line from `at` on, and the data of the unfinished block. */
  leave(chunk: Chunk, at: number, data: string | undefined): void {
    const { text, surplus } = chunk
    // What the chunk cut off comes after its text, and not before it.
    const part = chunk.isBytes ? this.#part : undefined
    if (part !== undefined) this.#keepPart(undefined)
    if (chunk.isBytes) this.toBytes()
    if (at < text.length) {
      const line = text.slice(at)
      this.line.add(line)
      this.lineBytes +=
        line.length + (surplus === 0 || at === 0 ? surplus : surplusOf(text, at, text.length))
    }
    if (part !== undefined) {
      this.line.add(toUnits(part, 0, part.length))
      this.lineBytes += part.length
    }
    if (data !== undefined) {
      if (this.data) this.data.add('\n')
      else this.data = new Growing()
      this.data.add(data)
    }
  }

  /** Goes on in the alphabet of bytes, which can express every byte. */
  toBytes(): void {
    if (this.isBytes) return
    this.isBytes = true
    if (this.line.length > 0) this.line.add(unitsOf(this.line.take()))
    if (this.#part) this.line.add(toUnits(this.#part, 0, this.partBytes))
    this.lineBytes = this.line.length
    this.#keepPart(undefined)
    this.data?.add(unitsOf(this.data.take()))
  }

  /** Goes on in the alphabet of characters, if it can express what is left. */
  #toCharacters(): boolean {
    const bytes = fromUnits(this.line.take())
    const end = endOfCharacters(bytes, bytes.length)
    const line = decode(bytes, 0, end)
    const units = this.data?.take() ?? ''
    const data = charactersOf(units)
    this.isBytes = line.includes(REPLACEMENT) || data.includes(REPLACEMENT)
    this.line.add(this.isBytes ? toUnits(bytes, 0, bytes.length) : line)
    this.data?.add(this.isBytes ? units : data)
    if (this.isBytes) return false
    this.lineBytes = end
    if (end < bytes.length) this.#keepPart(bytes.subarray(end))
    return true
  }

  /** Decodes a chunk, but for a character that it cuts off. `false` if the text would not say what the bytes are. */
  #decode(chunk: Chunk): boolean {
    const { bytes, length } = chunk
    const part = this.#part
    if (part !== undefined) return this.#decodeAfter(part, chunk)
    const end = endOfCharacters(bytes, length)
    const text = decode(bytes, 0, end)
    const surplus = end - text.length
    // Without a surplus each U+FFFD is of one byte, and offsets are the same: then it matters to what is put together alone.
    const isJoined = this.lineBytes > 0 || this.data !== undefined
    if ((surplus > 0 || isJoined) && text.includes(REPLACEMENT)) return false
    chunk.text = text
    chunk.surplus = surplus
    if (end < length) this.#keepPart(copyOf(bytes, end))
    return true
  }

  /** The same after the beginning of a character: it is completed apart, and the chunk decoded from there. */
  #decodeAfter(part: Uint8Array, chunk: Chunk): boolean {
    const { bytes, length } = chunk
    const size = Math.min(lengthOfCharacter(part[0] ?? 0), part.length + length)
    const character = new Uint8Array(size)
    character.set(part)
    character.set(bytes.subarray(0, size - part.length), part.length)
    const skipped = size - part.length
    const isCut = endOfCharacters(character, size) === 0
    const head = isCut ? '' : decode(character, 0, size)
    const end = skipped === length ? length : endOfCharacters(bytes, length)
    const text = head + decode(bytes, skipped, end)
    if (text.includes(REPLACEMENT)) return false
    chunk.text = text
    chunk.own = head.length
    chunk.skipped = skipped
    chunk.surplus = isCut ? 0 : size + end - skipped - text.length
    this.#keepPart(isCut ? character : end < length ? copyOf(bytes, end) : undefined)
    return true
  }

  #keepPart(part: Uint8Array | undefined): void {
    this.#part = part
    this.partBytes = part === undefined ? 0 : part.length
  }
}

/** Not `slice()`: that of a `Buffer` copies nothing. */
function copyOf(bytes: Uint8Array, from: number): Uint8Array {
  return new Uint8Array(bytes.subarray(from))
}

function unitsOf(text: string): string {
  const bytes = encode(text)
  return toUnits(bytes, 0, bytes.length)
}
