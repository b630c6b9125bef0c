import { incomplete, serverError } from '../errors.ts'
import { isWire } from '../accumulator/cells.ts'
import type { NoteCode } from '../accumulator/notes.ts'
import type { ChatCompletionChunk } from '../types.ts'
import { Interpreter } from './interpreter.ts'
import { type ReadOptions, Reading } from './reading.ts'
import type { ChunkSource } from './source.ts'

/** Options of {@link readChunks}. */
export interface ReadChunksOptions extends ReadOptions {
  /** What a stream does that ends without a finish reason and without `[DONE]`. Default: `'error'`, behind all chunks. */
  readonly incomplete?: 'error' | 'return' | undefined
  /** Told what was strange. */
  readonly onNote?: ((code: NoteCode) => void) | undefined
}

/**
 * Reads a stream as chunks, each as the server sent it. Leaving the loop cancels the source.
 *
 * @param source - a response, bytes, events, or the chunks of any client
 * @param options - a signal, a check of each chunk, what to do with a stream that was cut
 * @throws {@link ModelStreamError} where the server sends an error, behind the chunks before it
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
export async function* readChunks<Chunk = ChatCompletionChunk>(
  source: ChunkSource,
  options: ReadChunksOptions = {},
): AsyncGenerator<Chunk, void> {
  let chunks: Chunk[] = []
  let hasFinished = false
  const interpreter = new Interpreter(
    {
      chunk: (chunk) => {
        options.check?.(chunk)
        hasFinished ||= finishes(chunk)
        chunks.push(chunk as Chunk)
      },
      note: (code) => options.onNote?.(code),
    },
    options.dialect,
  )
  const take = (): Chunk[] => {
    const taken = chunks
    chunks = []
    return taken
  }
  try {
    for await (const _ of new Reading(source, interpreter, options).steps()) yield* take()
  } catch (error) {
    // What came before the failure comes before it here too.
    yield* take()
    throw error
  }
  if (interpreter.error) throw serverError(interpreter.error)
  if (!interpreter.done && !hasFinished && options.incomplete !== 'return')
    throw incomplete('no-end')
}

function finishes(chunk: object): boolean {
  const { choices } = chunk as { choices?: unknown }
  return (
    Array.isArray(choices) && choices.some((choice) => isWire(choice) && choice['finish_reason'])
  )
}
