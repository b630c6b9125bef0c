import type { Issue } from './schema/standard.ts'

/**
 * A chunk is not as its schema says, and the checker is strict.
 *
 * @example
 * ```ts
 * import { createChecker, SchemaError } from '@tesserae/openai/schema'
 *
 * try {
 *   createChecker({ mode: 'strict' }).check({ choices: [] })
 * } catch (error) {
 *   if (error instanceof SchemaError) console.log(error.chunk, error.issues[0]?.path) // => 0 ['id']
 * }
 * ```
 */
export class SchemaError extends Error {
  readonly code = 'invalid-chunk'
  /** Which chunk it was, counted from 0. */
  readonly chunk: number
  /** All that is wrong with it. */
  readonly issues: readonly Issue[]

  constructor(chunk: number, issues: readonly Issue[]) {
    super(
      `Chunk ${chunk} is not as documented: ${issues[0]?.message} See issues for all, or check in the mode 'warn'.`,
    )
    this.name = 'SchemaError'
    this.chunk = chunk
    this.issues = issues
  }
}
