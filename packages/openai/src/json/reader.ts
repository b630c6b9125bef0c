import { setField } from '../wire.ts'
import { ESCAPES } from './scan.ts'

// A JSON text, a piece at a time. What may come next is one of these; each character is read once, and a value that
// has begun is in the tree from its first character on. Numbers are not, until it is known where they end.

type Expected =
  | 'value'
  | 'value or end of list'
  | 'key or end of object'
  | 'key'
  | 'colon'
  | 'comma or end'
  | 'nothing'
  /** Inside a string, an escape, or a word: a number, `true`, `false` or `null`. */
  | 'string'
  | 'escape'
  | 'word'

/** How far a text has come. */
export type JsonState =
  /** Nothing but white space. */
  | 'empty'
  /** Something is open. */
  | 'open'
  /** The value is whole, and only white space may follow. */
  | 'complete'
  /** The text is not JSON: what was read before stands, and the rest is not read. */
  | 'invalid'

/** Options of {@link createJsonReader}. */
export interface JsonReaderOptions {
  /** How deep lists and objects may be in each other. Deeper ones make the text invalid. Default: 256. */
  readonly maxDepth?: number | undefined
}

/** Reads JSON while it is written. */
export interface JsonReader {
  /** Takes the next piece of the text. It never throws: text that is not JSON shows in `state`. */
  push(text: string): void
  /** Says that no more will come: a number at the top has its end here and nowhere else. */
  end(): void
  /**
   * What was read so far: one live value, which grows in place. Text that has begun is there with the letters that came;
   * a number is there when it has ended. `undefined` until anything is.
   */
  readonly value: unknown
  readonly state: JsonState
  /** The keys and positions of the place that is being written. */
  readonly path: (string | number)[]
}

/** A list or an object that is open, with the place in it that is being written. */
interface Level {
  readonly target: unknown[] | Record<string, unknown>
  /** `undefined` until an object's key has been read. */
  key: string | number | undefined
}

const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/
const WORDS = new Map<string, unknown>([
  ['true', true],
  ['false', false],
  ['null', null],
])
/**
 * Reads JSON while it is written: the arguments of a tool call, or an answer with a schema.
 *
 * @param options - how deep it may go
 *
 * @example
 * ```ts
 * import { createJsonReader } from '@tesserae/openai/json'
 *
 * const reader = createJsonReader()
 * reader.push('{"city":"Par')
 * reader.value // => { city: 'Par' }
 * reader.path // => ['city']
 * reader.state // => 'open'
 * reader.push('is"}')
 * reader.value // => { city: 'Paris' }
 * reader.state // => 'complete'
 * ```
 */
export function createJsonReader(options: JsonReaderOptions = {}): JsonReader {
  return new Reader(options.maxDepth ?? 256)
}

class Reader implements JsonReader {
  value: unknown
  #expected: Expected = 'value'
  #invalid = false
  readonly #levels: Level[] = []
  /** The string, escape or word that is being read. */
  #text = ''
  #escape = ''
  #isKey = false
  readonly #maxDepth: number

  constructor(maxDepth: number) {
    this.#maxDepth = maxDepth
  }

