import { skipNumber, skipString } from './letters.ts'
import { decoder, type Literal } from './literal.ts'

// HOT: `match` is called with each event. The benchmark cases `openai/*` measure this file. Bytes are compared eight at
// a time: 45 ns for an event of 300, where four at a time take 90.

const LF = 0x0a
const POINT = 0x2e
/** Numbers of so many digits are exact, and so are such powers of ten. */
const MAX_DIGITS = 15

/** What can stand in a hole. */
export type Kind = 'text' | 'string' | 'number' | 'skipped string' | 'skipped number' | 'parsed'

/** The bytes around the fillings: one more than there are fillings. */
export interface Pattern {
  readonly literals: readonly Literal[]
  readonly fillings: readonly { readonly kind: Kind }[]
}

/** How the events of one stream begin, up to a filling. */
export interface Lead {
  readonly literal: Literal
  readonly filling: number
}

/** Smaller chunks are copied, which takes 15 ns; making a `DataView` takes 80. */
const SCRATCH = 4096
const scratch = new Uint8Array(SCRATCH)
const scratchView = new DataView(scratch.buffer)

/**
 * The chunk that is read, and where the fillings of the event are that was matched last. There is one for all streams:
 * nothing is read from it after another chunk was opened.
 */
export class Window {
  chunk: Uint8Array | undefined
  bytes: Uint8Array = scratch
  view: DataView = scratchView
  to = 0
  /** Whether the event began with its lead. */
  hasLead = false
  readonly starts: number[] = []
  readonly ends: number[] = []
  /** The values of parsed fields. */
  readonly values: unknown[] = []
  #text: string | undefined

  open(chunk: Uint8Array): void {
    this.chunk = chunk
    this.to = chunk.length
    this.#text = undefined
    if (this.to <= SCRATCH) {
      scratch.set(chunk)
      this.bytes = scratch
      this.view = scratchView
      return
    }
    // Browsers decode no memory that is shared or can shrink.
    const bytes = isPlain(chunk.buffer) ? chunk : new Uint8Array(chunk)
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, this.to)
  }

  /** Keeps nothing of the chunk. */
  close(): void {
    this.chunk = this.#text = undefined
    if (this.values.length > 0) this.values.length = 0
    this.bytes = scratch
    this.view = scratchView
  }

  /** All of it as text. If it is ASCII, it is as long as the bytes, and places in it are the same. */
  get text(): string {
    return (this.#text ??= decoder.decode(this.bytes.subarray(0, this.to)))
  }

  /** The number in a filling. */
  numberIn(filling: number): number {
    const from = this.starts[filling]!
    const to = this.ends[filling]!
    let digits = 0
    let base = 1
    let divisor = 1
    for (let at = from; at < to; at++) {
      const byte = this.bytes[at]!
      if (byte === POINT) base = 10
      else if (byte < 0x30 || byte > 0x39 || to - from > MAX_DIGITS)
        return Number(this.#decode(from, to))
      else {
        digits = 10 * digits + byte - 0x30
        divisor *= base
      }
    }
    // Both are exact, so the quotient is the number that is nearest to the decimal.
    return digits / divisor
  }

  /** The string in a filling. */
  stringIn(filling: number): string {
    const text = this.#decode(this.starts[filling]!, this.ends[filling]!)
    return text.includes('\\') ? (JSON.parse(`"${text}"`) as string) : text
  }

  #decode(from: number, to: number): string {
    return decoder.decode(this.bytes.subarray(from, to))
  }
}

export const window: Window = new Window()

function isPlain(buffer: ArrayBufferLike & { readonly resizable?: boolean }): boolean {
  return buffer instanceof ArrayBuffer && buffer.resizable !== true
}

/** The end of the event that begins at `from`, if it matches; otherwise -1. */
export function match({ literals, fillings }: Pattern, from: number, lead?: Lead): number {
  const { bytes, view, to, starts, ends } = window
  let at = from
  let number = 0
  let literal = literals[0]!
  window.hasLead = lead !== undefined && equals(lead.literal, bytes, view, at, to)
  if (lead !== undefined && window.hasLead) {
    number = lead.filling
    literal = lead.literal
  } else if (!equals(literal, bytes, view, at, to)) return -1
  at += literal.length
  while (number < fillings.length) {
    literal = literals[number + 1]!
    starts[number] = at
    at = endOf(fillings[number]!.kind, literal, number, at)
    if (at < 0 || !equals(literal, bytes, view, at, to)) return -1
    ends[number++] = at
    at += literal.length
  }
  return at
}

function endOf(kind: Kind, next: Literal, number: number, from: number): number {
  const { bytes, to } = window
  switch (kind) {
    case 'text':
    case 'skipped string':
      return skipString(bytes, from, to)
    case 'string': {
      const end = skipString(bytes, from, to)
      return end === from ? -1 : end
    }
    case 'number':
    case 'skipped number':
      return skipNumber(bytes, from, to)
    default:
      return parse(next, number, from)
  }
}

/** Two numbers of 64 bits are equal without being the same bytes only if they are NUL, which is not in JSON. */
export function equals(
  { words, last, short, length }: Literal,
  bytes: Uint8Array,
  view: DataView,
  from: number,
  to: number,
): boolean {
  const end = from + length
  if (end > to) return false
  let at = from
  if (short !== undefined) {
    for (let byte = 0; byte < length; byte++) if (bytes[at++] !== short[byte]) return false
    return true
  }
  for (let word = 0; word < words.length; word++, at += 8)
    if (view.getFloat64(at, true) !== words[word]!) return false
  return view.getFloat64(end - 8, true) === last
}

/** Parses the value that stands before the next literal. A search of text is many times as fast as one of bytes. */
function parse(next: Literal, number: number, from: number): number {
  const { bytes, view, to, text } = window
  const isAscii = text.length === to
  // An event has no line end inside.
  const line = isAscii ? text.indexOf('\n', from) : bytes.indexOf(LF, from)
  let end = from
  if (isAscii) end = text.indexOf(next.text, from)
  else {
    // A comma or a bracket: what stands after a value.
    const first = next.text.charCodeAt(0)
    while (end <= line && !(bytes[end] === first && equals(next, bytes, view, end, to))) end++
  }
  if (end < 0 || end > line) return -1
  const json = isAscii ? text.slice(from, end) : decoder.decode(bytes.subarray(from, end))
  // It ends a line too.
  if (json.includes('\r')) return -1
  try {
    const value: unknown = JSON.parse(json)
    if (typeof value !== 'object' || value === null) return -1
    window.values[number] = value
    return end
  } catch {
    return -1
  }
}
