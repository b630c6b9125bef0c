import { decoder } from './literal.ts'

// HOT: `copy` and `skip` look at each byte of each text. `npm run bench -- openai` pays for the liberties taken here.

/** Of one event there may be half as much: what is longer is parsed, which costs little more by the letter. */
const ROOM = 2048

const QUOTE = 0x22
const BACKSLASH = 0x5c

/** What the letter behind a backslash stands for. */
const ESCAPES = new Uint8Array(256)
for (const [letter, meaning] of Object.entries({
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}))
  ESCAPES[letter.charCodeAt(0)] = meaning.charCodeAt(0)

/** Bytes that are not simply letters of a string: what ends it, escapes, and controls, which JSON forbids. */
const ENDS_RUN = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte < 0x20 || byte === QUOTE || byte === BACKSLASH ? 1 : 0,
)

/** From so many letters on they are copied by the platform. */
const LONG = 32

/**
 * What strings of JSON say, as bytes that wait for more of their kind: decoding a hundred pieces at once costs as much as
 * decoding one.
 */
export class Letters {
  /** Up to `length` they are sure; up to `end`, those of an event that may turn out to be none that is known. */
  length = 0
  end = 0
  readonly #bytes: Uint8Array = new Uint8Array(ROOM)

  get isHalfFull(): boolean {
    return this.length > ROOM / 2
  }

  /** Copies a string up to its closing quote and returns where that is; -1 if it is better parsed. */
  copy(bytes: Uint8Array, from: number, to: number): number {
    // Half a character may stand at the end of a piece, and must not become whole with what the next begins with.
    if ((bytes[from]! & 0xc0) === 0x80) return -1
    const letters = this.#bytes
    const stop = Math.min(to, from + ROOM - this.length)
    let end = this.length
    let at = from
    while (at < stop) {
      const start = at
      while (at < stop && ENDS_RUN[bytes[at]!] === 0) at++
      if (at - start > LONG) {
        letters.set(bytes.subarray(start, at), end)
        end += at - start
      } else for (let next = start; next < at; next++) letters[end++] = bytes[next]!
      const byte = bytes[at]
      if (at === stop || (byte !== QUOTE && byte !== BACKSLASH)) return -1
      this.end = end
      if (byte === QUOTE) return at
      const letter = ESCAPES[bytes[++at]!]
      if (letter) {
        letters[end++] = letter
        at++
      } else {
        if (bytes[at] !== 0x75) return -1
        at = this.#unicode(bytes, at + 1)
        if (at < 0) return -1
        end = this.end
      }
    }
    return -1
  }

  /** Takes the four digits of an escape, or two such of one character. Half of one is left to the parser. */
  #unicode(bytes: Uint8Array, from: number): number {
    let code = hexAt(bytes, from)
    let at = from + 4
    if (code >= 0xd800 && code < 0xe000) {
      if (code >= 0xdc00 || bytes[at] !== BACKSLASH || bytes[at + 1] !== 0x75) return -1
      const low = hexAt(bytes, at + 2)
      if (low < 0xdc00 || low >= 0xe000) return -1
      code = 0x10000 + ((code & 0x3ff) << 10) + (low & 0x3ff)
      at += 6
    }
    if (code < 0) return -1
    const letters = this.#bytes
    if (code < 0x80) letters[this.end++] = code
    else {
      const more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3
      letters[this.end++] = ((0xff00 >> (more + 1)) & 0xff) | (code >> (6 * more))
      for (let left = more - 1; left >= 0; left--)
        letters[this.end++] = 0x80 | ((code >> (6 * left)) & 0x3f)
    }
    return at
  }

  /** Makes text of them. */
  take(): string {
    const text = decoder.decode(this.#bytes.subarray(0, this.length))
    this.length = this.end = 0
    return text
  }
}

/** Where the plain string that stands here ends; -1 if it is none. */
export function skip(bytes: Uint8Array, from: number, to: number): number {
  let at = from
  while (at < to && ENDS_RUN[bytes[at]!] === 0) at++
  return at < to && bytes[at] === QUOTE ? at : -1
}

/** The whole number that JSON allows ends here; -1 if there is none. */
export function skipNumber(bytes: Uint8Array, from: number, to: number): number {
  let at = from
  while (at < to && at - from < 15 && bytes[at]! >= 0x30 && bytes[at]! <= 0x39) at++
  const isZeroFirst = bytes[from] === 0x30 && at - from > 1
  return at === from || isZeroFirst ? -1 : at
}

/** Four hexadecimal digits; negative if there are none. */
function hexAt(bytes: Uint8Array, from: number): number {
  let code = 0
  for (let at = from; at < from + 4; at++) {
    const byte = bytes[at]!
    const letter = byte | 0x20
    const digit =
      byte >= 0x30 && byte <= 0x39
        ? byte - 0x30
        : letter >= 0x61 && letter <= 0x66
          ? letter - 87
          : -1
    if (digit < 0) return -1
    code = code * 16 + digit
  }
  return code
}
