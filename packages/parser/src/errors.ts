/** Every way in which this package refuses to go on. */
export type SseErrorCode =
  /** One event is larger than `maxEventBytes`. */
  | 'event-too-large'
  /** The stream broke off inside an event, and `incomplete` is `'error'`. */
  | 'incomplete-event'
  /** `feed()` after `end()`. */
  | 'ended'
  /** The memory of a chunk was transferred or resized before `next()` had taken it in. */
  | 'chunk-changed'
  /** No byte came for `idleTimeout`. */
  | 'idle-timeout'
  /** No event came for `eventTimeout`. */
  | 'event-timeout'
  /** The response has a status that is not OK. */
  | 'bad-status'
  /** The response is not `text/event-stream`. */
  | 'bad-content-type'
  /** The response or stream was read before. */
  | 'source-used'

/**
 * Thrown by everything in this package. The message says what to do and never holds a byte of the stream, so it can
 * be logged.
 *
 * @example
 * ```ts
 * import { createParser } from '@tesserae/parser'
 *
 * const parser = createParser({ maxEventBytes: 10 })
 * parser.feed(new TextEncoder().encode('data: fits\n\ndata: does not\n\n'))
 * parser.next()?.data // => 'fits'
 * parser.next() // throws event-too-large
 * ```
 */
export class SseError extends Error {
  declare readonly code: SseErrorCode
  /** Where in the stream, in bytes from its beginning. */
  declare readonly offset: number | undefined
  /** The limit that was passed, in bytes or milliseconds. */
  declare readonly limit: number | undefined

  constructor(code: SseErrorCode, message: string, offset?: number, limit?: number) {
    super(message)
    this.name = 'SseError'
    this.code = code
    this.offset = offset
    this.limit = limit
  }
}

/**
 * A response that is not an event stream. `response.body` has been read as far as {@link ResponseError.excerpt} tells.
 *
 * @example
 * ```ts
 * import { parseStream, ResponseError } from '@tesserae/parser/stream'
 *
 * const response = new Response('{"error":"no such model"}', { status: 404 })
 * try {
 *   for await (const event of parseStream(response)) console.log(event.data)
 * } catch (error) {
 *   if (error instanceof ResponseError) console.log(error.status, error.excerpt) // => 404 {"error":"no such model"}
 * }
 * ```
 */
export class ResponseError extends SseError {
  declare readonly status: number
  declare readonly contentType: string | null
  /** The beginning of the body as text: at most 4 KiB, and what came within a second. */
  declare readonly excerpt: string

  constructor(
    code: SseErrorCode,
    message: string,
    status: number,
    contentType: string | null,
    excerpt: string,
  ) {
    super(code, message)
    this.name = 'ResponseError'
    this.status = status
    this.contentType = contentType
    this.excerpt = excerpt
  }
}

export const eventTooLarge = (limit: number, offset: number): SseError =>
  new SseError(
    'event-too-large',
    `An event has over ${limit} bytes: raise \`maxEventBytes\`, or call \`reset()\` for another stream.`,
    offset,
    limit,
  )

export const incompleteEvent = (offset: number): SseError =>
  new SseError(
    'incomplete-event',
    'The stream broke off inside an event: request it again.',
    offset,
  )

export const ended = (offset: number): SseError =>
  new SseError('ended', 'The stream has ended: call `reset()` before you feed another.', offset)

export const chunkChanged = (offset?: number): SseError =>
  new SseError(
    'chunk-changed',
    'A chunk was transferred or resized before it was drained: leave it until `next()` returned `undefined`.',
    offset,
  )

export const badLimit = (): RangeError =>
  new RangeError('`maxEventBytes` has to be a whole number of bytes, or `Infinity`.')

export const badAmount = (option: string, unit: string): RangeError =>
  new RangeError(`\`${option}\` has to be a number of ${unit}, or 0 to disable it.`)

export const timeout = (clock: 'idle' | 'event', milliseconds: number): SseError =>
  new SseError(
    `${clock}-timeout`,
    `No ${clock === 'idle' ? 'byte' : 'event'} came for ${milliseconds} ms: request again, or raise \`${clock}Timeout\`.`,
    undefined,
    milliseconds,
  )

export const sourceUsed = (): SseError =>
  new SseError(
    'source-used',
    'The source was read before, so it has no events left: pass a fresh `Response` or stream, or `response.clone()`.',
  )

export const badStatus = (
  status: number,
  contentType: string | null,
  excerpt: string,
): ResponseError =>
  new ResponseError(
    'bad-status',
    `The response has status ${status}: see \`excerpt\` for what the server says. Pass \`response.body\` to read it anyway.`,
    status,
    contentType,
    excerpt,
  )

export const badContentType = (
  status: number,
  contentType: string | null,
  excerpt: string,
): ResponseError =>
  new ResponseError(
    'bad-content-type',
    'The response is not `text/event-stream`: see `contentType` and `excerpt`. Pass `response.body` to read it anyway.',
    status,
    contentType,
    excerpt,
  )

/** Accepts bytes of any realm: test environments have a `Uint8Array` of their own. */
export function assertBytes(chunk: unknown): asserts chunk is Uint8Array {
  if (chunk instanceof Uint8Array || kindOf(chunk) === 'Uint8Array') return
  throw new TypeError(
    `A chunk has to be a Uint8Array, not ${kindOf(chunk)}: encode text with TextEncoder.`,
  )
}

/** How the class of a value is called: of `null` and `undefined` too. */
export function kindOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1)
}

/** @param kind - what the caller passed, as its class is called */
export const notASource = (kind: string, advice: string): TypeError =>
  new TypeError(
    `The source must be a \`Response\`, a stream or an iterable of bytes, not ${kind}: ${advice}.`,
  )
