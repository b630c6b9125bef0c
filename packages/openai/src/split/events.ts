import type { Dialect, DialectWriter } from '../dialects/types.ts'
import { notIterable } from '../errors.ts'
import { checkOptions, DIALECT, FUNCTION, type Kinds } from '../options.ts'
import type { ErrorFrame } from '../types.ts'
import type { ChunkEvent } from './chunk-event.ts'

/** Options of {@link toEvents}. */
export interface ToEventsOptions {
  /** The dialect to write, if it is not chat completions. */
  readonly dialect?: Dialect | undefined
  /**
   * Makes the last event of a stream whose source fails, from the error of the source. It replaces `[DONE]`. Without it, the
   * reader of the events gets the error.
   */
  readonly onError?: ((error: unknown) => ErrorFrame) | undefined
}

const OPTIONS: Kinds = { dialect: DIALECT, onError: FUNCTION }

/**
 * The events for chunks, with the closing `[DONE]`. An asynchronous iterable gives an asynchronous one.
 *
 * @param chunks - chunks, such as those of `split`
 * @param options - the dialect, and the last event if the chunks fail
 *
 * @example
 * ```ts
 * import { toEvents } from '@tesserae/openai'
 *
 * for (const event of toEvents([{ id: 'chatcmpl-1' }])) console.log(event.data)
 * // => {"id":"chatcmpl-1"}
 * // => [DONE]
 * ```
 */
export function toEvents(chunks: Iterable<object>, options?: ToEventsOptions): Generator<ChunkEvent>
export function toEvents(
  chunks: AsyncIterable<object>,
  options?: ToEventsOptions,
): AsyncGenerator<ChunkEvent>
export function toEvents(
  chunks: Iterable<object> | AsyncIterable<object>,
  options: ToEventsOptions = {},
): Generator<ChunkEvent> | AsyncGenerator<ChunkEvent> {
  checkOptions(options, OPTIONS)
  if (typeof chunks !== 'object' || chunks === null) throw notIterable('chunks')
  const frames = new Frames(options.dialect, options.onError)
  if (Symbol.asyncIterator in chunks) return later(chunks, frames)
  if (!(Symbol.iterator in chunks)) throw notIterable('chunks')
  return atOnce(chunks, frames)
}

/** The frames of one stream. */
class Frames {
  readonly #writer: DialectWriter
  readonly #hasDone: boolean
  readonly #onError: ToEventsOptions['onError']

  constructor(dialect: Dialect | undefined, onError: ToEventsOptions['onError']) {
    this.#writer = (dialect ?? plain).write()
    this.#hasDone = dialect?.done ?? true
    this.#onError = onError
  }

  of(chunk: object): ChunkEvent[] {
    return this.#writer.chunk(chunk)
  }

  end(): ChunkEvent[] {
    return this.#hasDone ? [...this.#writer.end(), done] : this.#writer.end()
  }

  failure(error: unknown): ChunkEvent[] {
    if (this.#onError === undefined) throw error
    const frame = this.#onError(error)
    return this.#writer.error?.(frame) ?? [eventOf(frame)]
  }
}

const plain: Pick<Dialect, 'write'> = {
  write: () => ({ chunk: (chunk) => [eventOf(chunk)], end: () => [] }),
}
const done: ChunkEvent = { data: '[DONE]' }

function* atOnce(chunks: Iterable<object>, frames: Frames): Generator<ChunkEvent> {
  try {
    for (const chunk of chunks) yield* frames.of(chunk)
  } catch (error) {
    return yield* frames.failure(error)
  }
  yield* frames.end()
}

async function* later(chunks: AsyncIterable<object>, frames: Frames): AsyncGenerator<ChunkEvent> {
  try {
    for await (const chunk of chunks) yield* frames.of(chunk)
  } catch (error) {
    yield* frames.failure(error)
    return
  }
  yield* frames.end()
}

function eventOf(chunk: object): ChunkEvent {
  return { data: JSON.stringify(chunk) }
}
