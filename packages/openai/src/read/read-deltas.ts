import type { Delta } from '../accumulator/types.ts'
import type { ChatCompletion } from '../types.ts'
import { checkOfChunks } from './chunk-options.ts'
import { type Accumulated, type AccumulateOptions, Run } from './run.ts'
import type { ChunkSource } from './source.ts'
import { type Control, stoppable } from './stoppable.ts'

/**
 * Reads a stream as what each chunk adds, to show a message while it grows. Leaving the loop cancels the source.
 *
 * @param source - a response, bytes, events, or the chunks of any client
 * @param options - as for `accumulate`
 * @returns the deltas; the generator returns the message, the verdict and the failure
 * @throws {@link ModelStreamError}, after all deltas, as `accumulate` does
 *
 * @example
 * <!-- example: prelude completion -->
 * ```ts
 * import { readDeltas } from '@tesserae/openai'
 *
 * for await (const delta of readDeltas(response)) {
 *   if (delta.type === 'content') console.log(delta.delta) // => 'Hello', then ', world!'
 * }
 * ```
 */
export function readDeltas(
  source: ChunkSource,
  options: AccumulateOptions = {},
): AsyncGenerator<Delta, Accumulated> {
  const control: Control = {}
  return stoppable(deltasOf(source, options, control), control)
}

function listen(
  source: ChunkSource,
  options: AccumulateOptions,
  control: Control,
): { run: Run; deltas: Delta[] } {
  checkOfChunks(options)
  const deltas: Delta[] = []
  const run = new Run(
    source,
    options,
    (delta) => {
      deltas.push(delta)
      options.onDelta?.(delta)
    },
    true,
  )
  control.stop = () => run.stop()
  return { run, deltas }
}

async function* deltasOf(
  source: ChunkSource,
  options: AccumulateOptions,
  control: Control,
): AsyncGenerator<Delta, Accumulated> {
  const { run, deltas } = listen(source, options, control)
  for await (const _ of run.steps()) yield* deltas.splice(0)
  let result: Accumulated
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

/** What one read of the source added, and the message so far. */
export interface Progress {
  readonly deltas: readonly Delta[]
  /** The message with these deltas: a copy of its own. */
  readonly message: ChatCompletion
}

/**
 * Reads a stream as snapshots of the message, one for each read of the source that added anything. Deltas that arrive
 * together share a snapshot. Making one copies the lists of the message; its text is not copied.
 *
 * @param source - a response, bytes, events, or the chunks of any client
 * @param options - as for `accumulate`
 * @returns the snapshots; the generator returns the message, the verdict and the failure
 * @throws {@link ModelStreamError}, after all snapshots, as `accumulate` does
 *
 * @example
 * <!-- example: prelude completion -->
 * ```ts
 * import { readSnapshots } from '@tesserae/openai'
 *
 * let shown = ''
 * for await (const { message } of readSnapshots(response)) shown = message.choices[0]?.message.content ?? ''
 * shown // => 'Hello, world!'
 * ```
 */
export function readSnapshots(
  source: ChunkSource,
  options: AccumulateOptions = {},
): AsyncGenerator<Progress, Accumulated> {
  const control: Control = {}
  return stoppable(snapshotsOf(source, options, control), control)
}

async function* snapshotsOf(
  source: ChunkSource,
  options: AccumulateOptions,
  control: Control,
): AsyncGenerator<Progress, Accumulated> {
  const { run, deltas } = listen(source, options, control)
  for await (const _ of run.steps())
    if (deltas.length > 0)
      yield { deltas: deltas.splice(0), message: run.accumulator.snapshot() as ChatCompletion }
  const result = run.result()
  if (deltas.length > 0) yield { deltas: deltas.splice(0), message: result.message }
  if (result.failure && options.incomplete !== 'return') throw result.failure
  return result
}
