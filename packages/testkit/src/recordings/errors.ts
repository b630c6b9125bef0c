/** Why a recording is not there. */
export type RecordingErrorCode =
  /** There is none of this name. */
  | 'unknown-recording'
  /** The package's data folder cannot be read. */
  | 'no-data'

/**
 * Thrown when a recording or a seed cannot be loaded.
 *
 * @example
 * ```ts
 * import { loadRecording, RecordingError } from '@tesserae/testkit/recordings'
 *
 * try {
 *   loadRecording('llama-server/none')
 * } catch (error) {
 *   console.log(error instanceof RecordingError && error.code) // => unknown-recording
 * }
 * ```
 */
export class RecordingError extends Error {
  declare readonly code: RecordingErrorCode

  constructor(code: RecordingErrorCode, message: string, options?: { cause: unknown }) {
    super(message, options)
    this.name = 'RecordingError'
    this.code = code
  }
}
