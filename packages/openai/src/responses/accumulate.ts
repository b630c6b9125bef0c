import { checkOfEvents } from '../read/options.ts'
import type { ChunkSource } from '../read/source.ts'
import { type Control, stoppable } from '../read/stoppable.ts'
import type { ResponseDelta } from './accumulator-types.ts'
import { type AccumulatedResponse, type AccumulateOptions, ResponseReading } from './run.ts'
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
  checkOfEvents(options)
  const run = new ResponseReading(source, options, options.onDelta, false)
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
export function readDeltas(
  source: ChunkSource,
  options: AccumulateOptions = {},
): AsyncGenerator<ResponseDelta, AccumulatedResponse> {
  const control: Control = {}
  return stoppable(deltasOf(source, options, control), control)
}

async function* deltasOf(
  source: ChunkSource,
  options: AccumulateOptions,
  control: Control,
): AsyncGenerator<ResponseDelta, AccumulatedResponse> {
  const { run, deltas } = listen(source, options, control)
  try {
    while (await run.step()) yield* deltas.splice(0)
  } finally {
    run.close()
  }
  let result: AccumulatedResponse
  try {
    result = run.result()
  } catch (error) {
    yield* deltas.splice(0)
    throw error
  }
  yield* deltas.splice(0)
  if (result.failure && options.incomplete !== 'return') throw result.failure
  return result
}

function listen(
  source: ChunkSource,
  options: AccumulateOptions,
  control: Control,
): { readonly run: ResponseReading; readonly deltas: ResponseDelta[] } {
  checkOfEvents(options)
  const deltas: ResponseDelta[] = []
  const tell = (delta: ResponseDelta): void => {
    deltas.push(delta)
    options.onDelta?.(delta)
  }
  const run = new ResponseReading(source, options, tell, true)
  control.stop = () => run.stop()
  return { run, deltas }
}

/** What one read of the source added, and the response so far. */
export interface ResponseProgress {
  readonly deltas: readonly ResponseDelta[]
  /** The response with these deltas: a copy of its own. */
  readonly response: ModelResponse
}

/**
 * Reads a stream as snapshots of the response, one for each read of the source that added anything. Deltas that arrive
 * together share a snapshot. Making one copies the items of the response; its text is not copied.
 *
 * @param source - a `Response`, bytes, events, or the events of any client
 * @param options - as for {@link accumulate}
 * @returns the snapshots; the response, the verdict and the failure are the return value of the generator
 * @throws {@link ModelStreamError} after all snapshots, as {@link accumulate} does
 *
 * @example
 * <!-- example: prelude answer -->
 * ```ts
 * import { outputTextOf, readSnapshots } from '@tesserae/openai/responses'
 *
 * let shown = ''
 * for await (const progress of readSnapshots(response)) shown = outputTextOf(progress.response)
 * shown // => 'Hello, world!'
 * ```
 */
export function readSnapshots(
  source: ChunkSource,
  options: AccumulateOptions = {},
): AsyncGenerator<ResponseProgress, AccumulatedResponse> {
  const control: Control = {}
  return stoppable(snapshotsOf(source, options, control), control)
}

async function* snapshotsOf(
  source: ChunkSource,
  options: AccumulateOptions,
  control: Control,
): AsyncGenerator<ResponseProgress, AccumulatedResponse> {
  const { run, deltas } = listen(source, options, control)
  try {
    while (await run.step())
      if (deltas.length > 0) yield { deltas: deltas.splice(0), response: run.snapshot() }
  } finally {
    run.close()
  }
  const result = run.result()
  if (deltas.length > 0) yield { deltas: deltas.splice(0), response: run.snapshot() }
  if (result.failure && options.incomplete !== 'return') throw result.failure
  return result
}
