import { type Clients, storeOf } from './clients.ts'
import { contextOf } from './context.ts'
import type { CreateResumableStreamContextOptions, ResumableStreamContext } from './types.ts'

export type * from './types.ts'
export { resumeStream } from './resume-stream.ts'

/**
 * `createResumableStreamContext` of `resumable-stream/ioredis`, over a log. Without clients in the options it connects those of
 * the package `ioredis` to the address in `REDIS_URL` or `KV_URL`.
 *
 * @throws `ResumeError` with the code `bad-option` if there is neither a client nor an address
 *
 * @example
 * ```ts no-run: needs a Redis server
 * import { createResumableStreamContext } from '@tesserae/resume/compat/ioredis'
 *
 * const context = createResumableStreamContext({ waitUntil: null })
 * const stream = await context.resumableStream('answer-1', () => new ReadableStream<string>())
 * ```
 */
export function createResumableStreamContext(
  options: CreateResumableStreamContextOptions,
): ResumableStreamContext {
  return contextOf(storeOf(options, connect), options)
}

async function connect(url: string): Promise<Clients> {
  const { Redis } = await import('ioredis')
  const [publisher, subscriber] = [new Redis(url), new Redis(url)]
  // Without a listener each failed attempt to connect is printed. The commands wait, or reject and are sent again.
  for (const client of [publisher, subscriber]) client.on('error', () => {})
  return { publisher, subscriber }
}
