import { SchemaError } from '../errors.ts'
import { chatCompletionChunk } from './chat.ts'
import type { Issue, Schema } from './standard.ts'

/**
 * What becomes of a chunk that is not as it should be.
 *
 * - `off`: nothing is checked.
 * - `warn`: what is wrong is kept in `issues`, and the chunk goes on as it is.
 * - `strict`: a {@link SchemaError} is thrown, with all that is wrong with the chunk.
 */
export type CheckMode = 'off' | 'warn' | 'strict'

/** What is wrong at one place of one chunk. */
export interface ChunkIssue extends Issue {
  /** Which chunk it was, counted from 0. */
  readonly chunk: number
}

/** Options of {@link createChecker}. */
export interface CheckerOptions {
  /** Default: `warn`. */
  readonly mode?: CheckMode | undefined
  /** What chunks are held to. Default: {@link chatCompletionChunk}. */
  readonly schema?: Schema<unknown> | undefined
  /** How many issues are kept in `issues`; the rest is only counted. Default: 100. */
  readonly keep?: number | undefined
  /** Told each issue, kept or not. */
  readonly onIssue?: ((issue: ChunkIssue) => void) | undefined
}

/** Looks at one chunk after the other. */
export interface Checker {
  /** Looks at the next chunk, and returns it: the very same object, whatever is wrong with it. */
  check<T>(chunk: T): T
  /** The first issues, in order. */
  readonly issues: readonly ChunkIssue[]
  /** How many there were in all. */
  readonly count: number
}

/**
 * Holds the chunks of a stream to a schema, one by one.
 *
 * @param options - what to do with what is wrong
 *
 * @example
 * ```ts
 * import { createChecker } from '@tesserae/openai/schema'
 *
 * const checker = createChecker({ mode: 'warn' })
 * checker.check({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: null })
 * checker.issues[0]?.path // => ['choices']
 * checker.issues[0]?.chunk // => 0
 * ```
 */
export function createChecker(options: CheckerOptions = {}): Checker {
  const { mode = 'warn', schema = chatCompletionChunk, keep = 100, onIssue } = options
  const issues: ChunkIssue[] = []
  let count = 0
  let chunks = -1
  return {
    check(chunk) {
      chunks++
      if (mode === 'off') return chunk
      const { issues: found = [] } = schema['~standard'].validate(chunk)
      if (found.length > 0 && mode === 'strict') throw new SchemaError(chunks, found)
      for (const issue of found) {
        const known = { ...issue, chunk: chunks }
        if (count++ < keep) issues.push(known)
        onIssue?.(known)
      }
      return chunk
    },
    issues,
    get count() {
      return count
    },
  }
}
