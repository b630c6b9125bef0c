import { type Letters, skipNumber, skipString } from './letters.ts'
import { decoder, type Literal } from './literal.ts'
import type { Hole } from './template.ts'

// HOT: `match` is called with each event. The benchmark cases `openai/*` measure this file. Bytes are compared eight at
// a time: 45 ns for an event of 300, where four at a time take 90.

const LF = 0x0a

/** Bytes to be read. */
export class Window {
  readonly bytes: Uint8Array
  readonly view: DataView
  readonly to: number
  #text: string | undefined

  constructor(bytes: Uint8Array, view: DataView, to: number) {
    this.bytes = bytes
    this.view = view
    this.to = to
  }

  /** All of it as text. If it is ASCII, it is as long as the bytes, and places in it are the same. */
  get text(): string {
    return (this.#text ??= decoder.decode(this.bytes.subarray(0, this.to)))
  }
}

/** What stands in one hole of the events that were matched. */
export interface Filling {
  readonly kind: Hole['kind']
  /** Of text and strings: the letters that were copied. */
  readonly letters: Letters | undefined
  /** Of numbers and parsed fields: the value in the event that was matched last, of which the rest may still differ. */
  value: unknown
}

/** The bytes around the fillings: one more than there are fillings. */
export interface Pattern {
  readonly literals: readonly Literal[]
  readonly fillings: readonly Filling[]
}

/** The end of the event that begins at `from`, if it matches; otherwise -1. */
export function match({ literals, fillings }: Pattern, window: Window, from: number): number {
  const { bytes, view, to } = window
  let at = from
  for (let number = 0; ; number++) {
    const literal = literals[number]!
    if (!equals(literal, bytes, view, at, to)) return -1
    at += literal.length
    if (number === fillings.length) return at
    at = fill(fillings[number]!, literals[number + 1]!, window, at)
    if (at < 0) return -1
  }
}

function fill(filling: Filling, next: Literal, window: Window, from: number): number {
  const { bytes, to } = window
  const { letters } = filling
  switch (filling.kind) {
    case 'text':
      return letters!.copy(bytes, from, to)
    case 'string': {
      const end = letters!.copy(bytes, from, to)
      return end === from ? -1 : end
    }
    case 'skipped string':
      return skipString(bytes, from, to)
    case 'skipped number':
      return skipNumber(bytes, from, to)
    case 'number': {
      const end = skipNumber(bytes, from, to)
      if (end >= 0) filling.value = numberIn(bytes, from, end)
      return end
    }
    default:
      return parse(filling, next, window, from)
  }
}

/** Two numbers of 64 bits are equal without being the same bytes only if they are NUL, which is not in JSON. */
function equals(
  { words, rest, length }: Literal,
  bytes: Uint8Array,
  view: DataView,
  from: number,
  to: number,
): boolean {
  if (from + length > to) return false
  let at = from
  for (let word = 0; word < words.length; word++, at += 8)
    if (view.getFloat64(at, true) !== words[word]!) return false
  for (let byte = 0; byte < rest.length; byte++) if (bytes[at++] !== rest[byte]) return false
  return true
}

/** Parses the value that stands before the next literal. A search of text is many times as fast as one of bytes. */
function parse(filling: Filling, next: Literal, window: Window, from: number): number {
  const { bytes, view, to, text } = window
  const isAscii = text.length === to
  let end = from
  if (isAscii) end = text.indexOf(next.text, from)
  else while (end < to && !equals(next, bytes, view, end, to)) end++
  // An event has no line end inside.
  const line = isAscii ? text.indexOf('\n', from) : bytes.indexOf(LF, from)
  if (end < 0 || end > line) return -1
  try {
    const value: unknown = JSON.parse(
      isAscii ? text.slice(from, end) : decoder.decode(bytes.subarray(from, end)),
    )
    if (typeof value !== 'object' || value === null) return -1
    filling.value = value
    return end
  } catch {
    return -1
  }
}

function numberIn(bytes: Uint8Array, from: number, to: number): number {
  if (to - from > 15) return Number(decoder.decode(bytes.subarray(from, to)))
  let value = 0
  for (let at = from; at < to; at++) {
    const digit = bytes[at]! - 0x30
    if (digit < 0 || digit > 9) return Number(decoder.decode(bytes.subarray(from, to)))
    value = 10 * value + digit
  }
  return value
}
