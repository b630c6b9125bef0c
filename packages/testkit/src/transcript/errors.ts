/** What can be wrong with a transcript. */
export type TranscriptErrorCode =
  /** The first line is not that of a transcript. */
  | 'not-a-transcript'
  /** A later version of the format. */
  | 'unknown-version'
  /** Something stands where the format has something else. */
  | 'unexpected-line'
  /** A provenance or header line is not `name: value`, or is there twice. */
  | 'invalid-field'
  /** A sign that does not stand for bytes, or a character that must be written as one. */
  | 'invalid-sign'
  /** A section that should hold JSON does not, or holds something of another shape. */
  | 'invalid-json'
  /** A time that is not a number, or that goes back. */
  | 'invalid-time'
  /** The file ends before the response does. */
  | 'missing-end'
  /** A transcript that the format cannot hold was to be written. */
  | 'unwritable'
  /** The response cannot be replayed as asked. */
  | 'unreplayable'
  /** Not an error of the file: a replayed connection is lost where the recorded one was. */
  | 'cut'

/**
 * Thrown for a transcript that cannot be read, written or replayed.
 *
 * @example
 * ```ts
 * import { readTranscript, TranscriptError } from '@tesserae/testkit/transcript'
 *
 * try {
 *   readTranscript('tesserae transcript 1\ntitle no colon\n')
 * } catch (error) {
 *   if (!(error instanceof TranscriptError)) throw error
 *   error.code // => 'invalid-field'
 *   error.line // => 2
 * }
 * ```
 */
export class TranscriptError extends Error {
  declare readonly code: TranscriptErrorCode
  /** The line of the file, counted from 1, when there is a file. */
  declare readonly line: number | undefined

  constructor(code: TranscriptErrorCode, message: string, line?: number) {
    super(line === undefined ? message : `Line ${line}: ${message}`)
    this.name = 'TranscriptError'
    this.code = code
    this.line = line
  }
}
