import fc, { type Arbitrary } from 'fast-check'
import type { ReferenceEvent } from '../types.ts'
import { lineOfText, SUSPECTS } from './text.ts'
import type { SseStream, SseStreamOptions } from './types.ts'

// A stream is put together from lines whose meaning is known before they are bytes. Nothing here reads bytes to find
// out what they mean, so that agreement with a parser is evidence.

/** A piece of a line: bytes, and the text that they decode to. */
interface Piece {
  readonly bytes: readonly number[]
  readonly text: string
}

/** What a line does. A line may do nothing: one that the standard tells to ignore. */
type Effect =
  | { readonly kind: 'data' | 'event' | 'id' | 'comment'; readonly value: string }
  | { readonly kind: 'retry'; readonly value: number }
  | { readonly kind: 'unknown'; readonly name: string; readonly value: string }
  | { readonly kind: 'ignored' }

interface Line {
  readonly bytes: readonly number[]
  readonly effect: Effect
}

type LineEnd = '\n' | '\r' | '\r\n'
type EndedLine = readonly [line: Line, end: LineEnd]

interface Plan {
  readonly byteOrderMark: boolean
  readonly blocks: readonly (readonly [lines: readonly EndedLine[], blank: LineEnd])[]
  readonly tail: { readonly lines: readonly EndedLine[]; readonly rest: readonly number[] }
}

/**
 * Event streams together with what they mean. Every kind of line end, mixed; byte order marks at the front and
 * elsewhere; comments; unknown fields; `retry` good and bad; ids alone, empty and ignored; blocks of nothing;
 * malformed UTF-8; an end in the middle of a block, a line or a character. The meaning is known from how the stream is
 * made, not by parsing it.
 *
 * @example
 * ```ts
 * import fc from 'fast-check'
 * import { referenceParse } from '@tesserae/testkit'
 * import { sseStream } from '@tesserae/testkit/arbitraries'
 *
 * // Put your own parser in the place of this one.
 * fc.assert(
 *   fc.property(sseStream(), ({ bytes, events }) => {
 *     return JSON.stringify(referenceParse(bytes).events) === JSON.stringify(events)
 *   }),
 * )
 * ```
 */
export function sseStream(options: SseStreamOptions = {}): Arbitrary<SseStream> {
  const { maxBlocks = 6, unfinished = true, malformed = true } = options
  const lineEnd = fc.constantFrom<LineEnd>('\n', '\r\n', '\r')
  const line = anyLine(malformed)
  const lines = fc.array(fc.tuple(line, lineEnd), { maxLength: 5 })
  const none = fc.constant({ lines: [], rest: [] })
  // The last line without its end: a line as far as it came.
  const rest = fc
    .tuple(line, fc.nat({ max: 40 }))
    .map(([{ bytes }, length]) => bytes.slice(0, length))
  const tail = unfinished
    ? fc.oneof(none, fc.record({ lines, rest: fc.oneof(fc.constant([]), rest) }))
    : none

  return fc
    .record<Plan>({
      byteOrderMark: fc.boolean(),
      blocks: fc.array(fc.tuple(lines, lineEnd), { maxLength: maxBlocks }),
      tail,
    })
    .map(write)
}

const utf8 = new TextEncoder()
const encode = (text: string): number[] => [...utf8.encode(text)]
const plain = (text: string): Piece => ({ bytes: encode(text), text })
const concat = (pieces: readonly Piece[]): Piece => ({
  bytes: pieces.flatMap(({ bytes }) => bytes),
  text: pieces.map(({ text }) => text).join(''),
})

/** Malformed UTF-8 that stays what it is whatever comes after it. */
const MALFORMED: readonly Piece[] = [
  { bytes: [0xff], text: '\ufffd' },
  { bytes: [0x80], text: '\ufffd' },
  { bytes: [0xc0, 0x8a], text: '\ufffd\ufffd' },
  { bytes: [0xe0, 0x80, 0x8d], text: '\ufffd\ufffd\ufffd' },
  { bytes: [0xed, 0xa0, 0x80], text: '\ufffd\ufffd\ufffd' },
  { bytes: [0xf4, 0x90, 0x80, 0x80], text: '\ufffd\ufffd\ufffd\ufffd' },
  { bytes: [0xe2, 0x82, 0x20], text: '\ufffd ' },
  { bytes: [0xf0, 0x9f, 0x98, 0x3a], text: '\ufffd:' },
]

