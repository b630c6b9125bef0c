import { forward } from '../gateway/forward.ts'
import { checkOfEvents } from '../read/options.ts'
import { accumulate } from './accumulate.ts'
import type { AccumulatedResponse, AccumulateOptions } from './run.ts'
import type { ModelResponse } from './types.ts'

/** A body that is forwarded, with the response that went through it. */
export interface TappedResponse<Response = ModelResponse> {
  /** The same chunks, unchanged, at the pace of the one who reads them. */
  readonly body: ReadableStream<Uint8Array>
  /** What went through. Resolves when the body has ended or was cancelled; it never rejects for an incomplete response. */
  readonly result: Promise<AccumulatedResponse<Response>>
}

/** Options of {@link tap}. */
export type ResponseTapOptions = Omit<
  AccumulateOptions,
  'incomplete' | 'resume' | 'signal' | 'idleTimeout' | 'tokenTimeout'
>

/** What the tap decides itself, also for callers without types. */
const FIXED = { incomplete: 'return', idleTimeout: 0, tokenTimeout: 0, resume: undefined } as const

/**
 * Forwards the bytes of a stream and accumulates the response from them: for gateways that bill, log or cache. A chunk is
 * read when it is forwarded, so the reader of the body sets the pace, and what the tap finds never changes the bytes. There
 * are no timeouts, because a slow reader looks like a silent server from here: limit the request itself.
 *
 * @param source - a `Response` or its body
 * @param options - as for {@link accumulate}, without timeouts, `signal` and `resume`; `incomplete` is always `'return'`
 *
 * @example
 * <!-- example: prelude answer -->
 * ```ts
 * import { tap } from '@tesserae/openai/responses'
 *
 * const { body, result } = tap(response)
 * const forwarded = await new Response(body as ReadableStream<Uint8Array<ArrayBuffer>>).text()
 * forwarded.startsWith('event: response.created') // => true
 * const accumulated = await result
 * accumulated.response.usage?.total_tokens // => 7
 * ```
 */
export function tap<Body = ModelResponse>(
  source: Response | ReadableStream<Uint8Array>,
  options: ResponseTapOptions = {},
): TappedResponse<Body> {
  checkOfEvents(options)
  const { body, seen, ignore } = forward(source)
  const result = accumulate<Body>(seen, { ...options, ...FIXED })
  return { body, result: result.finally(ignore) }
}
