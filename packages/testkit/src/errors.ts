/** What can go wrong when the testkit itself is used, as opposed to what it finds in the code under test. */
export type TestkitErrorCode =
  /** An argument is outside what the function can do. */
  | 'invalid-argument'
  /** A source was taken a second time. */
  | 'source-taken'
  /** The machine is too noisy, or its clock too coarse, for a measurement. */
  | 'not-measurable'
  /** A file of vectors does not have the documented shape. */
  | 'invalid-vectors'

/**
 * Thrown when the testkit is used in a way that cannot work.
 *
 * @example
 * ```ts
 * import { inChunksOf, TestkitError } from '@tesserae/testkit'
 *
 * try {
 *   inChunksOf(new Uint8Array(8), 0)
 * } catch (error) {
 *   console.log(error instanceof TestkitError && error.code) // => invalid-argument
 * }
 * ```
 */
export class TestkitError extends Error {
  declare readonly code: TestkitErrorCode

  constructor(code: TestkitErrorCode, message: string) {
    super(message)
    this.name = 'TestkitError'
    this.code = code
  }
}
