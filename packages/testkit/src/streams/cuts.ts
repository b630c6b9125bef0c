import { TestkitError } from '../errors.ts'
import { seededRandom } from './random.ts'
import type { AllCutsOptions, Cut, CutOptions } from '../types.ts'

/**
 * The bytes in two chunks, once for each position between two bytes: `length - 1` ways.
 *
 * @example
 * ```ts
 * import { everyCut } from '@tesserae/testkit'
 *
 * for (const { name, chunks } of everyCut(new Uint8Array(3))) {
 *   console.log(name, chunks.map((chunk) => chunk.length)) // => cut at 1 [ 1, 2 ], then cut at 2 [ 2, 1 ]
 * }
 * ```
 */
export function* everyCut(
  bytes: Uint8Array,
  options: CutOptions = {},
): Generator<Cut, void, undefined> {
  for (let at = 1; at < bytes.length; at++) {
    yield { name: `cut at ${at}`, chunks: slices(bytes, [at], options) }
  }
}

/**
 * The bytes in three chunks, once for each pair of positions: `(length - 1)(length - 2) / 2` ways.
 *
 * @example
 * ```ts
 * import { everyPairOfCuts } from '@tesserae/testkit'
 *
 * [...everyPairOfCuts(new Uint8Array(5))].length // => 6
 * ```
 */
export function* everyPairOfCuts(
  bytes: Uint8Array,
  options: CutOptions = {},
): Generator<Cut, void, undefined> {
  for (let first = 1; first < bytes.length; first++) {
    for (let second = first + 1; second < bytes.length; second++) {
      yield {
        name: `cut at ${first} and ${second}`,
        chunks: slices(bytes, [first, second], options),
      }
    }
  }
}

/**
 * One chunk for each of the bytes.
 *
 * @example
 * ```ts
 * import { byteByByte } from '@tesserae/testkit'
 *
 * byteByByte(Uint8Array.of(7, 8)) // => [Uint8Array.of(7), Uint8Array.of(8)]
 * ```
 */
export function byteByByte(bytes: Uint8Array, options: CutOptions = {}): Uint8Array[] {
  return inChunksOf(bytes, 1, options)
}

/**
 * Chunks of one size; the last may be shorter. Of no bytes, no chunks.
 *
 * @example
 * ```ts
 * import { inChunksOf } from '@tesserae/testkit'
 *
 * inChunksOf(new Uint8Array(5), 2).map((chunk) => chunk.length) // => [2, 2, 1]
 * ```
 */
export function inChunksOf(
  bytes: Uint8Array,
  size: number,
  options: CutOptions = {},
): Uint8Array[] {
  if (!Number.isSafeInteger(size) || size < 1) {
    throw new TestkitError(
      'invalid-argument',
      `A chunk needs a whole number of bytes from 1 up, not ${size}.`,
    )
  }
  const positions: number[] = []
  for (let at = size; at < bytes.length; at += size) positions.push(at)
  return bytes.length === 0 ? [] : slices(bytes, positions, options)
}

/**
 * The same chunks with an empty one before, between and after them: a socket may deliver those, and code that takes
 * an empty chunk for the end, or for a first chunk, breaks on them.
 *
 * @example
 * ```ts
 * import { withEmptyChunks } from '@tesserae/testkit'
 *
 * withEmptyChunks([Uint8Array.of(1), Uint8Array.of(2)]).map((chunk) => chunk.length) // => [0, 1, 0, 1, 0]
 * ```
 */
export function withEmptyChunks(chunks: Iterable<Uint8Array>): Uint8Array[] {
  const result: Uint8Array[] = [new Uint8Array(0)]
  for (const chunk of chunks) result.push(chunk, new Uint8Array(0))
  return result
}

/**
 * A count of irregular cuts of the bytes, the same ones for the same seed: chunks that are mostly tiny in one cut and
 * mostly large in another, a few of them empty.
 *
 * @example
 * ```ts
 * import { seededCuts } from '@tesserae/testkit'
 *
 * const names = () => [...seededCuts(new Uint8Array(100), 42, 3)].map(({ name }) => name)
 * names()[0]?.startsWith('seed 42, cut 1 of 3: ') // => true
 * names().join() === names().join() // => true
 * ```
 */
