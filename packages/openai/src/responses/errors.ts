import { ModelStreamError as StreamFailure, endOfNothing } from '../errors.ts'
import type { ModelStreamErrorCode, ModelStreamErrorDetails } from '../errors.ts'
import type {
  ResponseCursor,
  ResponseIncompleteReason,
  ResponseVerdict,
} from './accumulator-types.ts'
import type { ModelResponse } from './types.ts'

/** The error of everything that reads a stream of responses. See {@link ModelStreamErrorCode} for the codes. */
export interface ModelStreamError extends Omit<StreamFailure, 'partial' | 'verdict'> {
  /** The response so far. */
  partial: ModelResponse | undefined
  /** The verdict on the stream so far. */
  verdict: ResponseVerdict | undefined
  /** Where the stream can be resumed, if the server numbers its events. */
  cursor: ResponseCursor | undefined
}

/** Constructs a {@link ModelStreamError}. */
export interface ModelStreamErrorConstructor {
  new (
    code: ModelStreamErrorCode,
    message: string,
    details?: ModelStreamErrorDetails,
  ): ModelStreamError
  readonly prototype: ModelStreamError
}

/**
 * The class that `@tesserae/openai` throws, with the types of this protocol: `partial` is a response.
 *
 * @example
 * ```ts
 * import { accumulate, ModelStreamError } from '@tesserae/openai/responses'
 *
 * const item = { type: 'message', id: 'msg_1', role: 'assistant', content: [] }
 * try {
 *   await accumulate([{ type: 'response.output_item.added', output_index: 0, item }])
 * } catch (error) {
 *   if (error instanceof ModelStreamError) console.log(error.code, error.verdict?.reason) // => incomplete no-end
 *   if (error instanceof ModelStreamError) error.partial?.output // => [item]
 * }
 * ```
 */
export const ModelStreamError: ModelStreamErrorConstructor =
  StreamFailure as unknown as ModelStreamErrorConstructor

const INCOMPLETE: Readonly<Record<ResponseIncompleteReason, string>> = {
  error: 'The stream failed',
  aborted: 'The stream was aborted',
  'no-end': 'The stream ended without a terminal event such as `response.completed`',
}

/** The stream ended, and the response is not complete. */
export const incompleteResponse = (
  reason: ResponseIncompleteReason,
  isEmpty = false,
): StreamFailure =>
  new StreamFailure(
    'incomplete',
    isEmpty
      ? endOfNothing()
      : `${INCOMPLETE[reason]}. Request it again, resume it with the option \`resume\`, or pass \`{ incomplete: 'return' }\` to take the partial response.`,
  )

/** The source yields objects that a client made from the events. */
export const noEvents = (): StreamFailure =>
  new StreamFailure(
    'no-chunks',
    "The source yields a client's own objects without the server's events. Call the AI SDK with { includeRawChunks: true }.",
  )

/** The argument of `split` is something else. */
export const notAResponse = (): TypeError =>
  new TypeError('Expected a response: `output` must be an array of items.')
