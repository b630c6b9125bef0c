import { type Clients, storeOf } from './compat/clients.ts'
import { contextOf } from './compat/context.ts'
import type { CreateResumableStreamContextOptions, ResumableStreamContext } from './compat/types.ts'

export type * from './compat/types.ts'
export { resumeStream } from './compat/resume-stream.ts'

/**
 * `createResumableStreamContext` of resumable-stream 2, over a log: nothing is lost when the producer dies. Without clients in
 * the options it connects those of the package `redis` to the address in `REDIS_URL` or `KV_URL`.
 *
 * @throws `ResumeError` with the code `bad-option` if there is neither a client nor an address
 *
 * @example
 * ```ts no-run: needs a Redis server
 * import { createResumableStreamContext } from '@tesserae/resume/compat'
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
  const { createClient } = await import('redis')
  const clients = [createClient({ url }), createClient({ url })] as const
  // Without a listener an error of the connection would end the process. The commands reject, and are sent again.
  for (const client of clients) client.on('error', () => {})
  const [publisher, subscriber] = await Promise.all(clients.map((client) => client.connect()))
  return { publisher, subscriber }
}
