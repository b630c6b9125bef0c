import { ESCAPES } from '../json/scan.ts'
import { decoder } from './literal.ts'

// HOT: `copy` and `skip` look at each byte of each string. The benchmark cases `openai/*` measure this file.

/** An event may have half as much text: longer text is parsed, which costs little more by the letter. */
const ROOM = 2048

const QUOTE = 0x22
const BACKSLASH = 0x5c

/** What the letter after a backslash stands for. */
const MEANINGS = new Uint8Array(256)
for (const [letter, meaning] of Object.entries(ESCAPES))
  MEANINGS[letter.charCodeAt(0)] = meaning.charCodeAt(0)

/** Bytes that are not simply letters of a string: the closing quote, escapes, and controls, which JSON forbids. */
const ENDS_RUN = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte < 0x20 || byte === QUOTE || byte === BACKSLASH ? 1 : 0,
)

/** Runs longer than this are copied by the platform. */
const LONG = 32

/** The contents of JSON strings, as bytes that wait to be decoded: decoding a hundred pieces costs as much as decoding one. */
export class Letters {
  /** The letters up to `length` are certain; those up to `end` belong to an event that may still turn out to be unknown. */
  length = 0
  end = 0
  readonly #bytes: Uint8Array = new Uint8Array(ROOM)

  get isHalfFull(): boolean {
    return this.length > ROOM / 2
  }

  /** Copies a string up to its closing quote and returns the place of the quote; -1 if the string is better parsed. */
  copy(bytes: Uint8Array, from: number, to: number): number {
    // Half a character at the end of one piece must not become whole with the beginning of the next.
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
      const letter = MEANINGS[bytes[++at]!]
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

  /** Copies the character of a `\\u` escape, or of two that make one. Half a character is left to the parser. */
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

  /** Decodes the letters and forgets them. */
  take(): string {
    const text = decoder.decode(this.#bytes.subarray(0, this.length))
    this.length = this.end = 0
    return text
  }
}

/** The place of the quote that ends the string; -1 if it does not end here, or is not valid JSON. */
export function skipString(bytes: Uint8Array, from: number, to: number): number {
  let at = from
  for (;;) {
    while (at < to && ENDS_RUN[bytes[at]!] === 0) at++
    if (at >= to) return -1
    if (bytes[at] === QUOTE) return at
    if (bytes[at] !== BACKSLASH) return -1
    const letter = bytes[at + 1]!
    if (letter === 0x75) {
      if (hexAt(bytes, at + 2) < 0) return -1
      at += 6
    } else if (MEANINGS[letter] === 0 || at + 1 >= to) return -1
    else at += 2
  }
}

/** The place after the number; -1 if there is none, or JSON does not allow it. */
export function skipNumber(bytes: Uint8Array, from: number, to: number): number {
  const start = bytes[from] === 0x2d ? from + 1 : from
  let at = skipDigits(bytes, start, to)
  if (at === start || (bytes[start] === 0x30 && at > start + 1)) return -1
  if (bytes[at] === 0x2e) {
    const fraction = skipDigits(bytes, at + 1, to)
    if (fraction === at + 1) return -1
    at = fraction
  }
  if (at < to && (bytes[at]! | 0x20) === 0x65) {
    const sign = bytes[at + 1] === 0x2b || bytes[at + 1] === 0x2d ? at + 2 : at + 1
    const exponent = skipDigits(bytes, sign, to)
    if (exponent === sign) return -1
    at = exponent
  }
  return at
}

function skipDigits(bytes: Uint8Array, from: number, to: number): number {
  let at = from
  while (at < to && bytes[at]! >= 0x30 && bytes[at]! <= 0x39) at++
  return at
}

/** The value of four hexadecimal digits; negative if they are not all digits. */
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
