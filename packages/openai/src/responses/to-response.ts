import { streamOf } from '../split/stream-of.ts'
import { split, type SplitOptions } from './split.ts'
import { toEvents } from './to-events.ts'
import type { ModelResponse } from './types.ts'

/** Options of {@link toResponse}. */
export interface ToResponseOptions extends SplitOptions {
  /** Headers beside `content-type` and `cache-control`. */
  readonly headers?: ConstructorParameters<typeof Headers>[0] | undefined
  /** Whether `[DONE]` comes last. Default: `false`. */
  readonly done?: boolean | undefined
}

/**
 * A `Response` that streams a finished response of a model, as a server would have sent it: for caches, mocks and tests.
 * Each pull writes one event.
 *
 * @param response - a response that was not streamed, or was accumulated
 * @param options - as for `split`, headers, and whether `[DONE]` comes last
 *
 * @example
 * <!-- example: prelude answer -->
 * ```ts
 * import { accumulate, toResponse } from '@tesserae/openai/responses'
 *
 * const result = await accumulate(response)
 * const replay = toResponse(result)
 * await accumulate(replay) // => result
 * ```
 */
export function toResponse(
  response: Pick<ModelResponse, 'id' | 'object' | 'output' | 'status'>,
  { headers, done, ...how }: ToResponseOptions = {},
): Response {
  return streamOf(toEvents(split(response, how), { done }), headers)
}
