import fc, { type Arbitrary } from 'fast-check'
import { mutatedSseBytes } from './mutations.ts'
import { sseStream } from './streams.ts'
import type { BytesAndCuts } from './types.ts'

/**
 * Bytes in the chunks they may arrive in: streams of `sseStream` and of `mutatedSseBytes`, cut anywhere, with
 * empty chunks. What a parser finds must not depend on the cuts.
 *
 * @example
 * ```ts
 * import fc from 'fast-check'
 * import { sseBytesAndCuts } from '@tesserae/testkit/arbitraries'
 *
 * fc.assert(
 *   fc.property(sseBytesAndCuts(), ({ bytes, chunks }) => {
 *     const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
 *     const text = chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join('') + decoder.decode()
 *     return text === new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
 *   }),
 * )
 * ```
 */
export function sseBytesAndCuts(): Arbitrary<BytesAndCuts> {
  const bytes = fc.oneof(
    sseStream().map((stream) => stream.bytes),
    mutatedSseBytes(),
  )
  // As fractions, positions fit bytes of any length, and shrink without them.
  const positions = fc.array(fc.nat({ max: 9999 }), { maxLength: 12 })
  return fc.tuple(bytes, positions).map(([bytes, positions]) => {
    const ends = positions
      .map((position) => Math.round((position / 9999) * bytes.length))
      .sort((a, b) => a - b)
    let start = 0
    const chunks = [...ends, bytes.length].map((end) => bytes.subarray(start, (start = end)))
    return { bytes, chunks }
  })
}
