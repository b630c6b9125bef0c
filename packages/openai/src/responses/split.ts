import { type Granularity, piecesOf } from '../split/pieces.ts'
import { notAResponse } from './errors.ts'
import type { ModelResponse, ResponseEvent } from './types.ts'
import { isWire, listIn, type Wire } from './wire.ts'

/** Options of {@link split}. */
export interface SplitOptions {
  /** How text is cut. Default: `'word'`. */
  readonly granularity?: Granularity | undefined
}

/** The last event, by the status of the response. A response that has not ended has none. */
const LAST: Readonly<Record<string, string>> = {
  completed: 'response.completed',
  incomplete: 'response.incomplete',
  cancelled: 'response.incomplete',
  failed: 'response.failed',
}

/** Fields that are null until the response ends. */
const LATE = ['usage', 'completed_at', 'error', 'incomplete_details']

/** The states that items of a kind pass through. */
const STATES: Readonly<Record<string, readonly string[]>> = {
  web_search_call: ['in_progress', 'searching', 'completed'],
  file_search_call: ['in_progress', 'searching', 'completed'],
  image_generation_call: ['in_progress', 'generating', 'completed'],
  mcp_call: ['in_progress', 'completed'],
  mcp_list_tools: ['in_progress', 'completed'],
}

/** The texts of items, and the names of their events. */
const FIELDS: Readonly<Record<string, readonly [event: string, field: string]>> = {
  function_call: ['function_call_arguments', 'arguments'],
  custom_tool_call: ['custom_tool_call_input', 'input'],
  mcp_call: ['mcp_call_arguments', 'arguments'],
  code_interpreter_call: ['code_interpreter_call_code', 'code'],
}

/** The texts of parts, and the names of their events. */
const PARTS: Readonly<Record<string, readonly [event: string, field: string]>> = {
  output_text: ['output_text', 'text'],
  refusal: ['refusal', 'refusal'],
  reasoning_text: ['reasoning_text', 'text'],
  summary_text: ['reasoning_summary_text', 'text'],
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
export function* split(
  response: Pick<ModelResponse, 'id' | 'object' | 'output' | 'status'>,
  options: SplitOptions = {},
): Generator<ResponseEvent> {
  assertResponse(response)
  let number = 0
  for (const event of eventsOf(response as unknown as Wire, options.granularity ?? 'word'))
    yield { ...event, sequence_number: number++ } as unknown as ResponseEvent
}

function assertResponse(response: unknown): void {
  if (!isWire(response) || !Array.isArray(response['output'])) throw notAResponse()
}

function* eventsOf(response: Wire, granularity: Granularity): Generator<Wire> {
  const opening: Record<string, unknown> = { ...response, output: [] }
  for (const field of LATE) if (field in response) opening[field] = null
  if ('status' in response) opening['status'] = 'in_progress'
  yield { type: 'response.created', response: opening }
  yield { type: 'response.in_progress', response: opening }
  for (const [output_index, item] of listIn(response['output']).entries())
    if (isWire(item)) yield* itemEvents(item, output_index, granularity)
  const { status = 'completed' } = response
  const last = typeof status === 'string' && Object.hasOwn(LAST, status) ? LAST[status] : undefined
  if (last !== undefined) yield { type: last, response }
  else yield { type: 'response.in_progress', response: { ...response, output: [] } }
}

function* itemEvents(item: Wire, output_index: number, granularity: Granularity): Generator<Wire> {
  const kind = String(item['type'])
  const place = { item_id: String(item['id'] ?? item['call_id'] ?? ''), output_index }
  yield { type: 'response.output_item.added', output_index, item: openingOf(item) }
  const states = Object.hasOwn(STATES, kind) ? (STATES[kind] ?? []) : []
  const [last] = states.slice(-1)
  for (const state of states.slice(0, -1)) yield { type: `response.${kind}.${state}`, ...place }
  for (const [index, part] of listIn(item['summary']).entries())
    if (isWire(part))
      yield* partEvents(part, 'summary', { ...place, summary_index: index }, granularity)
  for (const [index, part] of listIn(item['content']).entries())
    if (isWire(part))
      yield* partEvents(part, 'content', { ...place, content_index: index }, granularity)
  const [event, field] = (Object.hasOwn(FIELDS, kind) ? FIELDS[kind] : undefined) ?? ['', '']
  const text = item[field]
  if (typeof text === 'string') {
    for (const delta of piecesOf(text, granularity))
      yield { type: `response.${event}.delta`, ...place, delta }
    yield { type: `response.${event}.done`, ...place, [field]: text }
  }
  if (last && (item['status'] === 'completed' || item['status'] === undefined))
    yield { type: `response.${kind}.${last}`, ...place }
  yield { type: 'response.output_item.done', output_index, item }
}

/** An item as it begins: without the texts that follow. */
function openingOf(item: Wire): Wire {
  const opening: Record<string, unknown> = { ...item }
  if (typeof item['status'] === 'string') opening['status'] = 'in_progress'
  for (const list of ['content', 'summary']) if (Array.isArray(item[list])) opening[list] = []
  for (const field of ['arguments', 'input', 'code'])
    if (typeof item[field] === 'string' && Object.hasOwn(FIELDS, String(item['type'])))
      opening[field] = ''
  return opening
}

function* partEvents(
  part: Wire,
  list: 'content' | 'summary',
  place: Wire,
  granularity: Granularity,
): Generator<Wire> {
  const type = String(part['type'])
  const [event, field] = (Object.hasOwn(PARTS, type) ? PARTS[type] : undefined) ?? ['', '']
  const text = part[field]
  const name = list === 'summary' ? 'reasoning_summary_part' : 'content_part'
  const isText = typeof text === 'string'
  const opening = isText
    ? { type, [field]: '', ...(type === 'output_text' && { annotations: [] }) }
    : part
  yield { type: `response.${name}.added`, ...place, part: opening }
  if (isText) {
    const beside = type === 'output_text' ? { logprobs: [] as unknown[] } : {}
    const tokens = tokensOf(part)
    if (tokens)
      for (const token of tokens)
        yield {
          type: `response.${event}.delta`,
          ...place,
          delta: token['token'],
          logprobs: [token],
        }
    else
      for (const delta of piecesOf(text, granularity))
        yield { type: `response.${event}.delta`, ...place, delta, ...beside }
    for (const [annotation_index, annotation] of listIn(part['annotations']).entries())
      yield {
        type: 'response.output_text.annotation.added',
        ...place,
        annotation_index,
        annotation,
      }
    if (type === 'output_text') beside.logprobs = [...listIn(part['logprobs'])]
    yield { type: `response.${event}.done`, ...place, [field]: text, ...beside }
  }
  yield { type: `response.${name}.done`, ...place, part }
}

/** The tokens of a text, if its log probabilities spell it. */
function tokensOf(part: Wire): readonly Wire[] | undefined {
  const tokens = listIn(part['logprobs']).filter(isWire)
  const spelt = tokens.map(({ token }) => token).join('')
  return tokens.length > 0 && spelt === part['text'] ? tokens : undefined
}
