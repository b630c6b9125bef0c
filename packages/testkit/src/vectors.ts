import data from '../data/vectors/sse.json' with { type: 'json' }
import { readVectors } from './vectors/read.ts'
import type { Vector } from './types.ts'

export { readVectors } from './vectors/read.ts'
export type { ReferenceEvent, Vector } from './types.ts'

/**
 * Streams with what the HTML standard says they mean. Provenance and format: `data/vectors/README.md` in this package.
 *
 * @example
 * ```ts
 * import { byteByByte, referenceParse } from '@tesserae/testkit'
 * import { vectors } from '@tesserae/testkit/vectors'
 *
 * // Put your own parser in the place of this one.
 * for (const { name, bytes, events } of vectors) {
 *   const found = referenceParse(bytes).events
 *   if (JSON.stringify(found) !== JSON.stringify(events)) throw new Error(name)
 * }
 * ```
 */
export const vectors: readonly Vector[] = /* @__PURE__ */ readVectors(data)
