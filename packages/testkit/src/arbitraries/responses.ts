import fc, { type Arbitrary } from 'fast-check'
import type { Json, JsonObject } from './chat-types.ts'
import { copy } from './json.ts'
import { Dice } from './dice.ts'
import type { ResponseQuirk, ResponseStream, ResponseStreamOptions } from './response-types.ts'
import { linesOfText } from './text.ts'

/**
 * Streamed responses: events as OpenAI sends them, and the response that they mean. Text is cut anywhere; items of many
 * kinds, with parts, annotations and log probabilities. Quirks of other servers are added by name.
 *
 * @example
 * ```ts
 * import fc from 'fast-check'
 * import { responseStream } from '@tesserae/testkit/responses'
 *
 * const [stream] = fc.sample(responseStream({ quirks: ['output-index-missing'] }), 1)
 * stream?.events[0]?.['type'] // => 'response.created'
 * ```
 */
export function responseStream(options: ResponseStreamOptions = {}): Arbitrary<ResponseStream> {
  const allowed = options.quirks === 'all' ? RESPONSE_QUIRKS : (options.quirks ?? [])
  return fc
    .tuple(
      responses(),
      fc.subarray([...allowed], { maxLength: Math.min(allowed.length, 4) }),
      fc.array(fc.nat({ max: 9999 }), { maxLength: 80, size: 'max' }),
    )
    .map(([response, chosen, rolls]) => {
      const dice = new Dice(rolls)
      const quirks = compatible(chosen)
      let events = eventsOf(response, dice)
      for (const quirk of quirks) events = QUIRKS[quirk](events, dice)
      const last = events.at(-1)?.['response']
      if (options.repeatsOutput === false) Object.assign(last as object, { output: [] })
      return { events, response, quirks }
    })
}

// Responses

const text = (): Arbitrary<string> =>
  fc.oneof({ weight: 4, arbitrary: linesOfText() }, { weight: 1, arbitrary: fc.constant('') })

const annotations = (): Arbitrary<JsonObject[]> =>
  fc.array(
    fc.record({
      type: fc.constant('url_citation'),
      url: fc.constant('https://example.com/'),
      title: text(),
      start_index: fc.nat(99),
      end_index: fc.nat(99),
    }),
    { maxLength: 2 },
  )

const textPart = (): Arbitrary<JsonObject> =>
  fc
    .tuple(fc.array(fc.tuple(text(), fc.nat(20)), { maxLength: 4 }), annotations(), fc.boolean())
    .map(([tokens, annotations, hasLogprobs]): JsonObject => {
      const logprobs = tokens
        .filter(([token]) => token !== '')
        .map(([token, low]): JsonObject => ({
          token,
          bytes: [...new TextEncoder().encode(token)],
          logprob: -low - 0.5,
          top_logprobs: [],
        }))
      const spelt = logprobs.map((one) => one['token']).join('')
      return {
        type: 'output_text',
        text: spelt,
        annotations,
        logprobs: hasLogprobs ? logprobs : [],
      }
    })

const refusal = (): Arbitrary<JsonObject> =>
  text().map((refusal): JsonObject => ({ type: 'refusal', refusal }))

const toolArguments = (): Arbitrary<string> =>
  fc
    .dictionary(fc.string({ maxLength: 4 }), text(), { maxKeys: 3 })
    .map((value) => JSON.stringify(value))

const kinds: readonly Arbitrary<JsonObject>[] = [
  fc
    .array(fc.oneof(textPart(), refusal()), { minLength: 1, maxLength: 2 })
    .map((content) => ({ type: 'message', role: 'assistant', status: 'completed', content })),
  fc
    .tuple(fc.array(text(), { maxLength: 2 }), fc.array(text(), { maxLength: 1 }), fc.boolean())
    .map(([summary, content, isEncrypted]) => ({
      type: 'reasoning',
      summary: summary.map((text) => ({ type: 'summary_text', text })),
      ...(content.length > 0 && {
        content: content.map((text) => ({ type: 'reasoning_text', text })),
      }),
      ...(isEncrypted && { encrypted_content: 'gAAAA==' }),
    })),
  fc.tuple(toolArguments(), fc.string({ minLength: 1, maxLength: 6 })).map(([text, name]) => ({
    type: 'function_call',
    status: 'completed',
    name,
    arguments: text,
  })),
  text().map((input) => ({ type: 'custom_tool_call', status: 'completed', name: 'run', input })),
  text().map((code) => ({
    type: 'code_interpreter_call',
    status: 'completed',
    code,
    container_id: 'cntr_1',
    outputs: null,
  })),
  toolArguments().map((text) => ({
    type: 'mcp_call',
    name: 'search',
    arguments: text,
    server_label: 'docs',
    error: null,
    output: '{}',
  })),
  fc.constant({
    type: 'web_search_call',
    status: 'completed',
    action: { type: 'search', query: 'weather' },
  }),
  text().map((mood) => ({ type: 'item_of_the_future', status: 'completed', mood })),
]

