import type { ChatCompletion } from '../types.ts'
import { accumulate } from '../read/accumulate.ts'
import { checkOfChunks } from '../read/chunk-options.ts'
import type { Accumulated, AccumulateOptions } from '../read/run.ts'
import { forward } from './forward.ts'

/** A body that is forwarded, with the message that went through it. */
export interface Tapped<Message = ChatCompletion> {
  /** The same chunks, unchanged, at the pace of the one who reads them. */
  readonly body: ReadableStream<Uint8Array>
  /**
   * What went through. Resolves when the body has ended, or was cancelled: the failure is `aborted` then. It never rejects
   * for an incomplete message.
   */
  readonly result: Promise<Accumulated<Message>>
}

/** Options of {@link tap}. */
export type TapOptions = Omit<
  AccumulateOptions,
  'incomplete' | 'signal' | 'idleTimeout' | 'tokenTimeout'
>

/** What the tap decides itself, also for callers without types. */
const FIXED = { incomplete: 'return', idleTimeout: 0, tokenTimeout: 0 } as const

/**
 * Forwards the bytes of a stream and accumulates the message from them: for gateways that bill, log or cache. A chunk is
 * read when it is forwarded, so the reader of the body sets the pace, and what the tap finds never changes the bytes. A slow
 * reader looks like a silent server from here, so there are no timeouts: limit the request itself, with its `signal`.
 *
 * @param source - a response or its body
 * @param options - as for `accumulate`, without timeouts and `signal`; `incomplete` is always `'return'`
 *
 * @example
 * <!-- example: prelude completion -->
 * ```ts
 * import { tap } from '@tesserae/openai'
 *
 * const { body, result } = tap(response)
 * const forwarded = await new Response(body as ReadableStream<Uint8Array<ArrayBuffer>>).text()
 * forwarded.endsWith('data: [DONE]\n\n') // => true
 * const { message } = await result
 * message.usage?.total_tokens // => 7
 * ```
 */
export function tap<Message = ChatCompletion>(
  source: Response | ReadableStream<Uint8Array>,
  options: TapOptions = {},
): Tapped<Message> {
  checkOfChunks(options)
  const { body, seen, ignore } = forward(source)
  const result = accumulate<Message>(seen, { ...options, ...FIXED })
  return { body, result: result.finally(ignore) }
}
