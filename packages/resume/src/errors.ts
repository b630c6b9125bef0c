import { StreamError } from '@tesserae/encoder'

/** Every reason for which a stream cannot be started, read or continued. */
export type ResumeErrorCode =
  /** There is no log of this name. Status 404. */
  | 'not-found'
  /** The cursor is not an id that a log could have assigned. Status 400. */
  | 'bad-cursor'
  /** The log does not continue after the cursor, and `gap` is `reject`. Status 412. */
  | 'gap'
  /** The store did not answer for `patience`, or answered with a permanent error. Status 503. */
  | 'unavailable'
  /** An option has a wrong value. Status 500, as for all codes below. */
  | 'bad-option'
  /** The name of a log is empty, too long, or has control characters. */
  | 'bad-name'
  /** The source is neither iterable nor a function. */
  | 'bad-source'
  /** An event of a source has an `id`. */
  | 'own-id'
  /** The runtime lacks what the store needs. */
  | 'unsupported'
  /** `stop()` was called, or the `signal` given to `start()` aborted. */
  | 'stopped'
  /** Another producer took the log over. */
  | 'fenced'
  /** A reader considered this producer lost and ended the log. */
  | 'lost'
  /** The store lost entries in the middle of the log, so it cannot be taken over. */
  | 'damaged'
  /** The log was removed, evicted or expired. */
  | 'gone'
  /** The store could not be reached, so this producer gave up. */
  | 'unreachable'
  /** The log would have exceeded `maxBytes`. */
  | 'too-large'

const STATUS: Partial<Record<ResumeErrorCode, number>> = {
  'not-found': 404,
  'bad-cursor': 400,
  gap: 412,
  unavailable: 503,
}

/**
 * The error of this package. `status` and `statusCode` hold the HTTP status that a server should answer with, and
 * `eventStream` and `sendEvents` of `@tesserae/encoder` do so. They send the message of a 400, 404 or 412 as the body.
 *
 * @example
 * ```ts
 * import { createStreams, ResumeError } from '@tesserae/resume'
 *
 * const streams = createStreams()
 * try {
 *   await streams.read('nothing-here').open()
 * } catch (error) {
 *   error instanceof ResumeError && [error.code, error.status] // => ['not-found', 404]
 * }
 * ```
 */
export class ResumeError extends StreamError {
  declare readonly code: ResumeErrorCode

  constructor(code: ResumeErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, STATUS[code] ?? 500, options)
    this.name = 'ResumeError'
  }
}

export function notFound(): ResumeError {
  return new ResumeError(
    'not-found',
    'There is no stream of this name: it was not started, or it expired. Start it, then read it.',
  )
}

export function badCursor(): ResumeError {
  return new ResumeError(
    'bad-cursor',
    '`Last-Event-ID`, or `after`, must be the id of an event of this stream: digits, a hyphen, digits. Leave it out to read from the start.',
  )
}

export function gapError(): ResumeError {
  return new ResumeError(
    'gap',
    'The stream does not continue after this id. Read it again from the start, without `Last-Event-ID` or `after`.',
  )
}

export function unavailable(cause: unknown): ResumeError {
  return new ResumeError(
    'unavailable',
    'The store of the streams does not answer; see `error.cause`.',
    { cause },
  )
}

export function badName(): ResumeError {
  return new ResumeError(
    'bad-name',
    'The name of a stream must be a string of 1 to 256 characters without control characters.',
  )
}

export function badOption(name: string, expected: string): ResumeError {
  return new ResumeError('bad-option', `\`${name}\` must be ${expected}.`)
}

export function unknownOption(name: string, known: string): ResumeError {
  return new ResumeError('bad-option', `Unknown option \`${name}\`. The options are: ${known}.`)
}

export function badSource(): ResumeError {
  return new ResumeError(
    'bad-source',
    'The source must be an iterable of events, a `ReadableStream`, or a function that returns one.',
  )
}

export function ownId(): ResumeError {
  return new ResumeError(
    'own-id',
    'An event must not have an `id`: put ids of your own into `data`.',
  )
}

const ABORTED: Record<
  'stopped' | 'fenced' | 'lost' | 'damaged' | 'gone' | 'unreachable' | 'too-large',
  string
> = {
  stopped: 'The stream was stopped.',
  fenced: 'Another producer took over this stream.',
  lost: 'A reader considered this producer lost, because it was silent for longer than `lease`.',
  damaged: 'The store lost entries in the middle of this stream.',
  gone: 'The stream was removed, evicted or expired while it was being written.',
  unreachable: 'The store could not be reached for `patience`; see `error.cause`.',
  'too-large': 'The stream would exceed `maxBytes`.',
}

export function aborted(code: keyof typeof ABORTED, cause?: unknown): ResumeError {
  return new ResumeError(code, ABORTED[code], cause === undefined ? undefined : { cause })
}

export function noAnswer(): ResumeError {
  return new ResumeError('unavailable', 'The store of the streams did not answer for `patience`.')
}

export function redisClientError(): ResumeError {
  return badOption(
    'client',
    'a client of `redis`, `ioredis` or Bun, or a function that takes an array of strings and sends it as a command',
  )
}

export function sqliteUnsupported(): ResumeError {
  return new ResumeError(
    'unsupported',
    'sqliteStore() needs the module `node:sqlite`: use Node 22.13 or newer, or another store.',
  )
}

/** What a case of the conformance suite rejects with. */
export function conformanceFailure(actual: string, expected: string): Error {
  return new Error(`The store answered ${actual}; expected ${expected}.`)
}

export function noPublisher(): ResumeError {
  return badOption('publisher', 'given, and `subscriber` too')
}

/** Asking again helps, so it is the cause of another error at most. */
export function stillWriting(): Error {
  return new Error('Another writer has begun to store an entry before this one.')
}

export function noRedisUrl(): ResumeError {
  return new ResumeError(
    'bad-option',
    'Set REDIS_URL or KV_URL to the address of a Redis server, or pass `publisher` and `subscriber`.',
  )
}

/** What a text stream of the drop-in fails with when its log did not end by itself. */
export function brokenOff(reason: string): ResumeError {
  const code = reason === 'lost' || reason === 'too-large' ? reason : 'gone'
  return new ResumeError(code, `The stream broke off: ${reason}.`)
}