function responses(): Arbitrary<JsonObject> {
  return fc
    .tuple(
      fc.array(fc.oneof(...kinds), { maxLength: 4 }),
      fc.constantFrom('completed', 'completed', 'completed', 'incomplete', 'failed'),
      fc.option(fc.nat(99), { nil: undefined }),
      fc.dictionary(
        fc.string({ maxLength: 4 }).map((key) => `x_${key}`),
        text(),
        { maxKeys: 2 },
      ),
    )
    .map(([items, status, tokens, extensions]): JsonObject => {
      const output = items.map((item, at): JsonObject => ({
        id: `${String(item['type']).slice(0, 3)}_${at}`,
        ...copy(item),
        ...(/^(function|custom)/.test(String(item['type'])) && { call_id: `call_${at}` }),
      }))
      const usage =
        tokens === undefined
          ? null
          : {
              input_tokens: tokens,
              input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
              output_tokens: tokens,
              output_tokens_details: { reasoning_tokens: 0 },
              total_tokens: 2 * tokens,
            }
      return {
        id: 'resp_1',
        object: 'response',
        created_at: 1_700_000_000,
        status,
        error: status === 'failed' ? { code: 'server_error', message: 'Sorry.' } : null,
        incomplete_details: status === 'incomplete' ? { reason: 'max_output_tokens' } : null,
        instructions: null,
        model: 'tiny-chat',
        output,
        parallel_tool_calls: true,
        temperature: 1,
        tool_choice: 'auto',
        tools: [],
        top_p: 1,
        metadata: {},
        usage,
        ...extensions,
      }
    })
}

// Events, as OpenAI sends them

function eventsOf(response: JsonObject, dice: Dice): JsonObject[] {
  const opening = {
    ...response,
    status: 'in_progress',
    output: [],
    usage: null,
    error: null,
    incomplete_details: null,
  }
  const events: JsonObject[] = [
    { type: 'response.created', response: opening },
    { type: 'response.in_progress', response: opening },
    ...(response['output'] as JsonObject[]).flatMap((item, at) => itemEvents(item, at, dice)),
    { type: `response.${response['status']}`, response: { ...response } },
  ]
  return events.map((event, sequence_number) => ({ ...event, sequence_number }))
}

const GROWING: Readonly<Record<string, readonly [string, string]>> = {
  function_call: ['function_call_arguments', 'arguments'],
  custom_tool_call: ['custom_tool_call_input', 'input'],
  code_interpreter_call: ['code_interpreter_call_code', 'code'],
  mcp_call: ['mcp_call_arguments', 'arguments'],
}

const OPENING: Readonly<Record<string, JsonObject>> = {
  message: { content: [] },
  reasoning: { summary: [] },
  function_call: { arguments: '' },
  custom_tool_call: { input: '' },
  code_interpreter_call: { code: '' },
  mcp_call: { arguments: '', output: null },
}

function itemEvents(item: JsonObject, output_index: number, dice: Dice): JsonObject[] {
  const type = String(item['type'])
  const { content, encrypted_content: _, action: __, ...opening } = item
  const place = { item_id: item['id'] as Json, output_index }
  const events: JsonObject[] = [
    {
      type: 'response.output_item.added',
      output_index,
      item: {
        ...opening,
        ...OPENING[type],
        ...(item['status'] !== undefined && { status: 'in_progress' }),
      },
    },
  ]
  for (const [summary_index, part] of ((item['summary'] ?? []) as JsonObject[]).entries())
    events.push(...partEvents(part, { ...place, summary_index }, 'reasoning_summary', dice))
  for (const [content_index, part] of ((content ?? []) as JsonObject[]).entries())
    events.push(...partEvents(part, { ...place, content_index }, 'content', dice))
  const [name, field] = GROWING[type] ?? ['', '']
  const text = item[field]
  if (typeof text === 'string') {
    for (const delta of pieces(text, dice))
      events.push({ type: `response.${name}.delta`, ...place, delta })
    events.push({ type: `response.${name}.done`, ...place, [field]: text })
  }
  if (type === 'web_search_call')
    for (const state of ['in_progress', 'searching', 'completed'])
      events.push({ type: `response.web_search_call.${state}`, ...place })
  return [...events, { type: 'response.output_item.done', output_index, item }]
}

