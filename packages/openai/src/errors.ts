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

/** Every way in which reading a stream fails. */
export type StreamErrorCode =
  /** `push()` after `finish()`. */
  'finished'

/**
 * Thrown by everything that reads a stream. The message says what to do and never holds what the stream said.
 *
 * @example
 * ```ts
 * import { createAccumulator } from '@tesserae/openai/accumulator'
 *
 * const accumulator = createAccumulator()
 * accumulator.finish()
 * accumulator.push({ choices: [] }) // throws finished
 * ```
 */
export class StreamError extends Error {
  readonly code: StreamErrorCode

  constructor(code: StreamErrorCode, message: string) {
    super(message)
    this.name = 'StreamError'
    this.code = code
  }
}

export const finished = (): StreamError =>
  new StreamError('finished', 'The message is finished: create an accumulator for the next one.')
