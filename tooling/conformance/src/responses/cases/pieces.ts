import type { ExpectedResponse, ResponseCase } from '../case.ts'

/** The parts that the streams of the files beside this one are made of. */

export type Wire = Readonly<Record<string, unknown>>

/** A response with its stream, as OpenAI sends it, and what is right about it. */
export interface Base {
  readonly name: string
  readonly events: readonly Wire[]
  readonly expected: ExpectedResponse
}

const usage = {
  input_tokens: 3,
  input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
  output_tokens: 4,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 7,
}

export const whole = (output: readonly object[], more: Wire = {}): Wire => ({
  id: 'resp_1',
  object: 'response',
  created_at: 1_700_000_000,
  status: 'completed',
  error: null,
  incomplete_details: null,
  instructions: null,
  metadata: {},
  model: 'm',
  output,
  parallel_tool_calls: true,
  temperature: 1,
  tool_choice: 'auto',
  tools: [],
  top_p: 1,
  usage,
  ...more,
})

const opening = { ...whole([]), status: 'in_progress', usage: null }

/** Numbers the events of one response, with what opens and closes it. */
export const stream = (
  output: readonly object[],
  events: readonly Wire[],
  more: Wire = {},
): Wire[] => {
  const response = whole(output, more)
  return [
    { type: 'response.created', response: opening },
    { type: 'response.in_progress', response: opening },
    ...events,
    { type: `response.${String(response['status'])}`, response },
  ].map((event, sequence_number) => ({ ...event, sequence_number }))
}

export const added = (output_index: number, item: Wire): Wire => ({
  type: 'response.output_item.added',
  output_index,
  item,
})
export const done = (output_index: number, item: Wire): Wire => ({
  type: 'response.output_item.done',
  output_index,
  item,
})

const part = (
  list: 'content' | 'reasoning_summary',
  type: string,
  place: Wire,
  field: string,
  pieces: readonly string[],
): Wire[] => {
  const name = type === 'summary_text' ? 'reasoning_summary_text' : type
  const text = pieces.join('')
  const isText = type === 'output_text'
  const beside = isText ? { logprobs: [] } : {}
  const more = isText ? { annotations: [], logprobs: [] } : {}
  return [
    { type: `response.${list}_part.added`, ...place, part: { type, [field]: '', ...more } },
    ...pieces.map((delta) => ({ type: `response.${name}.delta`, ...place, delta, ...beside })),
    { type: `response.${name}.done`, ...place, [field]: text, ...beside },
    { type: `response.${list}_part.done`, ...place, part: { type, [field]: text, ...more } },
  ]
}

/** A message of one part. */
export const message = (
  output_index: number,
  id: string,
  pieces: readonly string[],
  type: 'output_text' | 'refusal' = 'output_text',
): { readonly item: Wire; readonly events: Wire[] } => {
  const text = pieces.join('')
  const content =
    type === 'refusal' ? [{ type, refusal: text }] : [{ type, text, annotations: [], logprobs: [] }]
  const item = { id, type: 'message', status: 'completed', role: 'assistant', content }
  const place = { item_id: id, output_index, content_index: 0 }
  return {
    item,
    events: [
      added(output_index, { ...item, status: 'in_progress', content: [] }),
      ...part('content', type, place, type === 'refusal' ? 'refusal' : 'text', pieces),
      done(output_index, item),
    ],
  }
}

/** Reasoning, as a summary or in full. */
export const reasoning = (
  output_index: number,
  id: string,
  pieces: readonly string[],
  kind: 'summary' | 'full',
): { readonly item: Wire; readonly events: Wire[] } => {
  const text = pieces.join('')
  const place = { item_id: id, output_index }
  const item: Wire =
    kind === 'summary'
      ? { id, type: 'reasoning', summary: [{ type: 'summary_text', text }] }
      : { id, type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text }] }
  return {
    item,
    events: [
      added(output_index, { id, type: 'reasoning', summary: [] }),
      ...(kind === 'summary'
        ? part('reasoning_summary', 'summary_text', { ...place, summary_index: 0 }, 'text', pieces)
        : part('content', 'reasoning_text', { ...place, content_index: 0 }, 'text', pieces)),
      done(output_index, item),
    ],
  }
}

/** A call of a function. */
export const call = (
  output_index: number,
  id: string,
  name: string,
  pieces: readonly string[],
): { readonly item: Wire; readonly events: Wire[] } => {
  const item = {
    id: `fc_${id}`,
    type: 'function_call',
    status: 'completed',
    arguments: pieces.join(''),
    call_id: `call_${id}`,
    name,
  }
  const place = { item_id: item.id, output_index }
  return {
    item,
    events: [
      added(output_index, { ...item, status: 'in_progress', arguments: '' }),
      ...pieces.map((delta) => ({
        type: 'response.function_call_arguments.delta',
        ...place,
        delta,
      })),
      { type: 'response.function_call_arguments.done', ...place, arguments: item.arguments },
      done(output_index, item),
    ],
  }
}

const text = message(0, 'msg_1', ['Hel', 'lo', '!'])
const thought = reasoning(0, 'rs_1', ['Add', ' them.'], 'summary')
const answer = message(1, 'msg_1', ['It is ', '4.'])
const weather = call(0, 'a', 'get_weather', ['{"city":', '"Paris"}'])
const time = call(1, 'b', 'get_time', ['{"zone"', ':"CET"}'])

/** The responses that each habit of a server is tried on. */
export const bases: readonly Base[] = [
  {
    name: 'a text',
    events: stream([text.item], text.events),
    expected: { end: 'completed', text: 'Hello!', output: [text.item], usage: [3, 4] },
  },
  {
    name: 'reasoning and a text',
    events: stream([thought.item, answer.item], [...thought.events, ...answer.events]),
    expected: {
      end: 'completed',
      text: 'It is 4.',
      reasoning: 'Add them.',
      output: [thought.item, answer.item],
    },
  },
  {
    name: 'two calls',
    events: stream([weather.item, time.item], [...weather.events, ...time.events]),
    expected: {
      end: 'completed',
      tools: [
        ['call_a', 'get_weather', '{"city":"Paris"}'],
        ['call_b', 'get_time', '{"zone":"CET"}'],
      ],
      output: [weather.item, time.item],
    },
  },
]

/** The output of the terminal event is replaced. */
export const withOutput = (events: readonly Wire[], output: unknown): Wire[] =>
  events.map((event, at) =>
    at === events.length - 1
      ? { ...event, response: { ...(event['response'] as Wire), output } }
      : event,
  )

/** One case. */
export const one = (
  name: string,
  why: string,
  events: ResponseCase['events'],
  expected: ExpectedResponse,
  more: Partial<ResponseCase> = {},
): ResponseCase => ({ name, why, events, expected, ...more })