function partEvents(part: JsonObject, place: JsonObject, name: string, dice: Dice): JsonObject[] {
  const type = String(part['type'])
  const field = type === 'refusal' ? 'refusal' : 'text'
  const event = type === 'summary_text' ? 'reasoning_summary_text' : type
  const text = String(part[field])
  const logprobs = (part['logprobs'] ?? []) as JsonObject[]
  const isText = type === 'output_text'
  const deltas: JsonObject[] =
    logprobs.length > 0
      ? logprobs.map((one) => ({ delta: one['token'] as Json, logprobs: [one] }))
      : pieces(text, dice).map((delta) => ({ delta, ...(isText && { logprobs: [] }) }))
  const opening = { type, [field]: '', ...(isText && { annotations: [], logprobs: [] }) }
  return [
    { type: `response.${name}_part.added`, ...place, part: opening },
    ...deltas.map((delta): JsonObject => ({ type: `response.${event}.delta`, ...place, ...delta })),
    ...((part['annotations'] ?? []) as JsonObject[]).map(
      (annotation, annotation_index): JsonObject => ({
        type: 'response.output_text.annotation.added',
        ...place,
        annotation,
        annotation_index,
      }),
    ),
    { type: `response.${event}.done`, ...place, [field]: text, ...(isText && { logprobs }) },
    // OpenAI leaves the log probabilities out here.
    {
      type: `response.${name}_part.done`,
      ...place,
      part: { ...part, ...(isText && { logprobs: [] }) },
    },
  ]
}

function pieces(text: string, dice: Dice): string[] {
  const letters = [...text]
  const result: string[] = []
  while (letters.length > 0) result.push(letters.splice(0, 1 + dice.roll(8)).join(''))
  return result
}

// Quirks. Each changes events, and leaves their meaning.

type Quirk = (events: JsonObject[], dice: Dice) => JsonObject[]

const isHead = ({ type }: JsonObject): boolean =>
  /response\.(created|in_progress)$/.test(String(type))
const isDone = ({ type }: JsonObject): boolean =>
  String(type).endsWith('.done') && !/(_part|output_item)\.done$/.test(String(type))
const isDelta = ({ type }: JsonObject): boolean => String(type).endsWith('.delta')
const isPart = ({ type }: JsonObject): boolean => /_part\.(added|done)$/.test(String(type))

const each =
  (change: (event: JsonObject, at: number) => JsonObject): Quirk =>
  (events) =>
    events.map(change)
const without =
  (...names: readonly string[]): Quirk =>
  (events) =>
    events.map((event) =>
      Object.fromEntries(Object.entries(event).filter(([name]) => !names.includes(name))),
    )
const except =
  (isLeftOut: (event: JsonObject) => boolean): Quirk =>
  (events) =>
    events.filter((event) => !isLeftOut(event))
const between =
  (make: (at: number) => JsonObject): Quirk =>
  (events, dice) => [
    ...events.slice(0, -1).flatMap((event, at) => (dice.once(3) ? [event, make(at)] : [event])),
    ...events.slice(-1),
  ]

