import type { Dialect, DialectWriter } from '../dialects/types.ts'
import type { ErrorFrame } from '../types.ts'

/** An event as every encoder takes it: named fields of the wire. */
export interface ChunkEvent {
  readonly event?: string
  readonly data: string
}

/** Options of {@link toEvents}. */
export interface ToEventsOptions {
  /** What to speak, if it is not chat completions. */
  readonly dialect?: Dialect | undefined
  /**
   * Makes the last event of a stream whose source fails, of the error with which it did, in the place of `[DONE]`.
   * Without it, the failure goes on to whoever reads the events.
   */
  readonly onError?: ((error: unknown) => ErrorFrame) | undefined
}

/**
 * The events that carry chunks, with the closing `[DONE]`. Of an iterable that is asynchronous so is the result.
 *
 * @param chunks - chunks, such as those of `split`
 * @param options - what to say when they fail
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
  { dialect, onError }: ToEventsOptions = {},
): Generator<ChunkEvent> | AsyncGenerator<ChunkEvent> {
  const writer = (dialect ?? plain).write()
  return Symbol.asyncIterator in chunks
    ? later(chunks, writer, onError)
    : atOnce(chunks, writer, onError)
}

const plain: Pick<Dialect, 'write'> = {
  write: () => ({ chunk: (chunk) => [eventOf(chunk)], end: () => [] }),
}
const done: ChunkEvent = { data: '[DONE]' }
type OnError = ToEventsOptions['onError']

function* atOnce(
  chunks: Iterable<object>,
  writer: DialectWriter,
  onError: OnError,
): Generator<ChunkEvent> {
  try {
    for (const chunk of chunks) yield* writer.chunk(chunk)
  } catch (error) {
    return yield failure(error, onError)
  }
  yield* writer.end()
  yield done
}

async function* later(
  chunks: AsyncIterable<object>,
  writer: DialectWriter,
  onError: OnError,
): AsyncGenerator<ChunkEvent> {
  try {
    for await (const chunk of chunks) yield* writer.chunk(chunk)
  } catch (error) {
    yield failure(error, onError)
    return
  }
  yield* writer.end()
  yield done
}

function failure(error: unknown, onError: OnError): ChunkEvent {
  if (onError === undefined) throw error
  return eventOf(onError(error))
}

function eventOf(chunk: object): ChunkEvent {
  return { data: JSON.stringify(chunk) }
}
