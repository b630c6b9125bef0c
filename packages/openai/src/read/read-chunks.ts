import { SseError } from '@tesserae/parser'
import { ruleIn } from '../accumulator/fields.ts'
import type { NoteCode } from '../accumulator/notes.ts'
import { deltaRules } from '../accumulator/rules.ts'
import { incomplete, interrupted, serverError } from '../errors.ts'
import { split } from '../split/split.ts'
import type { ChatCompletion, ChatCompletionChunk } from '../types.ts'
import { isEmpty, isWire, type Wire } from '../wire.ts'
import { Interpreter } from './interpreter.ts'
import { checkOfChunks } from './chunk-options.ts'
import { type ReadOptions, Reading } from './reading.ts'
import type { ChunkSource } from './source.ts'
import { type Control, stoppable } from './stoppable.ts'

/** Options of {@link readChunks}. */
export interface ReadChunksOptions extends ReadOptions {
  /** What to do when a stream ends without a finish reason and without `[DONE]`. Default: `'error'`, after all chunks. */
  readonly incomplete?: 'error' | 'return' | undefined
  /** Called with the code of each unusual event that did no harm. */
  readonly onNote?: ((code: NoteCode) => void) | undefined
}

/**
 * Reads a stream as chunks, each as the server sent it. Leaving the loop cancels the source.
 *
 * @param source - a response, bytes, events, or the chunks of a client
 * @param options - a signal and timeouts, a check of each chunk, what to do with a stream that was cut
 * @throws {@link ModelStreamError} when the server sends an error, after the chunks before it
 *
 * @example
 * <!-- example: prelude completion -->
 * ```ts
 * import { readChunks } from '@tesserae/openai'
 *
 * let text = ''
 * for await (const chunk of readChunks(response)) text += chunk.choices[0]?.delta.content ?? ''
 * text // => 'Hello, world!'
 * ```
 */
export function readChunks<Chunk = ChatCompletionChunk>(
  source: ChunkSource,
  options: ReadChunksOptions = {},
): AsyncGenerator<Chunk, void> {
  const control: Control = {}
  return stoppable(chunksOf(source, options, control), control)
}

async function* chunksOf<Chunk>(
  source: ChunkSource,
  options: ReadChunksOptions,
  control: Control,
): AsyncGenerator<Chunk, void> {
  checkOfChunks(options)
  const chunks: Chunk[] = []
  let hasFinished = false
  const add = (chunk: object): void => {
    options.check?.(chunk)
    hasFinished ||= finishes(chunk)
    if (options.tokenTimeout && hasContent(chunk)) reading.progress()
    chunks.push(chunk as Chunk)
  }
  const interpreter = new Interpreter(
    {
      chunk: add,
      // A completion that was not streamed makes no difference to the reader.
      completion(completion) {
        for (const chunk of split(completion as unknown as ChatCompletion, {
          granularity: 'whole',
        }))
          add(chunk)
      },
      usage() {},
      note: (code) => options.onNote?.(code),
    },
    options.dialect,
  )
  const reading = new Reading(source, interpreter, options, true)
  control.stop = () => reading.stop()
  try {
    for await (const _ of reading.steps()) yield* chunks.splice(0)
  } catch (error) {
    // The chunks before a failure come before it here too.
    yield* chunks.splice(0)
    throw error instanceof SseError ? interrupted(error) : error
  }
  yield* chunks.splice(0)
  if (interpreter.error) throw serverError(interpreter.error)
  if (!interpreter.done && !hasFinished && options.incomplete !== 'return')
    throw incomplete('no-end', reading.isEmpty)
}

function finishes(chunk: object): boolean {
  return choicesOf(chunk).some((choice) => choice['finish_reason'])
}

/** Whether a chunk has more than a role, padding, and lists that are empty. */
function hasContent(chunk: object): boolean {
  return choicesOf(chunk).some(({ delta, text }) =>
    Object.entries(isWire(delta) ? delta : { text }).some(([name, value]) => {
      const isNothing = isEmpty(value) || (Array.isArray(value) && value.length === 0)
      return !isNothing && name !== 'role' && ruleIn(deltaRules, name) !== 'drop'
    }),
  )
}

function choicesOf(chunk: object): Wire[] {
  const { choices } = chunk as { choices?: unknown }
  return Array.isArray(choices) ? choices.filter(isWire) : []
}
