import { sequenceLength, type TapeChunk } from './tape.ts'

/** What a byte, or a few that make one character, look like. */
export type CellKind =
  | 'text'
  | 'line-feed'
  | 'carriage-return'
  /** Neither seen nor a line end: a name stands for it. */
  | 'control'
  /** A byte order mark, at the very beginning. */
  | 'mark'
  /** The part of a character on one side of a cut. */
  | 'cut'
  /** No UTF-8. */
  | 'invalid'

export interface Cell {
  readonly kind: CellKind
  /** How many bytes it has. */
  readonly length: number
  /** How many columns of a fixed pitch it takes. */
  readonly width: number
}

const ASCII: Cell = { kind: 'text', length: 1, width: 1 }
const LINE_FEED: Cell = { kind: 'line-feed', length: 1, width: 2 }
const CARRIAGE_RETURN: Cell = { kind: 'carriage-return', length: 1, width: 2 }
const CONTROL: Cell = { kind: 'control', length: 1, width: 3 }
const MARK: Cell = { kind: 'mark', length: 3, width: 3 }
const INVALID: Cell = { kind: 'invalid', length: 1, width: 2 }

/** The cell that begins at `at` in a chunk. Cells do not reach over cuts, so they are the same however far one has read. */
export function cellAt(chunk: TapeChunk, at: number): Cell {
  const { bytes } = chunk
  const byte = bytes[at]!
  if (byte >= 0x20 && byte < 0x7f) return ASCII
  if (byte === 0x0a) return LINE_FEED
  if (byte === 0x0d) return CARRIAGE_RETURN
  if (byte < 0x80) return CONTROL
  if (at === 0 && byte < 0xc0 && chunk.owed > 0) return cut(continuations(bytes, chunk.owed))
  const length = sequenceLength(byte)
  if (length === 1) return INVALID
  const there = soundBytes(bytes, at, length)
  if (there < length) return there === bytes.length - at ? cut(there) : INVALID
  const point = pointAt(bytes, at, length)
  if (point === 0xfeff && chunk.start + at === 0) return MARK
  if (isUnseen(point)) return { kind: 'control', length, width: 6 }
  return { kind: 'text', length, width: widthOf(point) }
}

/** What is written in the place of a cell that is not text. */
export function labelOf(kind: CellKind, bytes: Uint8Array): string {
  if (kind === 'line-feed') return 'LF'
  if (kind === 'carriage-return') return 'CR'
  if (kind === 'mark') return 'BOM'
  if (kind !== 'control') return Array.from(bytes, (byte) => hex(byte, 2)).join('')
  if (bytes.length > 1) return `U+${hex(pointAt(bytes, 0, bytes.length), 4)}`
  return CONTROL_NAMES[bytes[0]!] ?? 'DEL'
}

const CONTROL_NAMES =
  'NUL SOH STX ETX EOT ENQ ACK BEL BS TAB LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US'.split(
    ' ',
  )

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, '0')
}

function cut(length: number): Cell {
  return { kind: 'cut', length, width: 2 * length }
}

/** How many of the first bytes, `most` at most, go on with a character. */
function continuations(bytes: Uint8Array, most: number): number {
  let count = 0
  while (count < most && count < bytes.length && (bytes[count]! & 0xc0) === 0x80) count++
  return count
}

/** How many bytes of a sequence are there and may stand where they stand. */
function soundBytes(bytes: Uint8Array, at: number, length: number): number {
  const lead = bytes[at]!
  for (let index = 1; index < length; index++) {
    if (at + index === bytes.length) return index
    const byte = bytes[at + index]!
    // No surrogates, nothing longer than it need be, nothing above U+10FFFF: it shows in the second byte.
    const low = index > 1 ? 0x80 : lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80
    const high = index > 1 ? 0xbf : lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf
    if (byte < low || byte > high) return index
  }
  return length
}

function pointAt(bytes: Uint8Array, at: number, length: number): number {
  let point = bytes[at]! & (0xff >> (length + 1))
  for (let index = 1; index < length; index++) point = (point << 6) | (bytes[at + index]! & 0x3f)
  return point
}

/** C1 controls, and what turns the direction of writing: shown, it would move its neighbours. */
export function isUnseen(point: number): boolean {
  return (
    (point >= 0x80 && point <= 0xa0) ||
    point === 0xad ||
    point === 0x61c ||
    (point >= 0x200b && point <= 0x200f && point !== 0x200d) ||
    (point >= 0x2028 && point <= 0x202e) ||
    (point >= 0x2060 && point <= 0x206f) ||
    point === 0xfeff
  )
}

/** About as many columns as a terminal gives it. */
function widthOf(point: number): number {
  if ((point >= 0x300 && point <= 0x36f) || (point >= 0xfe00 && point <= 0xfe0f)) return 0
  if (point === 0x200d || (point >= 0x1f3fb && point <= 0x1f3ff)) return 0
  const isWide =
    (point >= 0x1100 && point <= 0x115f) ||
    (point >= 0x2e80 && point <= 0xa4cf) ||
    (point >= 0xac00 && point <= 0xd7a3) ||
    (point >= 0xf900 && point <= 0xfaff) ||
    (point >= 0xfe30 && point <= 0xfe6f) ||
    (point >= 0xff01 && point <= 0xff60) ||
    (point >= 0x1f000 && point <= 0x1ffff) ||
    (point >= 0x20000 && point <= 0x3fffd)
  return isWide || (point >= 0x2600 && point <= 0x27bf) ? 2 : 1
}
