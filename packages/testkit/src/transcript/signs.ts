// Bytes as text that a person can read and an editor cannot spoil, and back. data/README.md has the rules.

import { TranscriptError } from './errors.ts'
import type { OwnBytes } from './types.ts'

const LF = 0x0a
/** U+2400 to U+241F picture the control characters; the two after them picture the space and DEL. */
const PICTURES = 0x2400
const SPACE_PICTURE = 0x2420
const DELETE_PICTURE = 0x2421
const DELETE = 0x7f

/**
 * Characters that cannot be seen or told apart, and the signs themselves. A fixed list, not Unicode properties:
 * those differ from one runtime to the next, and the same bytes must make the same file.
 */
const HIDDEN =
  '\\u0080-\\u00a0\\u00ad\\u034f\\u061c\\u115f\\u1160\\u1680\\u180e\\u2000-\\u200b\\u200e\\u200f\\u2028-\\u202f' +
  '\\u205f-\\u206f\\u2400-\\u2421\\u27e6\\u27e7\\u3164\\ufeff\\uffa0\\ufff0-\\ufffb\\ufffe\\uffff\\u{e0000}-\\u{e0fff}'
export const HIDDEN_CHARACTER: RegExp = new RegExp(`[\\x7f${HIDDEN}]`, 'gu')
const UNSAFE = new RegExp(`[\\0-\\x1f\\x7f${HIDDEN}]`, 'gu')
const SIGNS = new RegExp(`⟦[^⟦⟧]*⟧|[\\0-\\x1f\\x7f${HIDDEN}]|\\p{Surrogate}`, 'gu')
const HEXADECIMAL = /^⟦[0-9a-f]{2}( [0-9a-f]{2})*⟧$/

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The bytes as one line: control characters as pictures, hidden ones and whatever is not UTF-8 in hexadecimal. */
export function toSigns(bytes: Uint8Array): string {
  const text = charactersAndOthers(bytes)
    .map((run) => (typeof run === 'string' ? run.replaceAll(UNSAFE, signOf) : hexadecimal(run)))
    .join('')
    .replaceAll('⟧⟦', ' ')
  // Editors take white space off the ends of lines.
  return text.endsWith(' ') ? text.slice(0, -1) + String.fromCharCode(SPACE_PICTURE) : text
}

/** The bytes in lines, each up to and including its line feed; the last may have none. Of no bytes, no lines. */
export function toLines(bytes: Uint8Array): string[] {
  const lines: string[] = []
  let start = 0
  while (start < bytes.length) {
    const feed = bytes.indexOf(LF, start)
    const end = feed < 0 ? bytes.length : feed + 1
    lines.push(toSigns(bytes.subarray(start, end)))
    start = end
  }
  return lines
}

/** The bytes that a line stands for. */
export function fromSigns(text: string, line: number): Uint8Array {
  const parts: Uint8Array[] = []
  let start = 0
  for (const match of text.matchAll(SIGNS)) {
    parts.push(encoder.encode(text.slice(start, match.index)), bytesOf(match[0], line))
    start = match.index + match[0].length
  }
  parts.push(encoder.encode(text.slice(start)))
  return concat(parts)
}

export function concat(parts: readonly Uint8Array[]): OwnBytes {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

function signOf(character: string): string {
  const code = character.codePointAt(0) as number
  if (code < 0x20) return String.fromCharCode(PICTURES + code)
  if (code === DELETE) return String.fromCharCode(DELETE_PICTURE)
  return hexadecimal(encoder.encode(character))
}

function bytesOf(sign: string, line: number): Uint8Array {
  const code = sign.codePointAt(0) as number
  if (HEXADECIMAL.test(sign)) {
    return Uint8Array.from(sign.slice(1, -1).split(' '), (digits) => Number.parseInt(digits, 16))
  }
  if (code >= PICTURES && code < SPACE_PICTURE) return Uint8Array.of(code - PICTURES)
  if (code === SPACE_PICTURE) return Uint8Array.of(0x20)
  if (code === DELETE_PICTURE) return Uint8Array.of(DELETE)
  if (sign.startsWith('⟦') || sign === '⟧') {
    const message =
      'The brackets ⟦⟧ hold bytes in hexadecimal, two digits each, one space between them: ⟦e2 80⟧.'
    throw new TranscriptError('invalid-sign', message, line)
  }
  const name = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
  const advice =
    code === 0x0d
      ? 'Lines of a transcript end in LF alone; if the file was converted to CR LF, convert it back.'
      : `Write the character as ${/\p{Surrogate}/u.test(sign) ? 'bytes' : signOf(sign)}.`
  throw new TranscriptError(
    'invalid-sign',
    `${name} must not stand in a transcript as it is. ${advice}`,
    line,
  )
}

function hexadecimal(bytes: Uint8Array): string {
  return `⟦${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ')}⟧`
}

/** Runs of whole characters as strings, and of what is none as bytes. */
function charactersAndOthers(bytes: Uint8Array): (string | Uint8Array)[] {
  const runs: (string | Uint8Array)[] = []
  let at = 0
  while (at < bytes.length) {
    const start = at
    const valid = characterLength(bytes, at) > 0
    for (let length = characterLength(bytes, at); at < bytes.length && length > 0 === valid;) {
      at += Math.max(length, 1)
      length = at < bytes.length ? characterLength(bytes, at) : 0
    }
    const run = bytes.subarray(start, at)
    runs.push(valid ? decoder.decode(run) : run)
  }
  return runs
}

/** How many bytes the UTF-8 character at this place has; 0 when there is none. */
function characterLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] as number
  if (first < 0x80) return 1
  const length = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0
  if (length === 0 || at + length > bytes.length) return 0
  // The second byte is bounded more narrowly: no overlong forms, no surrogates, nothing above U+10FFFF.
  const second = bytes[at + 1] as number
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf
  if (second < low || second > high) return 0
  for (let next = at + 2; next < at + length; next++) {
    if (((bytes[next] as number) & 0xc0) !== 0x80) return 0
  }
  return length
}