/** Sequences that are broken off: at the end of a line only, where no byte follows that could go on with them. */
const BROKEN_OFF: readonly Piece[] = [[0xc3], [0xe2, 0x82], [0xef, 0xbb], [0xf0, 0x9f, 0x98]].map(
  (bytes) => ({ bytes, text: '\ufffd' }),
)

function anyValue(malformed: boolean): Arbitrary<Piece> {
  const text = lineOfText().map(plain)
  if (!malformed) return text
  const piece = fc.oneof(
    { weight: 4, arbitrary: text },
    { weight: 1, arbitrary: fc.constantFrom(...MALFORMED) },
  )
  const end = fc.option(fc.constantFrom(...BROKEN_OFF), { nil: plain(''), freq: 15 })
  return fc.oneof(
    { weight: 3, arbitrary: text },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.array(piece, { maxLength: 3 }), end)
        .map(([pieces, last]) => concat([...pieces, last])),
    },
  )
}

function anyLine(malformed: boolean): Arbitrary<Line> {
  const value = anyValue(malformed)
  const form = fc.nat({ max: 2 })
  const field = (
    name: string,
    value: Arbitrary<Piece>,
    effect: (text: string) => Effect,
  ): Arbitrary<Line> =>
    fc.tuple(value, form).map(([piece, form]) => ({
      bytes: writeField(plain(name), piece, form),
      effect: effect(piece.text),
    }))

  // Types that mean something to `EventSource`, or to a program that looks them up in an object.
  const types = fc.constantFrom('message', 'error', 'open', '__proto__', 'constructor').map(plain)
  const event = fc.oneof({ weight: 3, arbitrary: value }, { weight: 1, arbitrary: types })
  const id = field('id', value, (text) =>
    text.includes('\0') ? { kind: 'ignored' } : { kind: 'id', value: text },
  )
  const digits = fc.oneof(
    fc.nat({ max: 100_000 }).map(String),
    fc.constantFrom('0', '007', '2147483647', '2147483648', '9'.repeat(30)),
  )
  const retry = field('retry', digits.map(plain), (text) => ({
    kind: 'retry',
    value: Number(text) > 2147483647 ? 2147483647 : Number(text),
  }))
  const noDigits = fc.constantFrom(
    '',
    ' ',
    ' 1',
    '1 ',
    '-1',
    '+1',
    '1.5',
    '0x10',
    '1e3',
    '٥',
    'x',
    '1\0',
  )
  const badRetry = field('retry', noDigits.map(plain), () => ({ kind: 'ignored' }))
  const comment = value.map((piece): Line => ({
    bytes: [0x3a, ...piece.bytes],
    effect: { kind: 'comment', value: piece.text },
  }))
  const unknown = fc
    .tuple(unknownName(malformed), value, form)
    .map(([name, piece, form]): Line => ({
      bytes: writeField(name, piece, form),
      effect: { kind: 'unknown', name: name.text, value: piece.text },
    }))
  return fc.oneof(
    { weight: 6, arbitrary: field('data', value, (text) => ({ kind: 'data', value: text })) },
    { weight: 2, arbitrary: field('event', event, (text) => ({ kind: 'event', value: text })) },
    { weight: 2, arbitrary: id },
    { weight: 1, arbitrary: retry },
    { weight: 1, arbitrary: badRetry },
    { weight: 2, arbitrary: comment },
    { weight: 2, arbitrary: unknown },
  )
}

