import fc, { type Arbitrary } from 'fast-check'
import { sseStream } from './streams.ts'

/** A change of a stream, at a place that is given as a fraction, so that it fits bytes of any length. */
type Mutation = (bytes: readonly number[]) => number[]

/**
 * Event streams with faults in them: bytes lost, doubled, moved, overwritten, and line ends, colons, byte order marks and
 * halves of characters put where they do not belong. Nothing is known of their meaning, which makes them input for
 * comparing two parsers, or one with itself.
 *
 * @example
 * ```ts
 * import fc from 'fast-check'
 * import { byteByByte, referenceDecode } from '@tesserae/testkit'
 * import { mutatedSseBytes } from '@tesserae/testkit/arbitraries'
 *
 * fc.assert(
 *   fc.property(mutatedSseBytes(), (bytes) => {
 *     const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
 *     const pieces = byteByByte(bytes).map((chunk) => decoder.decode(chunk, { stream: true }))
 *     return pieces.join('') + decoder.decode() === referenceDecode(bytes)
 *   }),
 * )
 * ```
 */
export function mutatedSseBytes(): Arbitrary<Uint8Array> {
  return fc
    .tuple(sseStream(), fc.array(mutation(), { minLength: 1, maxLength: 6 }))
    .map(([{ bytes }, mutations]) =>
      Uint8Array.from(mutations.reduce((current, mutate) => mutate(current), [...bytes])),
    )
}

const encode = (text: string): number[] => [...new TextEncoder().encode(text)]

const INSERTS: readonly (readonly number[])[] = [
  ...[
    '\n',
    '\r',
    '\r\n',
    '\n\n',
    '\r\r',
    ':',
    ' ',
    '\0',
    '\ufeff',
    '\u2028',
    'data:',
    'data: ',
    'event:',
    'id:',
    'retry:',
    '😀',
  ].map(encode),
  [0xef],
  [0xef, 0xbb],
  [0x80],
  [0xc2],
  [0xe2, 0x82],
  [0xf0, 0x9f],
  [0xff],
]

function mutation(): Arbitrary<Mutation> {
  const place = fc.nat({ max: 9999 })
  const length = fc.integer({ min: 1, max: 8 })
  const index = (bytes: readonly number[], place: number) =>
    Math.floor((place / 10_000) * (bytes.length + 1))
  return fc.oneof(
    fc.tuple(place, fc.constantFrom(...INSERTS)).map(([place, insert]): Mutation => (bytes) => {
      const at = index(bytes, place)
      return [...bytes.slice(0, at), ...insert, ...bytes.slice(at)]
    }),
    fc.tuple(place, length).map(([place, length]): Mutation => (bytes) => {
      const at = index(bytes, place)
      return [...bytes.slice(0, at), ...bytes.slice(at + length)]
    }),
    fc.tuple(place, length).map(([place, length]): Mutation => (bytes) => {
      const at = index(bytes, place)
      return [...bytes.slice(0, at + length), ...bytes.slice(at)]
    }),
    fc.tuple(place, fc.integer({ min: 0, max: 255 })).map(([place, byte]): Mutation => (bytes) => {
      const at = index(bytes, place)
      return bytes.map((old, position) => (position === at ? byte : old))
    }),
    fc.tuple(place, place).map(([one, two]): Mutation => (bytes) => {
      const [first, second] = [index(bytes, Math.min(one, two)), index(bytes, Math.max(one, two))]
      return [...bytes.slice(second), ...bytes.slice(first, second), ...bytes.slice(0, first)]
    }),
    place.map(
      (place): Mutation =>
        (bytes) =>
          bytes.slice(0, index(bytes, place)),
    ),
  )
}
