import type { IncompleteReason, Verdict } from './accumulator/types.ts'
import type { Issue } from './schema/standard.ts'
import type { ServerError } from './server-error.ts'
import type { ChatCompletion } from './types.ts'

/**
 * A chunk is not as its schema says, and the checker is strict.
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
  /** Which chunk it was, counted from 0. */
  readonly chunk: number
  /** All that is wrong with it. */
  readonly issues: readonly Issue[]

  constructor(chunk: number, issues: readonly Issue[]) {
    super(
      `Chunk ${chunk} is not as documented: ${issues[0]?.message} See issues for all, or check in the mode 'warn'.`,
    )
    this.name = 'SchemaError'
    this.chunk = chunk
    this.issues = issues
  }
}

/** Every way in which reading a stream fails. */
export type ModelStreamErrorCode =
  /** The server sent an error: in the stream, or in its place. See `error`. */
  | 'server-error'
  /** The stream ended, and the message is not whole. See `verdict`. */
  | 'incomplete'
  /** An event is no JSON. See `data`. */
  | 'bad-json'
  /** The response is no stream of events. See `data` and `status`. */
  | 'bad-response'
  /** The source yields objects of a client in which the server's chunks are not. The message says how to have them there. */
  | 'no-chunks'
  /** The signal was aborted. See `cause`. */
  | 'aborted'
  /** What carried the stream failed. See `cause`. */
  | 'interrupted'
  /** `push()` after `finish()`. */
  | 'finished'

/** What a {@link ModelStreamError} knows beside its code. */
export interface ModelStreamErrorDetails {
  readonly error?: ServerError | undefined
  readonly status?: number | undefined
  readonly data?: string | undefined
  readonly cause?: unknown
}

/**
 * Thrown by everything that reads a stream. The message says what to do and never holds what the stream said, so it can
 * be logged.
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
  /** What the server says is wrong. */
  readonly error: ServerError | undefined
  /** The HTTP status that belongs to the error, or the number that the server gives for one. */
  readonly status: number | undefined
  /** What could not be read: an event's data, or the beginning of a body. */
  readonly data: string | undefined
  /** The message as far as it had come, wherever one was put together. */
  partial: ChatCompletion | undefined
  /** The verdict on the stream up to there. */
  verdict: Verdict | undefined

  constructor(code: ModelStreamErrorCode, message: string, details: ModelStreamErrorDetails = {}) {
    super(message, 'cause' in details ? { cause: details.cause } : undefined)
    this.name = 'ModelStreamError'
    this.code = code
    this.error = details.error
    this.status = details.status ?? details.error?.status
    this.data = details.data
  }
}

export const finished = (): ModelStreamError =>
  new ModelStreamError(
    'finished',
    'The message is finished: create an accumulator for the next one.',
  )

export const serverError = (error: ServerError, status?: number): ModelStreamError =>
  new ModelStreamError('server-error', 'The server sent an error: see error for what it says.', {
    error,
    status,
  })

const INCOMPLETE: Readonly<Record<IncompleteReason, string>> = {
  error: 'The stream failed',
  aborted: 'The stream was given up',
  'no-end': 'The stream ended without a finish reason and without [DONE]',
  'no-finish-reason': 'The stream ended, and not every choice has a finish reason',
  'open-json': 'The server finished in the middle of the arguments of a tool call',
}

export const incomplete = (reason: IncompleteReason): ModelStreamError =>
  new ModelStreamError(
    'incomplete',
    `${INCOMPLETE[reason]}: request it again, or take what came with { incomplete: 'return' }.`,
  )

export const badJson = (data: string, cause: unknown): ModelStreamError =>
  new ModelStreamError('bad-json', 'An event is no JSON: see data for what it is.', { data, cause })

export const badResponse = (data: string, status?: number): ModelStreamError =>
  new ModelStreamError(
    'bad-response',
    'This is no stream of events: see data and status for what it is.',
    {
      data,
      status,
    },
  )

export const noChunks = (): ModelStreamError =>
  new ModelStreamError(
    'no-chunks',
    "These objects do not have the server's chunks in them: construct LangChain's model with { __includeRawResponse: true }, and call the AI SDK with { includeRawChunks: true }.",
  )

export const aborted = (cause: unknown): ModelStreamError =>
  new ModelStreamError('aborted', 'The signal was aborted: see cause for its reason.', { cause })

export const interrupted = (cause: unknown): ModelStreamError =>
  new ModelStreamError('interrupted', 'The stream could not be read on: see cause for why.', {
    cause,
  })
