import type { ResumableStreamContext } from './types.ts'

/**
 * Joins a stream of a context: `context.resumeExistingStream` as a function.
 *
 * @param context - made by `createResumableStreamContext`
 *
 * @example
 * ```ts no-run: needs a Redis server
 * import { createResumableStreamContext, resumeStream } from '@tesserae/resume/compat'
 *
 * const context = createResumableStreamContext({ waitUntil: null })
 * const stream = await resumeStream(context, 'answer-1', 100) // without its first 100 characters
 * ```
 */
export function resumeStream(
  context: ResumableStreamContext,
  streamId: string,
  skipCharacters?: number,
): Promise<ReadableStream<string> | null | undefined> {
  return context.resumeExistingStream(streamId, skipCharacters)
}
