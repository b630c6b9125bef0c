import { decode, encode, fromUnits, REPLACEMENT, toUnits } from './native.ts'

/** So many units are put together as text, which takes up to 64 bytes for each piece. Longer memory is not kept for what comes next. */
const SHORT = 65_536

const NOTHING = new Uint8Array(0)

/** Text in one of the two alphabets that `chunk.ts` describes, and the bytes that characters would not say. */
export interface Lettered {
  readonly text: string
  readonly isBytes: boolean
  readonly bytes?: Uint8Array | undefined
}

/** What several chunks hold of one line, or of the data of one block: text as long as all parts are and it is short, or bytes. */
export class Growing {
  /** Whether text is fed. It stays text, because half of a surrogate pair is lost in bytes. */
  keepsText = false
  #text = ''
  #isBytes = false
  #bytes = NOTHING
  #size = 0

  get length(): number {
    return this.#size + this.#text.length
  }

  /** Whether text would stay text. */
  get takesText(): boolean {
    return this.keepsText || (this.#size === 0 && this.#text.length < SHORT)
  }

  add(part: Uint8Array | string, isBytes = false): void {
    const isText = typeof part === 'string'
    if (isText && this.keepsText && (this.#size > 0 || this.#isBytes)) this.#toCharacters()
    const isAlike = this.#text === '' || this.#isBytes === isBytes
    if (isText && isAlike && this.#size === 0 && this.takesText) {
      this.#text += part
      this.#isBytes = isBytes
      return
    }
    this.#toBytes()
    this.#append(isText ? bytesOf(part, isBytes) : part)
  }

  /** Whether it is what `text` begins with. */
  begins(text: string): boolean {
    const { length } = this
    if (length === 0 || length > text.length) return false
    return text.startsWith(this.#text || toUnits(this.#bytes, 0, length))
  }

  /** All of it as text, and as bytes where that does not say them. */
  take(): Lettered {
    const size = this.#size
    const text = size === 0 ? this.#text : decode(this.#bytes, 0, size)
    const isBytes = size === 0 && this.#isBytes
    const bytes = size > 0 && text.includes(REPLACEMENT) ? this.toBytes() : undefined
    this.#text = ''
    this.#size = 0
    if (this.#bytes.length > SHORT) this.#bytes = NOTHING
    return { text, isBytes, bytes }
  }

  toBytes(): Uint8Array {
    return this.#size === 0 ? bytesOf(this.#text, this.#isBytes) : this.#bytes.slice(0, this.#size)
  }

  #toBytes(): void {
    const text = this.#text
    this.#text = ''
    if (text !== '') this.#append(bytesOf(text, this.#isBytes))
  }

  /** If these say what the bytes are. */
  #toCharacters(): void {
    this.#toBytes()
    const { text, bytes } = this.take()
    this.#isBytes = false
    if (bytes === undefined) this.#text = text
    else this.#append(bytes)
  }

  #append(part: Uint8Array): void {
    const size = this.#size + part.length
    if (size > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(2 * size, 512))
      larger.set(this.#bytes)
      this.#bytes = larger
    }
    this.#bytes.set(part, this.#size)
    this.#size = size
  }
}

export function bytesOf(text: string, isBytes: boolean): Uint8Array {
  return isBytes ? fromUnits(text) : encode(text)
}
