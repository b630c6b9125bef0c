import type { Transcript } from '../transcript/types.ts'

/** Why there is no recording. */
export type RecorderErrorCode =
  /** The address or the request cannot be sent as it is. */
  | 'invalid-request'
  /** There was no connection to record. */
  | 'no-connection'
  /** What answered does not speak HTTP/1. */
  | 'not-http'

/**
 * Thrown when an exchange cannot be recorded. A response that breaks off is a recording like any other.
 *
 * @example
 * ```ts
 * import { record, RecorderError } from '@tesserae/testkit/recorder'
 *
 * try {
 *   await record('ftp://127.0.0.1/')
 * } catch (error) {
 *   console.log(error instanceof RecorderError && error.code) // => invalid-request
 * }
 * ```
 */
export class RecorderError extends Error {
  declare readonly code: RecorderErrorCode
  /** What had arrived, if anything had. */
  declare readonly transcript: Transcript | undefined

  constructor(
    code: RecorderErrorCode,
    message: string,
    options: { cause?: unknown; transcript?: Transcript } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'RecorderError'
    this.code = code
    this.transcript = options.transcript
  }
}
