import { mutatedSseBytes, sseStream } from '@tesserae/testkit/arbitraries'
import type { ChunkMemory } from '@tesserae/testkit'
import fc, { type Arbitrary } from 'fast-check'
import { joined, utf8 } from './bytes.ts'

/** The pieces that streams are made of, put together without any sense. */
const FIELDS = ['data', 'data:', 'data: ', 'event:', 'id:', 'retry:', 'retry: 5', 'foo']
const LINE_ENDS = ['\n', '\n', '\n\n', '\r', '\r\n', '\r\n\r\n']
const CHARACTERS = [':', ' ', 'x', '5', '\0', '\u{feff}', 'é', '漢字', '😀', '\u2028']
const BYTES = [0xef, 0xbb, 0xbf, 0xff, 0xc3, 0xe2, 0x82, 0xf0, 0x9f, 0x80]

const tokenSoup = (): Arbitrary<Uint8Array> =>
  fc
    .array(
      fc.oneof(
        fc.constantFrom(...FIELDS, ...LINE_ENDS, ...CHARACTERS).map((text) => utf8(text)),
        fc.constantFrom(...BYTES).map((byte) => Uint8Array.of(byte)),
      ),
      { maxLength: 60 },
    )
    .map(joined)

/** Well-formed streams, faulty ones, and nonsense. */
export const anyStream = (): Arbitrary<Uint8Array> =>
  fc.oneof(
    sseStream({ maxBlocks: 10 }).map(({ bytes }) => bytes),
    mutatedSseBytes(),
    tokenSoup(),
  )

export const anyMemory = (): Arbitrary<ChunkMemory> => fc.constantFrom('views', 'copies', 'padded')

/** Chunks of whatever bytes, in memory of any kind. */
export const cutAnywhere = (most = 12): Arbitrary<(bytes: Uint8Array) => Uint8Array[]> =>
  fc
    // As fractions, positions fit bytes of any length, and shrink without them.
    .tuple(fc.array(fc.nat({ max: 9999 }), { maxLength: most }), anyMemory())
    .map(([positions, memory]) => (bytes) => {
      const ends = positions
        .map((at) => Math.round((at / 9999) * bytes.length))
        .sort((a, b) => a - b)
      let start = 0
      return [...ends, bytes.length].map((end) =>
        inMemory(bytes.subarray(start, (start = end)), memory),
      )
    })

export interface CutStream {
  readonly bytes: Uint8Array
  readonly chunks: Uint8Array[]
}

/** A stream and its chunks. */
export const cutStream = (bytes: Arbitrary<Uint8Array>): Arbitrary<CutStream> =>
  fc.tuple(bytes, cutAnywhere()).map(([bytes, cut]) => ({ bytes, chunks: cut(bytes) }))

function inMemory(view: Uint8Array, memory: ChunkMemory): Uint8Array {
  if (memory === 'views') return view
  if (memory === 'copies') return view.slice()
  const padded = new Uint8Array(view.length + 16).fill(0x0a)
  padded.set(view, 8)
  return padded.subarray(8, 8 + view.length)
}

/** Blocks as most servers write them, among lines that are nearly so, by the kilobyte: the fast path reads them. */
export function commonBlocks(): Arbitrary<Uint8Array> {
  const end = fc.constantFrom('\n', '\n', '\r\n', '\r')
  const name = fc.constantFrom('', 'event: a', 'event: delta', 'event: é')
  const data = fc.constantFrom('data: x', 'data: 漢', `data: ${'x'.repeat(100)}`)
  const common = fc
    .tuple(name, end, data, end, end)
    .map(([first, ...rest]) => (first ? [first, ...rest] : rest.slice(1)).join(''))
  const nearly =
    'event:b|event|event: |events: x|event: a\0|data:y|data|data: |id: 1|retry: 5|: comment|unknown: field|'
  const line = fc.constantFrom(...nearly.split('|'))
  const odd = fc.tuple(line, end).map((parts) => parts.join(''))
  return fc
    .array(fc.oneof({ weight: 3, arbitrary: common }, odd), { maxLength: 400 })
    .map((blocks) => utf8(blocks.join('')))
}

/** Chunks as a live stream brings them, a block or a few in each, with what may stand in the way of taking one whole. */
export function liveChunks(): Arbitrary<Uint8Array[]> {
  const rarely = <T>(odd: T[], common: T[]): Arbitrary<T> =>
    fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...common) },
      { weight: 1, arbitrary: fc.constantFrom(...odd) },
    )
  const end = rarely(['\r', '\r\n'], ['\n', '\n', '\r\n'])
  const blank = rarely(['', '\r'], ['\n', '\n', '\r\n'])
  const name = rarely(['event: é', 'event:b', 'event: ', 'id: 1'], ['', 'event: a', 'event: delta'])
  const odd = rarely(['\uFEFF', '\0', '\r', '\n', '\rdata: ', '\ndata: y'], ['', '', '🙂'])
  const data = fc.tuple(odd, fc.constantFrom('x'.repeat(60), '漢'.repeat(20)), odd)
  const block = fc
    .tuple(name, end, data, end, blank)
    .map(([first, after, value, ...rest]) =>
      [...(first ? [first, after] : []), 'data: ', ...value, ...rest].join(''),
    )
  const blocks = fc.oneof(
    { weight: 3, arbitrary: fc.tuple(block) },
    { weight: 1, arbitrary: fc.array(block, { minLength: 2, maxLength: 3 }) },
  )
  // Half a sequence may stand anywhere, just before the line end too.
  const broken = fc.option(fc.nat({ max: 80 }), { freq: 8, nil: Infinity })
  const chunk = fc.tuple(blocks, broken).map(([parts, at]) => {
    const bytes = utf8(parts.join(''))
    const found = bytes.indexOf(0x78)
    if (found >= 0 && found + at < bytes.length) bytes[found + at] = 0xe6
    return bytes
  })
  return fc.array(chunk, { minLength: 1, maxLength: 8 })
}
