import type { ChunkSource } from '../read/source.ts'
import type { ResponseDelta } from './accumulator-types.ts'
import { type AccumulatedResponse, type AccumulateOptions, Run } from './run.ts'
import type { ModelResponse } from './types.ts'

/**
 * Reads a stream to its end and resolves to the response that the server would have returned without streaming.
 *
 * @param source - a `Response`, bytes, events, or the events of any client
 * @param options - how to resume; what happens to an incomplete response; a signal
 * @returns the response; with `{ incomplete: 'return' }`, the response and the verdict on its stream
 * @throws {@link ModelStreamError} with the response so far, if the server sends an error or the stream ends too early
 *
 * @example
 * <!-- example: prelude answer -->
 * ```ts
 * import { accumulate, outputTextOf } from '@tesserae/openai/responses'
 *
 * const result = await accumulate(response)
 * outputTextOf(result) // => 'Hello, world!'
 * result.usage?.total_tokens // => 7
 * ```
 */
export function accumulate<Response = ModelResponse>(
  source: ChunkSource,
  options: AccumulateOptions & { readonly incomplete: 'return' },
): Promise<AccumulatedResponse<Response>>
export function accumulate<Response = ModelResponse>(
  source: ChunkSource,
  options?: AccumulateOptions,
): Promise<Response>
export async function accumulate(
  source: ChunkSource,
  options: AccumulateOptions = {},
): Promise<ModelResponse | AccumulatedResponse> {
  const run = new Run(source, options, options.onDelta)
  try {
    for (;;) {
      const more = run.step()
      // A promise for each chunk costs more than reading it.
      if (!(typeof more === 'boolean' ? more : await more)) break
    }
  } finally {
    run.close()
  }
  const result = run.result()
  if (options.incomplete === 'return') return result
  if (result.failure) throw result.failure
  return result.response
}

/**
 * Reads a stream as what each event adds, for a display that grows.
 *
 * @param source - a `Response`, bytes, events, or the events of any client
 * @param options - as for {@link accumulate}
 * @returns the deltas; the response, the verdict and the failure are the return value of the generator
 * @throws {@link ModelStreamError} after all deltas, as {@link accumulate} does
 *
 * @example
 * <!-- example: prelude answer -->
 * ```ts
 * import { readDeltas } from '@tesserae/openai/responses'
 *
 * for await (const delta of readDeltas(response)) {
 *   if (delta.type === 'text') console.log(delta.delta) // => 'Hello', then ', world!'
 * }
 * ```
 */
export async function* readDeltas(
  source: ChunkSource,
  options: AccumulateOptions = {},
): AsyncGenerator<ResponseDelta, AccumulatedResponse> {
  let deltas: ResponseDelta[] = []
  const run = new Run(source, options, (delta) => {
    deltas.push(delta)
    options.onDelta?.(delta)
  })
  const take = (): ResponseDelta[] => {
    const taken = deltas
    deltas = []
    return taken
  }
  try {
    while (await run.step()) yield* take()
  } finally {
    run.close()
  }
  const result = run.result()
  yield* take()
  if (result.failure && options.incomplete !== 'return') throw result.failure
  return result
}
