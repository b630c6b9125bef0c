import type { IncompleteReason, Verdict } from './accumulator/types.ts'
import type { Issue } from './schema/standard.ts'
import type { ServerError } from './server-error.ts'
import { isWire } from './wire.ts'
import type { ChatCompletion } from './types.ts'

/**
 * Thrown by a strict checker for a chunk that does not match its schema.
 *
 * @example
 * ```ts
 * import { createChecker, SchemaError } from '@tesserae/openai/schema'
 *
 * try {
 *   createChecker({ mode: 'strict' }).check({ choices: [] })
 * } catch (error) {
 *   if (error instanceof SchemaError) console.log(error.chunk, error.issues[0]?.path) // => 0 ['id']
 * }
 * ```
 */
export class SchemaError extends Error {
  readonly code = 'invalid-chunk'
  /** The number of the chunk, counted from 0. */
  readonly chunk: number
  /** Everything that is wrong with the chunk. */
  readonly issues: readonly Issue[]
  /** The message so far, if one was being accumulated. */
  partial: ChatCompletion | undefined

  constructor(chunk: number, issues: readonly Issue[]) {
    super(
      `Chunk ${chunk} does not match its schema: ${issues[0]?.message} See \`issues\` for all of them, or use the mode 'warn' to continue.`,
    )
    this.name = 'SchemaError'
    this.chunk = chunk
    this.issues = issues
  }
}

/** Every way in which reading a stream fails. */
export type ModelStreamErrorCode =
  /** The server sent an error, in the stream or in its place. See `error`. */
  | 'server-error'
  /** The stream ended, and the message is incomplete. See `verdict`. */
  | 'incomplete'
  /** The data of an event is not JSON. See `data`. */
  | 'bad-json'
  /** The response is not a stream of events. See `data` and `status`. */
  | 'bad-response'
  /** The source is a stream of another protocol, or not bytes. The message says which. */
  | 'wrong-protocol'
  /** The source yields a client's own objects, without the server's chunks in them. The message says how to keep them. */
  | 'no-chunks'
  /** The signal was aborted. See `cause`. */
  | 'aborted'
  /** The connection failed. See `cause`. */
  | 'interrupted'
  /** No bytes for `idleTimeout`, or no content for `tokenTimeout`. */
  | 'timeout'
  /** `push()` was called after `finish()`. */
  | 'finished'

/** What a {@link ModelStreamError} knows beside its code. */
export interface ModelStreamErrorDetails {
  readonly error?: ServerError | undefined
  readonly status?: number | undefined
  readonly data?: string | undefined
  /** The headers of the response. */
  readonly headers?: Headers | undefined
  /** Milliseconds to wait before a retry, if the headers are not known. */
  readonly retryAfter?: number | undefined
  readonly cause?: unknown
}

/**
 * Thrown by everything that reads a stream. The message says what to do. It holds what the server said in its own error,
 * and never other payload of the stream, so it can be logged.
 *
 * @example
 * ```ts
 * import { accumulate, ModelStreamError } from '@tesserae/openai'
 *
 * try {
 *   await accumulate([{ choices: [{ index: 0, delta: { content: 'Hel' } }] }])
 * } catch (error) {
 *   if (error instanceof ModelStreamError) console.log(error.code, error.verdict?.reason) // => incomplete no-end
 *   if (error instanceof ModelStreamError) error.partial?.choices[0]?.message.content // => 'Hel'
 * }
 * ```
 */
export class ModelStreamError extends Error {
  readonly code: ModelStreamErrorCode
  /** The server's own error. */
  readonly error: ServerError | undefined
  /** The HTTP status of the response, or the status that the server's error names. */
  readonly status: number | undefined
  /** The text that could not be read: the data of an event, or the beginning of a body. */
  readonly data: string | undefined
  /** The headers of the response, if there was one. */
  readonly headers: Headers | undefined
  /** The id that the server gave the request: the header `x-request-id` or `request-id`. */
  readonly requestId: string | undefined
  /** How long the server asks to wait before a retry, in milliseconds: `retry-after-ms` or `retry-after`. */
  readonly retryAfter: number | undefined
  /** The message so far, if one was being accumulated. */
  partial: ChatCompletion | undefined
  /** The verdict on the stream so far. */
  verdict: Verdict | undefined

  constructor(code: ModelStreamErrorCode, message: string, details: ModelStreamErrorDetails = {}) {
    super(message, 'cause' in details ? { cause: details.cause } : undefined)
    const { error, headers } = details
    this.name = 'ModelStreamError'
    this.code = code
    this.error = error
    this.status = details.status ?? error?.status
    this.data = details.data
    this.headers = headers
    this.requestId = headers?.get('x-request-id') ?? headers?.get('request-id') ?? undefined
    this.retryAfter = details.retryAfter ?? retryAfterIn(headers)
  }

