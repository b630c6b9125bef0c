import { storeOf } from './clients.ts'
import { contextOf } from './context.ts'
import type { CreateResumableStreamContextOptions, ResumableStreamContext } from './types.ts'

export type * from './types.ts'
export { resumeStream } from './resume-stream.ts'

/**
 * `createResumableStreamContext` of `resumable-stream/generic`, over a log. The clients must be in the options. With clients that
 * only get, set, increment and publish, two producers at the same time are not fenced reliably.
 *
 * @throws `ResumeError` with the code `bad-option` if a client is missing
 *
 * @example
 * ```ts no-run: needs a client of a key-value store
 * import { createResumableStreamContext, type Publisher, type Subscriber } from '@tesserae/resume/compat/generic'
 *
 * declare const clients: { publisher: Publisher; subscriber: Subscriber }
 * const context = createResumableStreamContext({ waitUntil: null, ...clients })
 * const stream = await context.resumableStream('answer-1', () => new ReadableStream<string>())
 * ```
 */
export function createResumableStreamContext(
  options: CreateResumableStreamContextOptions,
): ResumableStreamContext {
  return contextOf(storeOf(options, undefined), options)
}