const QUIRKS: Readonly<Record<ResponseQuirk, Quirk>> = {
  'item-ids-missing': without('item_id'),
  'item-ids-rotate': each((event, at) =>
    event['item_id'] ? { ...event, item_id: `x${at}` } : event,
  ),
  'output-index-missing': without('output_index'),
  'output-index-from-one': each((event) =>
    typeof event['output_index'] === 'number'
      ? { ...event, output_index: event['output_index'] + 1 }
      : event,
  ),
  'output-index-gaps': each((event) =>
    typeof event['output_index'] === 'number'
      ? { ...event, output_index: event['output_index'] * 1e8 + 7 }
      : event,
  ),
  'part-index-missing': without('content_index', 'summary_index'),
  'part-index-runs-on': each((event) =>
    typeof event['content_index'] === 'number'
      ? {
          ...event,
          content_index: event['content_index'] + 10 * Number(event['output_index'] ?? 0),
        }
      : event,
  ),
  'part-index-counts': (events) => {
    let deltas = 0
    return events.map((event) => {
      if (isPart(event)) deltas = 0
      return isDelta(event) && typeof event['content_index'] === 'number'
        ? { ...event, content_index: 1000 * event['content_index'] + deltas++ }
        : event
    })
  },
  'numbers-missing': without('sequence_number'),
  'numbers-constant': each((event) => ({ ...event, sequence_number: 1 })),
  'deltas-missing': except(isDelta),
  'done-missing': except(isDone),
  'done-empty': each((event) => {
    if (!isDone(event)) return event
    const emptied = Object.entries(event).map(([name, value]): [string, Json] =>
      ['text', 'refusal', 'arguments', 'input', 'code'].includes(name) ? [name, ''] : [name, value],
    )
    return { ...Object.fromEntries(emptied), ...('logprobs' in event && { logprobs: [] }) }
  }),
  'part-events-missing': except(isPart),
  'part-opened-late': (events) => {
    const late = [...events]
    for (const [at, event] of events.entries()) {
      const next = events[at + 1]
      const opens = String(event['type']).endsWith('_part.added')
      if (opens && next && isDelta(next)) late.splice(at, 2, next, event)
    }
    return late
  },
  'added-missing': except(({ type }) => type === 'response.output_item.added'),
  'items-done-last': (events) => {
    const isItemDone = ({ type }: JsonObject): boolean => type === 'response.output_item.done'
    const rest = events.filter((event) => !isItemDone(event))
    return [...rest.slice(0, -1), ...events.filter(isItemDone), ...rest.slice(-1)]
  },
  'created-missing': except(isHead),
  'created-repeated': between(() => ({
    type: 'response.created',
    response: { id: 'resp_1', object: 'response', status: 'in_progress' },
  })),
  'terminal-renamed': (events) => [
    ...events.slice(0, -1),
    ...events.slice(-1).map((event): JsonObject => ({ ...event, type: 'response.done' })),
  ],
  padding: each((event) => (isDelta(event) ? { ...event, obfuscation: 'a1b2' } : event)),
  heartbeats: between(() => ({ type: 'keepalive' })),
  'unknown-events': between((at) => ({
    type: 'response.future.delta',
    delta: 'x',
    item_id: `y${at}`,
  })),
  'old-names': each((event) => {
    const type = String(event['type'])
      .replace('response.reasoning_text.', 'response.reasoning.')
      .replace('response.mcp_call_arguments.', 'response.mcp_call.arguments_')
      .replace('response.output_text.annotation.', 'response.output_text_annotation.')
      .replace('code_interpreter_call_code.', 'code_interpreter_call.code.')
    return { ...event, type }
  }),
}

/** Every quirk that {@link responseStream} knows. */
export const RESPONSE_QUIRKS: readonly ResponseQuirk[] = Object.keys(QUIRKS) as ResponseQuirk[]

/** Of each group a stream has one quirk: together they would leave nothing to tell items, parts or texts by. */
const GROUPS: readonly (readonly ResponseQuirk[])[] = [
  [
    'item-ids-missing',
    'item-ids-rotate',
    'output-index-missing',
    'added-missing',
    'items-done-last',
  ],
  ['output-index-missing', 'output-index-from-one', 'output-index-gaps'],
  ['part-index-missing', 'part-index-runs-on', 'part-index-counts'],
  ['part-index-missing', 'part-index-counts', 'part-events-missing', 'part-opened-late'],
  [
    'part-index-missing',
    'part-index-counts',
    'part-events-missing',
    'deltas-missing',
    'done-missing',
  ],
  ['numbers-missing', 'numbers-constant'],
  ['deltas-missing', 'done-missing', 'done-empty'],
  ['part-events-missing', 'done-empty'],
  ['created-missing', 'created-repeated'],
]

function compatible(quirks: readonly ResponseQuirk[]): ResponseQuirk[] {
  const taken: ResponseQuirk[] = []
  for (const quirk of RESPONSE_QUIRKS) {
    if (!quirks.includes(quirk)) continue
    const groups = GROUPS.filter((group) => group.includes(quirk))
    if (!groups.some((group) => group.some((other) => taken.includes(other)))) taken.push(quirk)
  }
  return taken
}
