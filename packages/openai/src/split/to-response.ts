import type { ChatCompletion, TextCompletion } from '../types.ts'
import { toEvents } from './events.ts'
import { split, type SplitOptions } from './split.ts'
import { streamOf } from './stream-of.ts'

/** Options of {@link toResponse}. */
export interface ToResponseOptions extends SplitOptions {
  /** Headers beside `content-type` and `cache-control`. */
  readonly headers?: ConstructorParameters<typeof Headers>[0] | undefined
}

/**
 * A `Response` that streams a finished message, as a server would have sent it: for caches, mocks and tests. Each pull
 * writes one event.
 *
 * @param completion - a message, streamed or not
 * @param options - as for `split`, and headers
 *
 * @example
 * <!-- example: prelude completion -->
 * ```ts
 * import { accumulate, toResponse } from '@tesserae/openai'
 *
 * const completion = await accumulate(response)
 * const replay = toResponse(completion)
 * await accumulate(replay) // => completion
 * ```
 */
export function toResponse(
  completion: ChatCompletion | TextCompletion,
  options: ToResponseOptions = {},
): Response {
  const { headers: more, dialect, ...how } = options
  const events = toEvents(split(completion as ChatCompletion, how), { dialect })
  return streamOf(events, more)
}