/** A name that is not a field's, mostly one that is nearly one. It has no colon and is not empty. */
function unknownName(malformed: boolean): Arbitrary<Piece> {
  const near = fc.constantFrom(
    'Data',
    'DATA',
    ' data',
    'data ',
    '\tdata',
    'dat',
    'datas',
    'data\0',
    '\0data',
    '\ufeffdata',
    '\ufeff',
    'eventt',
    'Event',
    'evenT',
    'ID',
    'Id',
    'i',
    'idd',
    'retry ',
    'Retry',
    'retr',
    '__proto__',
    'constructor',
    'toString',
    '{"error"',
    'dаta',
    'ſd',
  )
  const any = fc.oneof(lineOfText(), fc.constantFrom(...SUSPECTS)).map((text) => {
    const name = text.replaceAll(':', '')
    return ['', 'data', 'event', 'id', 'retry'].includes(name) ? `x${name}` : name
  })
  const text = fc.oneof(near, any).map(plain)
  if (!malformed) return text
  const broken = fc.constantFrom<Piece>(
    { bytes: [0xff, ...encode('data')], text: '\ufffddata' },
    { bytes: [0xef, 0xbb, ...encode('data')], text: '\ufffddata' },
    { bytes: [...encode('dat'), 0xc1, ...encode('a')], text: 'dat\ufffda' },
  )
  return fc.oneof({ weight: 9, arbitrary: text }, { weight: 1, arbitrary: broken })
}

/** A field in one of the ways to write it: `name:value`, `name: value`, and for an empty value `name` alone. */
function writeField(name: Piece, value: Piece, form: number): number[] {
  if (value.bytes.length === 0 && form === 2) return [...name.bytes]
  // The first space belongs to the colon, so a value that begins with one needs another before it.
  const space = form === 1 || value.text.startsWith(' ')
  return [...name.bytes, ...encode(space ? ': ' : ':'), ...value.bytes]
}

const BYTE_ORDER_MARK = encode('\ufeff')

function write({ byteOrderMark, blocks, tail }: Plan): SseStream {
  const bytes: number[] = []
  const events: ReferenceEvent[] = []
  const retries: number[] = []
  const comments: string[] = []
  const unknownFields: [string, string][] = []
  let lastEventId = ''
  let lastIdSeen = ''
  let afterCarriageReturn = false

  /** Writes lines, and says what there is to say of them as a block. */
  const writeLines = (lines: readonly EndedLine[]) => {
    const block = {
      data: [] as string[],
      event: '',
      id: undefined as string | undefined,
      fields: [] as ('event' | 'data' | 'id')[],
    }
    for (const [{ bytes: line, effect }, end] of lines) {
      bytes.push(...line, ...encode(end))
      afterCarriageReturn = end === '\r'
      if (effect.kind === 'data' || effect.kind === 'event' || effect.kind === 'id') {
        if (!block.fields.includes(effect.kind)) block.fields.push(effect.kind)
      }
      if (effect.kind === 'data') block.data.push(effect.value)
      if (effect.kind === 'event') block.event = effect.value
      if (effect.kind === 'id') block.id = lastIdSeen = effect.value
      if (effect.kind === 'retry') retries.push(effect.value)
      if (effect.kind === 'comment') comments.push(effect.value)
      if (effect.kind === 'unknown') unknownFields.push([effect.name, effect.value])
    }
    return block
  }

  for (const [lines, blank] of blocks) {
    const { data, event, id } = writeLines(lines)
    // A line feed right after a carriage return would be one line end with it, and no blank line.
    const end: LineEnd = afterCarriageReturn && blank === '\n' ? '\r\n' : blank
    bytes.push(...encode(end))
    afterCarriageReturn = end === '\r'
    lastEventId = lastIdSeen
    if (data.length > 0)
      events.push({ event: event || undefined, data: data.join('\n'), id, lastEventId })
  }

  const tailStart = bytes.length
  const { fields } = writeLines(tail.lines)
  bytes.push(...tail.rest)
  const isPending =
    tail.rest.length > 0 || tail.lines.some(([{ effect }]) => effect.kind !== 'comment')
  const pendingBytes = bytes.length - tailStart

  // A first line that begins with U+FEFF needs a byte order mark in front, or that character would be taken for one.
  const startsWithMark = BYTE_ORDER_MARK.every((byte, index) => bytes[index] === byte)
  if (byteOrderMark || startsWithMark) bytes.unshift(...BYTE_ORDER_MARK)
  return {
    bytes: Uint8Array.from(bytes),
    events,
    retries,
    comments,
    unknownFields,
    lastEventId,
    reconnectionTime: retries.at(-1),
    pending: isPending ? { bytes: pendingBytes, fields } : undefined,
  }
}