export function* seededCuts(
  bytes: Uint8Array,
  seed: number,
  count: number,
  options: CutOptions = {},
): Generator<Cut, void, undefined> {
  const random = seededRandom(seed)
  for (let number = 1; number <= count; number++) {
    // The usual size differs from cut to cut, evenly on a scale of doublings, from one byte to the whole.
    const usual = Math.max(1, bytes.length ** random())
    const positions: number[] = []
    let at = 0
    while (true) {
      // One chunk in sixteen is empty: the same position twice.
      if (random() >= 1 / 16) at += 1 + Math.floor(random() * usual * 2)
      if (at >= bytes.length) break
      positions.push(at)
    }
    const chunks = slices(bytes, positions, options)
    yield { name: `seed ${seed}, cut ${number} of ${count}: ${sizes(chunks)}`, chunks }
  }
}

/**
 * Every way of cutting that is worth a test, lazily: whole, byte by byte, with empty chunks, in regular and irregular
 * chunks, at every position, and (for short input) at every pair of positions.
 *
 * @example
 * ```ts
 * import { cuts } from '@tesserae/testkit'
 *
 * const bytes = new TextEncoder().encode('data: é\r\n\r\n')
 * for (const { name, chunks } of cuts(bytes)) {
 *   const decoder = new TextDecoder()
 *   const text = chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join('')
 *   if (text !== 'data: é\r\n\r\n') throw new Error(`differs when ${name}`)
 * }
 * ```
 */
export function* cuts(
  bytes: Uint8Array,
  options: AllCutsOptions = {},
): Generator<Cut, void, undefined> {
  const { singlesUpTo = 1024, pairsUpTo = 48, seed = 1, seeded = 8 } = options
  yield { name: 'whole', chunks: slices(bytes, [], options) }
  yield { name: 'whole, between empty chunks', chunks: withEmptyChunks(slices(bytes, [], options)) }
  yield { name: 'byte by byte', chunks: byteByByte(bytes, options) }
  yield {
    name: 'byte by byte, with empty chunks',
    chunks: withEmptyChunks(byteByByte(bytes, options)),
  }
  for (const size of [2, 3, 7, 16, 64, 1024, 1460, 65_536]) {
    if (size < bytes.length)
      yield { name: `in chunks of ${size}`, chunks: inChunksOf(bytes, size, options) }
  }
  yield* seededCuts(bytes, seed, seeded, options)
  if (bytes.length <= singlesUpTo) yield* everyCut(bytes, options)
  if (bytes.length <= pairsUpTo) yield* everyPairOfCuts(bytes, options)
}

/** Positions ascend, may repeat, and lie within the bytes. One more chunk than positions. */
function slices(
  bytes: Uint8Array,
  positions: readonly number[],
  { memory = 'views' }: CutOptions,
): Uint8Array[] {
  let start = 0
  return [...positions, bytes.length].map((end) => {
    const chunk = slice(bytes, start, end, memory)
    start = end
    return chunk
  })
}

const PADDING = 8
const LINE_FEED = 0x0a

function slice(
  bytes: Uint8Array,
  start: number,
  end: number,
  memory: CutOptions['memory'],
): Uint8Array {
  // Through the constructor, not `subarray`: that of a Node Buffer would give Buffers.
  const view = new Uint8Array(bytes.buffer, bytes.byteOffset + start, end - start)
  if (memory === 'views') return view
  if (memory === 'copies') return view.slice()
  const padded = new Uint8Array(view.length + 2 * PADDING).fill(LINE_FEED)
  padded.set(view, PADDING)
  return padded.subarray(PADDING, PADDING + view.length)
}

/** `3+0+12`, shortened when it gets too long to read. */
function sizes(chunks: readonly Uint8Array[]): string {
  const shown = chunks.slice(0, 20).map((chunk) => chunk.length)
  return chunks.length > shown.length ? `${shown.join('+')}+…` : shown.join('+')
}
