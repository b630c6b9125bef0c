import { notIterable } from '../errors.ts'
import { BOOLEAN, checkOptions, FUNCTION, type Kinds } from '../options.ts'
import type { ChunkEvent } from '../split/chunk-event.ts'

/** Options of {@link toEvents}. */
export interface ToEventsOptions {
  /** Whether `[DONE]` comes last. Default: `false`: neither OpenAI nor most other servers send it. */
  readonly done?: boolean | undefined
  /**
   * Makes the last event of a stream whose source fails, from the error: an `error` event, for example. Without it, the
   * failure is thrown to the reader.
   */
  readonly onError?: ((error: unknown) => object) | undefined
}

const OPTIONS: Kinds = { done: BOOLEAN, onError: FUNCTION }

/**
 * The server-sent events that carry events of a response: each is named for its type. An asynchronous iterable gives an
 * asynchronous one.
 *
 * @param events - events, such as the result of `split`
 * @param options - whether `[DONE]` comes last; what to send if the source fails
 *
 * @example
 * ```ts
 * import { toEvents } from '@tesserae/openai/responses'
 *
 * for (const event of toEvents([{ type: 'response.in_progress' }])) console.log(event.event, event.data)
 * // => response.in_progress {"type":"response.in_progress"}
 * ```
 */
export function toEvents(events: Iterable<object>, options?: ToEventsOptions): Generator<ChunkEvent>
export function toEvents(
  events: AsyncIterable<object>,
  options?: ToEventsOptions,
): AsyncGenerator<ChunkEvent>
export function toEvents(
  events: Iterable<object> | AsyncIterable<object>,
  options: ToEventsOptions = {},
): Generator<ChunkEvent> | AsyncGenerator<ChunkEvent> {
  checkOptions(options, OPTIONS)
  if (typeof events !== 'object' || events === null) throw notIterable('events')
  if (Symbol.asyncIterator in events) return asynchronous(events, options)
  if (!(Symbol.iterator in events)) throw notIterable('events')
  return synchronous(events, options)
}

function* synchronous(
  events: Iterable<object>,
  { done, onError }: ToEventsOptions,
): Generator<ChunkEvent> {
  try {
    for (const event of events) yield frameOf(event)
  } catch (error) {
    if (onError === undefined) throw error
    return yield frameOf(onError(error))
  }
  if (done) yield { data: '[DONE]' }
}

async function* asynchronous(
  events: AsyncIterable<object>,
  { done, onError }: ToEventsOptions,
): AsyncGenerator<ChunkEvent> {
  try {
    for await (const event of events) yield frameOf(event)
  } catch (error) {
    if (onError === undefined) throw error
    yield frameOf(onError(error))
    return
  }
  if (done) yield { data: '[DONE]' }
}

function frameOf(event: object): ChunkEvent {
  const { type } = event as { type?: unknown }
  return { ...(typeof type === 'string' && { event: type }), data: JSON.stringify(event) }
}
