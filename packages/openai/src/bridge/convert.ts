import type { ResponseEvent } from '../responses/types.ts'
import type { ChatCompletionChunk } from '../types.ts'
import { isWire } from '../wire.ts'
import { ChunkSender } from './to-chunks.ts'
import { ResponseSender } from './to-response-events.ts'

/**
 * Converts the events of a response into the chunks of a chat completion, one by one. An error event or a failed response
 * becomes an error frame. Nothing is held back, and no text is kept.
 *
 * @param events - events of any server, such as the result of `readEvents`
 *
 * @example
 * ```ts
 * import { toChunks } from '@tesserae/openai/bridge'
 *
 * const events = [
 *   { type: 'response.created', response: { id: 'resp_1', model: 'tiny' } },
 *   { type: 'response.output_text.delta', item_id: 'msg_1', output_index: 0, delta: 'Hi' },
 *   { type: 'response.completed', response: { status: 'completed' } },
 * ]
 * for (const { choices } of toChunks(events)) console.log(choices[0]?.delta, choices[0]?.finish_reason)
 * // => { role: 'assistant' } null
 * // => { content: 'Hi' } null
 * // => {} 'stop'
 * ```
 */
export function toChunks(events: Iterable<object>): Generator<ChatCompletionChunk>
export function toChunks(events: AsyncIterable<object>): AsyncGenerator<ChatCompletionChunk>
export function toChunks(
  events: Iterable<object> | AsyncIterable<object>,
): Generator<ChatCompletionChunk> | AsyncGenerator<ChatCompletionChunk> {
  return convert(events, new ChunkSender())
}

/**
 * Converts the chunks of a chat completion into the events of a response, one by one. Only the first choice is converted.
 * A stream without a finish reason gets no terminal event. The events that close a text repeat it, as the protocol wants,
 * so the response so far is kept.
 *
 * @param chunks - chunks of any server, such as the result of `readChunks`
 *
 * @example
 * ```ts
 * import { toResponseEvents } from '@tesserae/openai/bridge'
 *
 * const chunk = { id: 'c1', choices: [{ index: 0, delta: { content: 'Hi' }, finish_reason: 'stop' }] }
 * const types = [...toResponseEvents([chunk])].map(({ type }) => type)
 * types.slice(0, 5)
 * // => [
 * //   'response.created',
 * //   'response.in_progress',
 * //   'response.output_item.added',
 * //   'response.content_part.added',
 * //   'response.output_text.delta',
 * // ]
 * ```
 */
export function toResponseEvents(chunks: Iterable<object>): Generator<ResponseEvent>
export function toResponseEvents(chunks: AsyncIterable<object>): AsyncGenerator<ResponseEvent>
export function toResponseEvents(
  chunks: Iterable<object> | AsyncIterable<object>,
): Generator<ResponseEvent> | AsyncGenerator<ResponseEvent> {
  return convert(chunks, new ResponseSender())
}

/** Converts one stream: what each item becomes, and what follows the last. */
interface Sender<Result> {
  push(item: object): Result[]
  end?(): Result[]
}

function convert<Result>(
  items: Iterable<object> | AsyncIterable<object>,
  sender: Sender<Result>,
): Generator<Result> | AsyncGenerator<Result> {
  return Symbol.asyncIterator in items ? asynchronous(items, sender) : synchronous(items, sender)
}

function* synchronous<Result>(items: Iterable<object>, sender: Sender<Result>): Generator<Result> {
  for (const item of items) if (isWire(item)) yield* sender.push(item)
  yield* sender.end?.() ?? []
}

async function* asynchronous<Result>(
  items: AsyncIterable<object>,
  sender: Sender<Result>,
): AsyncGenerator<Result> {
  for await (const item of items) if (isWire(item)) yield* sender.push(item)
  yield* sender.end?.() ?? []
}
