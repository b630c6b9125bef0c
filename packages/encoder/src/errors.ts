/** The fields of an event, by their names on the wire, and `comment` for the text of a comment. */
export type EncodeField = 'event' | 'data' | 'id' | 'retry' | 'comment'

/** Every reason for which the encoder refuses to write a block. */
export type EncodeErrorCode =
  /** The value is not a string. */
  | 'wrong-type'
  /** CR or LF in `event` or `id`: what follows it would be read as another field. */
  | 'line-break'
  /** NUL in `id`: every client ignores such an id. */
  | 'null-character'
  /** Half of a surrogate pair: no bytes in UTF-8 stand for it. */
  | 'lone-surrogate'
  /** An `event` of no characters: clients read it as no name at all. */
  | 'empty-name'
  /**
   * A `retry` that is not an integer from 0 to 2147483647. A timer that is told to wait longer does not wait at
   * all, and a client would reconnect without a pause.
   */
  | 'bad-retry'

const sentences: Record<EncodeErrorCode, string> = {
  'wrong-type': 'be a string',
  'line-break': 'hold no line break',
  'null-character': 'hold no NUL',
  'lone-surrogate': 'be well-formed',
  'empty-name': 'not be empty',
  'bad-retry': 'be an integer from 0 to 2**31-1',
}

/**
 * Thrown before a byte is written. The message says what to do and never holds the value, so it can be logged.
 *
 * @example
 * import { encode, EncodeError } from '@tesserae/encoder'
 *
 * try {
 *   encode({ data: 'hello', id: '7\n\nevent: admin' })
 * } catch (error) {
 *   error instanceof EncodeError && [error.code, error.field] // => ['line-break', 'id']
 * }
 */
export class EncodeError extends Error {
  declare readonly code: EncodeErrorCode
  declare readonly field: EncodeField

  constructor(code: EncodeErrorCode, field: EncodeField) {
    super(`${field} must ${sentences[code]}`)
    this.name = 'EncodeError'
    this.code = code
    this.field = field
  }
}

export function refuse(code: EncodeErrorCode, field: EncodeField): never {
  throw new EncodeError(code, field)
}
