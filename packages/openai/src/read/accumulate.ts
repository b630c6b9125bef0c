import type { ChatCompletion } from '../types.ts'
import { checkOfChunks } from './chunk-options.ts'
import { type Accumulated, type AccumulateOptions, Run } from './run.ts'
import type { ChunkSource } from './source.ts'

/**
 * Reads a stream to its end, and resolves to the message that the server would have sent without streaming.
 *
 * @param source - a response, bytes, events, or the chunks of a client
 * @param options - what to do with an incomplete message; rules; a signal and timeouts
 * @returns the message; with `{ incomplete: 'return' }`, the message and the verdict on its stream
 * @throws {@link ModelStreamError} with the message so far, if the server sends an error or the stream ends too early
 *
 * @example
 * <!-- example: prelude completion -->
 * ```ts
 * import { accumulate } from '@tesserae/openai'
 *
 * const completion = await accumulate(response)
 * completion.choices[0]?.message.content // => 'Hello, world!'
 * completion.usage?.total_tokens // => 7
 * ```
 */
export function accumulate<Message = ChatCompletion>(
  source: ChunkSource,
  options: AccumulateOptions & { readonly incomplete: 'return' },
): Promise<Accumulated<Message>>
export function accumulate<Message = ChatCompletion>(
  source: ChunkSource,
  options?: AccumulateOptions,
): Promise<Message>
export async function accumulate(
  source: ChunkSource,
  options: AccumulateOptions = {},
): Promise<ChatCompletion | Accumulated> {
  checkOfChunks(options)
  const run = new Run(source, options, options.onDelta, false)
  await run.toEnd()
  const result = run.result()
  if (options.incomplete === 'return') return result
  if (result.failure) throw result.failure
  return result.message
}