  /**
   * Whether the same request may succeed later: after a lost connection, a timeout, a rate limit or a failure of the
   * server. A request that the server refused, or a quota that is used up, fails again.
   */
  get isRetryable(): boolean {
    const { code, status, error } = this
    if (['interrupted', 'incomplete', 'timeout', 'bad-json'].includes(code)) return true
    if (code !== 'server-error' && code !== 'bad-response') return false
    const words = `${error?.type} ${error?.code}`
    if (/^(stream-error|failed) (?!too-large)/.test(words)) return true
    if (/insufficient_quota|billing/.test(words)) return false
    if (status !== undefined) return status >= 500 || [408, 409, 425, 429].includes(status)
    return /rate_?limit|overloaded|server_error|internal|timeout|unavailable/i.test(words)
  }
}

/** Milliseconds from the headers that ask for a delay. */
function retryAfterIn(headers: Headers | undefined): number | undefined {
  const exact = headers?.get('retry-after-ms')
  if (exact) return delay(Number(exact))
  const value = headers?.get('retry-after')
  if (!value) return undefined
  const seconds = Number(value)
  return delay(Number.isNaN(seconds) ? Date.parse(value) - Date.now() : seconds * 1000)
}

function delay(milliseconds: number): number | undefined {
  return Number.isNaN(milliseconds) ? undefined : Math.max(0, Math.round(milliseconds))
}

/** So much of a server's own message goes into an error. */
const MAX_WORDS = 300

/** One line, without control characters, and bounded: text from a server must not write lines into a log. */
export function inOneLine(text: string): string {
  const line = text
    .slice(0, MAX_WORDS + 1)
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (letter) =>
      letter < ' '
        ? JSON.stringify(letter).slice(1, -1)
        : `\\u{${letter.codePointAt(0)?.toString(16)}}`,
    )
  return line.length > MAX_WORDS ? `${line.slice(0, MAX_WORDS - 1)}…` : line
}

export const finished = (): ModelStreamError =>
  new ModelStreamError(
    'finished',
    'push() was called after finish(). Create an accumulator for the next message.',
  )

export const serverError = (
  error: ServerError,
  status: number | undefined = error.status,
  more: Pick<ModelStreamErrorDetails, 'headers' | 'retryAfter' | 'cause'> = {},
): ModelStreamError => {
  const kinds = new Set(
    [status, error.type, error.code].filter((kind) => kind !== undefined && kind !== ''),
  )
  const kind = kinds.size > 0 ? ` (${inOneLine([...kinds].join(', '))})` : ''
  const unsaid = error.raw === '' ? 'Its body is empty.' : 'See `error` for all of it.'
  const words = error.message === '' ? unsaid : inOneLine(error.message)
  return new ModelStreamError('server-error', `The server sent an error${kind}: ${words}`, {
    error,
    status,
    ...more,
  })
}

const INCOMPLETE: Readonly<Record<IncompleteReason, string>> = {
  error: 'The stream failed',
  aborted: 'The stream was aborted',
  empty: 'The stream ended without any choice',
  'gave-up': 'The server gave up, as its finish reason says',
  'no-end': 'The stream ended without a finish reason and without [DONE]',
  'no-finish-reason': 'The stream ended, and not every choice has a finish reason',
  'open-json': 'The server finished in the middle of the arguments of a tool call',
}

const ONCE = 'A source can be read once: forward it with `tap`, or read a `clone()` made before.'

/** Of a source that yielded nothing, only the caller knows whether it was read before. */
export const endOfNothing = (): string =>
  `The source ended before its first item: it is empty, or it was read before. ${ONCE}`

export const incomplete = (reason: IncompleteReason, isEmpty = false): ModelStreamError =>
  new ModelStreamError(
    'incomplete',
    isEmpty
      ? endOfNothing()
      : `${INCOMPLETE[reason]}. Request it again, or pass { incomplete: 'return' } to get what arrived.`,
  )

export const badJson = (data: string, cause: unknown): ModelStreamError =>
  new ModelStreamError('bad-json', 'The data of an event is not valid JSON. See `error.data`.', {
    data,
    cause,
  })

export const badResponse = (data: string, status?: number, headers?: Headers): ModelStreamError => {
  const answer = status === undefined ? 'The source' : `The response, with status ${status},`
  return new ModelStreamError(
    'bad-response',
    `${answer} is not a stream of events. See \`error.data\` for its beginning.`,
    { data, status, headers },
  )
}

export const wrongProtocol = (
  what: string,
  advice: string,
  expected = 'chat completions',
): ModelStreamError =>
  new ModelStreamError(
    'wrong-protocol',
    `Expected a stream of ${expected}, received ${what}. ${advice}`,
  )

