import type { CloseReason } from './types.ts'

/**
 * The fields of an event, by their names on the wire; `comment` for the text of a comment, and `offset` for where a
 * block is to be written.
 */
export type EncodeField = 'event' | 'data' | 'id' | 'retry' | 'comment' | 'offset'

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
  /** An `offset` that is not an integer from 0 to the length of the target. */
  | 'bad-offset'

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

  /** @param instead - what the field must do; if left out, what it must not hold has the name of the code */
  constructor(code: EncodeErrorCode, field: EncodeField, instead?: string) {
    super(`${field} must ${instead ?? `hold no ${code.replace('-', ' ')}`}`)
    this.name = 'EncodeError'
    this.code = code
    this.field = field
  }
}

export function refuse(code: EncodeErrorCode, field: EncodeField, instead?: string): never {
  throw new EncodeError(code, field, instead)
}

export function refuseNumber(field: 'retry' | 'offset', most: number): never {
  refuse(`bad-${field}`, field, `be an integer from 0 to ${most}`)
}

export function refuseType(field: EncodeField): never {
  // It may well be that all of the event is something else.
  const about = field === 'data' ? ': an event is { data: string }' : ''
  refuse('wrong-type', field, `be a string${about}`)
}

/** Every reason for which a stream does not begin. */
export type StreamErrorCode =
  /** An option is not what it must be. */
  | 'bad-option'
  /** The source is neither a sequence nor a function. */
  | 'bad-source'
  /** The response has sent its head before the stream could. */
  | 'head-sent'
  /** A header that the platform sets, or with which no client would read the stream. */
  | 'forbidden-header'
  /** A `Last-Event-ID` longer than any that is worth sending. */
  | 'last-event-id-too-long'
  /** The hub has as many clients as it may. */
  | 'too-many-clients'
  /** The server, or the hub, is on its way down. */
  | 'draining'

/**
 * Why a stream did not begin. With a `status` of 400 or 503 it is an answer to the client, which is given that
 * status, and `onError` is told. With 500 it is a mistake in the server's code: `eventStream` and `sendEvents` reject.
 *
 * @example
 * import { createHub, StreamError } from '@tesserae/encoder/hub'
 * import { eventStream } from '@tesserae/encoder/web'
 *
 * const hub = createHub({ maxClients: 1 })
 * await eventStream(hub.source())
 * const second = await eventStream(hub.source(), {
 *   onError: (error) => error instanceof StreamError && console.log(error.code), // => too-many-clients
 * })
 * second.status // => 503
 */
export class StreamError extends Error {
  declare readonly code: StreamErrorCode | (string & {})
  declare readonly status: number
  declare readonly statusCode: number

  /**
   * @param status - what the client is answered with if no event was sent yet; 500 rejects instead
   * @param options - may hold the `cause`
   */
  constructor(
    code: StreamErrorCode | (string & {}),
    message: string,
    status = 500,
    options?: ErrorOptions,
  ) {
    super(message, options)
    this.name = 'StreamError'
    this.code = code
    this.status = this.statusCode = status
  }
}

/** Whether the client is to be told by a status, and nobody else has to do anything about it. */
export function isRefusal(error: unknown): error is StreamError {
  return error instanceof StreamError && error.status !== 500
}

/**
 * The end of a stream: what its `signal` aborts with, and what `send()` rejects with from then on.
 *
 * @example
 * import { eventStream, StreamClosed } from '@tesserae/encoder/web'
 *
 * const response = await eventStream(async ({ send, signal }) => {
 *   signal.onabort = () => {
 *     if (signal.reason instanceof StreamClosed) console.log(signal.reason.reason) // => client-gone
 *   }
 *   await send({ data: 'Hello' })
 *   await new Promise((resolve) => signal.addEventListener('abort', resolve))
 * })
 * await response.body?.cancel()
 */
export class StreamClosed extends Error {
  declare readonly code: 'stream-closed'
  declare readonly reason: CloseReason

  constructor(reason: CloseReason, cause?: unknown) {
    super(`The stream is over: ${reason}`, { cause })
    this.name = 'StreamClosed'
    this.code = 'stream-closed'
    this.reason = reason
  }
}
