/**
 * The fields of an event, by their names on the wire; `comment` for the text of a comment, and `target` and `offset` for
 * the other arguments of `encodeInto`.
 */
export type EncodeField = 'event' | 'data' | 'id' | 'retry' | 'comment' | 'target' | 'offset'

/** Every reason for which the encoder refuses a block. */
export type EncodeErrorCode =
  /** The value is not a string, the payload has no JSON, or the target is not a `Uint8Array`. */
  | 'wrong-type'
  /** CR or LF in `event` or `id`: a client would read the rest as another field. */
  | 'line-break'
  /** NUL in `id`: every client ignores the id. */
  | 'null-character'
  /** Half of a surrogate pair, which UTF-8 cannot represent. */
  | 'lone-surrogate'
  /** An empty `event`: clients read it as no name at all. */
  | 'empty-name'
  /** An `id` of more than 1,024 bytes: a client could not return it in a header. */
  | 'too-long'
  /**
   * A `retry` that is not an integer from 0 to 2147483647. A timer that is given more does not wait at all, so a client
   * would reconnect without a pause.
   */
  | 'bad-retry'
  /** An `offset` that is not an integer from 0 to the length of the target. */
  | 'bad-offset'

/**
 * Thrown before a byte is written. The message says what to do and never holds the value, so it can be logged.
 *
 * @example
 * ```ts
 * import { encode, EncodeError } from '@tesserae/encoder'
 *
 * try {
 *   encode({ data: 'hello', id: '7\n\nevent: admin' })
 * } catch (error) {
 *   error instanceof EncodeError && [error.code, error.field] // => ['line-break', 'id']
 * }
 * ```
 */
export class EncodeError extends Error {
  declare readonly code: EncodeErrorCode
  declare readonly field: EncodeField

  /**
   * @param rule - what the field must do; by default it must not hold what the code names
   * @param options - may hold the `cause`
   */
  constructor(code: EncodeErrorCode, field: EncodeField, rule?: string, options?: ErrorOptions) {
    super(`\`${field}\` must ${rule ?? `not hold a ${code.replace('-', ' ')}`}.`, options)
    this.name = 'EncodeError'
    this.code = code
    this.field = field
  }
}

export function refuse(code: EncodeErrorCode, field: EncodeField, rule?: string): never {
  throw new EncodeError(code, field, rule)
}

export function refusePayload(cause: unknown): never {
  throw new EncodeError('wrong-type', 'data', 'be a payload that has JSON', { cause })
}

export function refuseNumber(field: 'retry' | 'offset', most: number): never {
  refuse(`bad-${field}`, field, `be an integer from 0 to ${most}`)
}

export function refuseType(field: EncodeField): never {
  // The whole event may be something else.
  const about = field === 'data' ? ': an event is { data: string }' : ''
  refuse('wrong-type', field, `be a string${about}`)
}

/** Every reason for which a stream does not begin, or a source is wrong. */
export type StreamErrorCode =
  /** An argument or an option has a wrong value, or the option does not exist. */
  | 'bad-option'
  /** The source is neither a sequence nor a function, or a function that returned nothing to wait for. */
  | 'bad-source'
  /** The response had sent its head before the stream could. */
  | 'head-sent'
  /** A header field that the platform sets, or with which no client would read the stream. */
  | 'forbidden-header'
  /** A `Last-Event-ID` of more than 1,024 bytes. */
  | 'last-event-id-too-long'
  /** The hub has `maxClients`. */
  | 'too-many-clients'
  /** The hub is being drained. */
  | 'draining'
  /** `send()` was called after the source function had returned. */
  | 'sent-after-end'

/**
 * Why a stream did not begin. With a `status` of 500 it is a mistake in the server's code: `eventStream` and `sendEvents`
 * reject. Any other status is an answer to the client, and `onError` is called. With a status from 400 to 499, **the client
 * is sent the message**. Libraries extend it, with codes of their own, to refuse a client.
 *
 * @example
 * ```ts
 * import { createHub, StreamError } from '@tesserae/encoder/hub'
 * import { eventStream } from '@tesserae/encoder/web'
 *
 * const hub = createHub({ maxClients: 1 })
 * await eventStream(hub.source())
 * const second = await eventStream(hub.source(), {
 *   refusal: 'status',
 *   onError: (error) => error instanceof StreamError && console.log(error.code), // => too-many-clients
 * })
 * second.status // => 503
 * ```
 */
export class StreamError extends Error {
  declare readonly code: StreamErrorCode | (string & {})
  declare readonly status: number
  declare readonly statusCode: number

  /**
   * @param message - sent to the client if the status is from 400 to 499
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

export const draining = (): StreamError =>
  new StreamError('draining', 'The hub is shutting down.', 503)

export const tooManyClients = (most: number): StreamError =>
  new StreamError(
    'too-many-clients',
    `The hub has ${most} clients: raise \`maxClients\` for more.`,
    503,
  )

export const headSent = (): StreamError =>
  new StreamError('head-sent', 'The head of this response was sent before.')

export const forbiddenHeader = (name: string): StreamError =>
  new StreamError('forbidden-header', `Leave \`${name}\` out of \`headers\`.`)

export const lastEventIdTooLong = (most: number): StreamError =>
  new StreamError('last-event-id-too-long', `\`Last-Event-ID\` must be at most ${most} bytes.`, 400)

/** @param expected - what the option or argument must be */
export const badOption = (name: string, expected: string): StreamError =>
  new StreamError('bad-option', `\`${name}\` must be ${expected}.`)

export const badSource = (message: string): StreamError => new StreamError('bad-source', message)

export const unknownOption = (name: string, known: string[]): StreamError =>
  new StreamError('bad-option', `Unknown option \`${name}\`. The options are: ${known.join(', ')}.`)

/** Why a stream is over. */
export type CloseReason =
  /** The source came to its end, or called `close()`. */
  | 'done'
  /** The source threw, or the client was refused. */
  | 'error'
  /** The client hung up. */
  | 'client-gone'
  /** The client read nothing for `stallTimeout`, or fell too far behind. What waited for it is lost. */
  | 'slow'
  /** The source sent nothing for `idleTimeout`. */
  | 'idle'
  /** `maxDuration` has passed. */
  | 'expired'
  /** The server is going down: `signal`, or `hub.drain()`. */
  | 'shutdown'

/**
 * The end of a stream: the reason of its `signal`, and the error of `send()` from then on.
 *
 * @example
 * ```ts
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
 * ```
 */
export class StreamClosed extends Error {
  declare readonly code: 'stream-closed'
  declare readonly reason: CloseReason

  constructor(reason: CloseReason, cause?: unknown) {
    super(`The stream is over: ${reason}.`, { cause })
    this.name = 'StreamClosed'
    this.code = 'stream-closed'
    this.reason = reason
  }
}
