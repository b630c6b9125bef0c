import { checkOptions, type Kinds } from '../options.ts'
import { type Granularity, GRANULARITY, piecesOf } from '../split/pieces.ts'
import { notAResponse } from './errors.ts'
import { TEXTS } from './event-table.ts'
import type { ModelResponse, ResponseEvent } from './types.ts'
import { type Draft, isWire, listIn, type Wire } from './wire.ts'

/** Options of {@link split}. */
export interface SplitOptions {
  /** How text is cut. Default: `'word'`. */
  readonly granularity?: Granularity | undefined
}

const OPTIONS: Kinds = { granularity: GRANULARITY }

/** The last event, by the status of the response. A response that has not ended has none. */
const LAST: ReadonlyMap<unknown, string> = new Map([
  ['completed', 'completed'],
  ['incomplete', 'incomplete'],
  ['cancelled', 'incomplete'],
  ['failed', 'failed'],
])

/** The lists of an item, with the index of their parts. */
const LISTS = [
  ['summary', 'summary_index'],
  ['content', 'content_index'],
] as const

/** Fields that are null until the response ends. */
const LATE = ['usage', 'completed_at', 'error', 'incomplete_details']

/** The states that items of a kind pass through. */
const STATES: ReadonlyMap<unknown, readonly string[]> = new Map([
  ['web_search_call', ['in_progress', 'searching', 'completed']],
  ['file_search_call', ['in_progress', 'searching', 'completed']],
  ['image_generation_call', ['in_progress', 'generating', 'completed']],
  ['mcp_call', ['in_progress', 'completed']],
  ['mcp_list_tools', ['in_progress', 'completed']],
])

/** The name of the events for a text of an item itself, and its field; of a part, for which `isPart` is true. */
function textOf(type: unknown, isPart: boolean): readonly [event: string, field: string] {
  const [event, , field] =
    TEXTS.find(([, item, , list, part]) => (isPart ? part === type : !list && item === type)) ?? []
  return [event ?? '', field ?? '']
}

/**
 * The inverse of the accumulator: the events in which a server might have sent a finished response. Accumulated again,
 * they are the response, with every unknown field.
 *
 * @param response - a response that was not streamed, or was accumulated
 * @param options - how small the pieces are
 *
 * @example
 * ```ts
 * import { split } from '@tesserae/openai/responses'
 *
 * const content = [{ type: 'output_text' as const, text: 'Hello, world!', annotations: [] }]
 * const message = { type: 'message' as const, id: 'msg_1', role: 'assistant' as const, status: 'completed' as const, content }
 * for (const event of split({ id: 'resp_1', object: 'response', status: 'completed', output: [message] }))
 *   if (event.type === 'response.output_text.delta') console.log(event.delta)
 * // => Hello,
 * // => world!
 * ```
 */
export function split(
  response: Pick<ModelResponse, 'id' | 'object' | 'output' | 'status'>,
  options: SplitOptions = {},
): Generator<ResponseEvent> {
  checkOptions(options, OPTIONS)
  assertResponse(response)
  return numbered(eventsOf(response as unknown as Wire, options.granularity ?? 'word'))
}

function* numbered(events: Iterable<Wire>): Generator<ResponseEvent> {
  let number = 0
  for (const event of events)
    yield { ...event, sequence_number: number++ } as unknown as ResponseEvent
}

function assertResponse(response: unknown): void {
  if (!isWire(response) || !Array.isArray(response['output'])) throw notAResponse()
}

function* eventsOf(response: Wire, granularity: Granularity): Generator<Wire> {
  const opening: Draft = { ...response, output: [] }
  for (const field of LATE) if (field in response) opening[field] = null
  if ('status' in response) opening['status'] = 'in_progress'
  yield { type: 'response.created', response: opening }
  yield { type: 'response.in_progress', response: opening }
  for (const [output_index, item] of listIn(response['output']).entries())
    if (isWire(item)) yield* itemEvents(item, output_index, granularity)
  const last = LAST.get(response['status'] ?? 'completed')
  if (last !== undefined) yield { type: `response.${last}`, response }
  else yield { type: 'response.in_progress', response: { ...response, output: [] } }
}

function* itemEvents(item: Wire, output_index: number, granularity: Granularity): Generator<Wire> {
  const { id, call_id, type: kind, status } = item
  const place = { item_id: String(id ?? call_id ?? ''), output_index }
  yield { type: 'response.output_item.added', output_index, item: openingOf(item) }
  const states = STATES.get(kind) ?? []
  for (const state of states.slice(0, -1))
    yield { type: `response.${String(kind)}.${state}`, ...place }
  for (const [list, label] of LISTS)
    for (const [index, part] of listIn(item[list]).entries())
      if (isWire(part)) yield* partEvents(part, list, { ...place, [label]: index }, granularity)
  const [event, field] = textOf(kind, false)
  const text = item[field]
  if (typeof text === 'string') {
    for (const delta of piecesOf(text, granularity))
      yield { type: `response.${event}.delta`, ...place, delta }
    yield { type: `response.${event}.done`, ...place, [field]: text }
  }
  if (states.length > 0 && (status === 'completed' || status === undefined))
    yield { type: `response.${String(kind)}.completed`, ...place }
  yield { type: 'response.output_item.done', output_index, item }
}

/** An item as it begins: without the texts that follow. */
function openingOf(item: Wire): Wire {
  const opening: Draft = { ...item }
  if (typeof item['status'] === 'string') opening['status'] = 'in_progress'
  for (const [list] of LISTS) if (Array.isArray(item[list])) opening[list] = []
  const [, field] = textOf(item['type'], false)
  if (typeof item[field] === 'string') opening[field] = ''
  return opening
}

function* partEvents(
  part: Wire,
  list: string,
  place: Wire,
  granularity: Granularity,
): Generator<Wire> {
  const { type } = part
  const [event, field] = textOf(type, true)
  const text = part[field]
  const name = list === 'summary' ? 'reasoning_summary_part' : 'content_part'
  const isOutput = type === 'output_text'
  const opening = { type, [field]: '', ...(isOutput && { annotations: [] }) }
  yield {
    type: `response.${name}.added`,
    ...place,
    part: typeof text === 'string' ? opening : part,
  }
  if (typeof text === 'string') {
    const logprobs = listIn(part['logprobs'])
    // Each token comes with its log probability, as it does from a server.
    const steps =
      tokensOf(part)?.map((token) => ({ delta: token['token'], logprobs: [token] })) ??
      Array.from(piecesOf(text, granularity), (delta) => ({
        delta,
        ...(isOutput && { logprobs: [] }),
      }))
    for (const step of steps) yield { type: `response.${event}.delta`, ...place, ...step }
    for (const [annotation_index, annotation] of listIn(part['annotations']).entries())
      yield {
        type: 'response.output_text.annotation.added',
        ...place,
        annotation_index,
        annotation,
      }
    yield {
      type: `response.${event}.done`,
      ...place,
      [field]: text,
      ...(isOutput && { logprobs: [...logprobs] }),
    }
  }
  yield { type: `response.${name}.done`, ...place, part }
}

/** The tokens of a text, if its log probabilities spell it. */
function tokensOf(part: Wire): readonly Wire[] | undefined {
  const tokens = listIn(part['logprobs']).filter(isWire)
  const spelt = tokens.map(({ token }) => token).join('')
  return tokens.length > 0 && spelt === part['text'] ? tokens : undefined
}