  get state(): JsonState {
    if (this.#invalid) return 'invalid'
    if (this.#expected === 'nothing') return 'complete'
    return this.#expected === 'value' && this.#levels.length === 0 ? 'empty' : 'open'
  }

  get path(): (string | number)[] {
    return this.#levels.flatMap(({ key }) => (key === undefined ? [] : [key]))
  }

  push(text: string): void {
    let at = 0
    while (at < text.length && !this.#invalid) {
      if (this.#expected === 'string') at = this.#readString(text, at)
      else this.#readCharacter(text.charAt(at++))
    }
    // The letters so far, once a piece and not once a letter.
    if (!this.#isKey && (this.#expected === 'string' || this.#expected === 'escape'))
      this.#put(this.#text)
  }

  end(): void {
    if (this.#expected === 'word' && this.#levels.length === 0) this.#endWord()
  }

  #readString(text: string, from: number): number {
    let at = from
    let code = 0
    for (; at < text.length; at++) {
      code = text.charCodeAt(at)
      if (code === 0x22 || code === 0x5c || code < 0x20) break
    }
    this.#text += text.slice(from, at)
    if (at === text.length) return at
    if (code === 0x22) this.#endString()
    else if (code === 0x5c) this.#expected = 'escape'
    else this.#invalid = true
    return at + 1
  }

  #readCharacter(character: string): void {
    if (this.#expected === 'escape') return this.#readEscape(character)
    if (this.#expected === 'word') {
      if (/[\w.+-]/.test(character)) {
        this.#text += character
        return
      }
      this.#endWord()
    }
    if (!/[ \t\r\n]/.test(character)) this.#readToken(character)
  }

  #readToken(character: string): void {
    const expected = this.#expected
    const isValue = expected === 'value' || expected === 'value or end of list'
    const level = this.#levels.at(-1)
    const close = Array.isArray(level?.target) ? ']' : '}'
    if (character === '"' && (isValue || expected.startsWith('key'))) {
      this.#isKey = !isValue
      this.#text = ''
      this.#expected = 'string'
    } else if (character === ':' && expected === 'colon') this.#expected = 'value'
    else if (character === ',' && expected === 'comma or end' && level) {
      level.key = typeof level.key === 'number' ? level.key + 1 : undefined
      this.#expected = close === ']' ? 'value' : 'key'
    } else if (
      level &&
      character === close &&
      (expected.endsWith('end') || expected.includes(' end of '))
    ) {
      this.#levels.pop()
      this.#endValue()
    } else if (isValue && character === '[') this.#open([], 0, 'value or end of list')
    else if (isValue && character === '{') this.#open({}, undefined, 'key or end of object')
    else if (isValue && /[-\dtfn]/.test(character)) {
      this.#text = character
      this.#expected = 'word'
    } else this.#invalid = true
  }

  #readEscape(character: string): void {
    this.#escape += character
    if (!this.#escape.startsWith('u')) {
      const letter = Object.hasOwn(ESCAPES, character) ? ESCAPES[character] : undefined
      if (letter === undefined) this.#invalid = true
      else this.#endEscape(letter)
    } else if (!/^u[\da-f]*$/i.test(this.#escape)) this.#invalid = true
    else if (this.#escape.length === 5)
      this.#endEscape(String.fromCharCode(Number.parseInt(this.#escape.slice(1), 16)))
  }

  #endEscape(letter: string): void {
    this.#text += letter
    this.#escape = ''
    this.#expected = 'string'
  }

  #endString(): void {
    const level = this.#levels.at(-1)
    if (this.#isKey && level) {
      level.key = this.#text
      this.#expected = 'colon'
    } else {
      this.#put(this.#text)
      this.#endValue()
    }
  }

  #endWord(): void {
    const word = this.#text
    if (WORDS.has(word)) this.#put(WORDS.get(word))
    else if (NUMBER.test(word)) this.#put(Number(word))
    else {
      this.#invalid = true
      return
    }
    this.#endValue()
  }

  #open(target: Level['target'], key: Level['key'], expected: Expected): void {
    this.#put(target)
    this.#levels.push({ target, key })
    this.#expected = expected
    if (this.#levels.length > this.#maxDepth) this.#invalid = true
  }

  #endValue(): void {
    this.#expected = this.#levels.length === 0 ? 'nothing' : 'comma or end'
  }

  #put(value: unknown): void {
    const level = this.#levels.at(-1)
    if (level === undefined) this.value = value
    else if (level.key === '__proto__') setField(level.target, level.key, value)
    else (level.target as Record<string | number, unknown>)[level.key ?? ''] = value
  }
}