export const noChunks = (): ModelStreamError =>
  new ModelStreamError(
    'no-chunks',
    "The source yields a client's own objects without the server's chunks. Construct LangChain's model with { __includeRawResponse: true }, or call the AI SDK with { includeRawChunks: true }.",
  )

export const aborted = (cause: unknown): ModelStreamError =>
  new ModelStreamError('aborted', 'The signal was aborted. See `error.cause` for its reason.', {
    cause,
  })

export const interrupted = (cause: unknown): ModelStreamError =>
  new ModelStreamError('interrupted', 'Reading the stream failed. See `error.cause`.', { cause })

export const timedOut = (what: 'bytes' | 'content', milliseconds: number): ModelStreamError =>
  new ModelStreamError(
    'timeout',
    `No ${what} arrived for ${milliseconds} ms. Request it again, or raise \`${what === 'bytes' ? 'idleTimeout' : 'tokenTimeout'}\`; 0 disables it.`,
  )

/** Why a text of the model could not be used as a value. */
export type ParseErrorCode =
  /** The text is not JSON. */
  | 'invalid-json'
  /** The value does not match the schema. See `issues`. */
  | 'invalid-value'

/**
 * Thrown when arguments or content of a message are not JSON, or do not match a schema.
 *
 * @example
 * ```ts
 * import { parseContent, ParseError } from '@tesserae/openai'
 * import { chatCompletion } from '@tesserae/openai/schema'
 *
 * const error = await parseContent({ content: 'Hello' }, chatCompletion).catch((error) => error)
 * if (error instanceof ParseError) console.log(error.code, error.text) // => invalid-json Hello
 * ```
 */
export class ParseError extends Error {
  readonly code: ParseErrorCode
  /** The text that was parsed. */
  readonly text: string
  /** What the validator found. */
  readonly issues: readonly { readonly message: string }[]

  constructor(
    code: ParseErrorCode,
    message: string,
    text: string,
    issues: readonly { readonly message: string }[] = [],
    options?: ErrorOptions,
  ) {
    super(message, options)
    this.name = 'ParseError'
    this.code = code
    this.text = text
    this.issues = issues
  }
}

export const invalidJson = (text: string, cause: unknown): ParseError =>
  new ParseError('invalid-json', 'The text is not valid JSON. See `error.text`.', text, [], {
    cause,
  })

export const invalidValue = (
  text: string,
  issues: readonly { readonly message: string }[],
): ParseError =>
  new ParseError(
    'invalid-value',
    `The value does not match the schema: ${inOneLine(issues[0]?.message ?? '')} See \`error.issues\` for all.`,
    text,
    issues,
  )

export const restarted = (): Error =>
  new Error('The server began its answer anew: pass `repeat: false`, or let the server send IDs.')

export const leftOut = (): Error =>
  new Error(
    'An event named `reset` says that the server left out a part of the stream or began it anew.',
  )

/** What to do about a source that is not one. */
function adviceOn(source: unknown): string {
  if (source instanceof Promise) return 'await it first'
  if (typeof source === 'function') return 'call it, and pass the result'
  if (typeof source === 'string') return 'pass `new Response(text)`'
  return isWire(source) ? 'put one chunk in an array' : 'the source is missing'
}

export const notASource = (source: unknown): TypeError =>
  new TypeError(
    `Expected a Response, bytes, events or chunks as the source, received ${Object.prototype.toString.call(source).slice(8, -1)}: ${adviceOn(source)}.`,
  )

export const wasRead = (): TypeError =>
  new TypeError(`The body was read before, or is being read. ${ONCE}`)

export const badOption = (name: string, expected: string): TypeError =>
  new TypeError(`\`${name}\` must be ${expected}.`)

export const unknownOption = (name: string, known: readonly string[]): TypeError =>
  new TypeError(`Unknown option \`${name}\`. The options are: ${known.join(', ')}.`)

export const notASchema = (): TypeError =>
  new TypeError('Expected a Standard Schema, such as a schema of zod, valibot or arktype.')

export const notIterable = (what: string): TypeError =>
  new TypeError(`Expected an iterable of ${what}: pass the result of \`split\`.`)

export const notAChunk = (): TypeError =>
  new TypeError(
    'Expected a chunk, received an event: push `JSON.parse(event.data)`, or read all events with `accumulate`.',
  )

export const notACompletion = (): TypeError =>
  new TypeError(
    'Expected a completion: `choices` must be an array, and each choice needs a `message`.',
  )

export const badGranularity = (): RangeError =>
  new RangeError(
    "`granularity` must be 'word', 'whole', a whole number from 1, or a function that returns pieces.",
  )

export const badUnit = (): RangeError =>
  new RangeError("`unit` must be 'word', 'sentence', 'line' or 'grapheme'.")
