import { type Case, dataOf, frameOf, readCases, type Wire } from '../answers/case.ts'

// Habits of servers that leave the meaning of a stream as it is. Each is tried on every response of `bases.cases`.

interface Habit {
  readonly name: string
  readonly why: string
  readonly change: (events: readonly Wire[]) => readonly Wire[]
  readonly done?: boolean
  readonly named?: boolean
}

const typeOf = (event: Wire): string => String(event['type'])
const isDelta = (event: Wire): boolean => typeOf(event).endsWith('.delta')
const isItem = (event: Wire): boolean => typeOf(event).includes('output_item')
const isPart = (event: Wire): boolean => typeOf(event).includes('_part.')
const isTextDone = (event: Wire): boolean =>
  typeOf(event).endsWith('.done') && !isPart(event) && !isItem(event)
const isHead = (event: Wire): boolean => /\.(created|in_progress)$/.test(typeOf(event))

const each =
  (change: (event: Wire, at: number) => Wire) =>
  (events: readonly Wire[]): Wire[] =>
    events.map(change)
const except =
  (leavesOut: (event: Wire) => boolean) =>
  (events: readonly Wire[]): Wire[] =>
    events.filter((event) => !leavesOut(event))
const without =
  (...names: readonly string[]) =>
  (events: readonly Wire[]): Wire[] =>
    events.map((event) =>
      Object.fromEntries(Object.entries(event).filter(([name]) => !names.includes(name))),
    )
/** The output of the terminal event is replaced. */
const withOutput = (events: readonly Wire[], output: unknown): Wire[] =>
  events.map((event, at) =>
    at === events.length - 1
      ? { ...event, response: { ...(event['response'] as Wire), output } }
      : event,
  )
const bare = (change: (events: readonly Wire[]) => readonly Wire[]) => (events: readonly Wire[]) =>
  withOutput(change(events), [])
const beforeDeltas =
  (event: Wire) =>
  (events: readonly Wire[]): Wire[] =>
    events.flatMap((one) => (isDelta(one) ? [event, one] : [one]))
const shifted =
  (change: (index: number) => number) =>
  (events: readonly Wire[]): Wire[] =>
    events.map((event) =>
      typeof event['output_index'] === 'number'
        ? { ...event, output_index: change(event['output_index']) }
        : event,
    )
const itemsLast = (events: readonly Wire[]): Wire[] => {
  const closes = (event: Wire): boolean => typeOf(event) === 'response.output_item.done'
  return [
    ...events.filter((event) => !closes(event)).slice(0, -1),
    ...events.filter(closes),
    ...events.slice(-1),
  ]
}
const emptied = (event: Wire): Wire => {
  if (!isTextDone(event)) return event
  const texts = ['text', 'arguments', 'refusal', 'input']
  return Object.fromEntries(
    Object.entries(event).map(([name, value]) => [name, texts.includes(name) ? '' : value]),
  )
}

export const bases = readCases('responses/bases')

const habits: readonly Habit[] = [
  {
    name: 'as OpenAI sends it',
    why: 'The stream that the documentation describes.',
    change: (events) => events,
  },
  {
    name: 'padding in deltas (OpenAI)',
    why: 'Padding is not part of the response.',
    change: each((event) => (isDelta(event) ? { ...event, obfuscation: 'aX3' } : event)),
  },
  {
    name: 'heartbeats called keepalive (OpenAI)',
    why: 'A heartbeat says nothing about the response.',
    change: beforeDeltas({ type: 'keepalive', sequence_number: 0 }),
  },
  {
    name: 'events of unknown types',
    why: 'New types are added all the time, and must not break a reader.',
    change: beforeDeltas({
      type: 'response.future.delta',
      delta: '?',
      item_id: 'x',
      output_index: 9,
    }),
  },
  {
    name: 'an id of the response that changes (GitHub Copilot)',
    why: 'There is one response in a stream, whatever its id is.',
    change: each((event, at) =>
      event['response']
        ? { ...event, response: { ...(event['response'] as Wire), id: `resp_${at}` } }
        : event,
    ),
  },
  {
    name: 'another item_id in each event (GitHub Copilot)',
    why: 'The output index still names the item.',
    change: each((event, at) => (event['item_id'] ? { ...event, item_id: `x${at}` } : event)),
  },
  {
    name: 'no item_id in events (LiteLLM, mistral.rs)',
    why: 'The output index names the item.',
    change: without('item_id'),
  },
  {
    name: 'no output_index (llama.cpp)',
    why: 'The id names the item.',
    change: without('output_index'),
  },
  {
    name: 'no index at all, no numbers (llama.cpp)',
    why: 'The id names the item, and each has one part.',
    change: without('output_index', 'content_index', 'summary_index', 'sequence_number'),
  },
  {
    name: 'no sequence_number (OpenAI, March 2025)',
    why: 'Numbers only serve resumption.',
    change: without('sequence_number'),
  },
  {
    name: 'each sequence_number is 1 (LiteLLM)',
    why: 'Numbers order nothing with such a server.',
    change: each((event) => ({ ...event, sequence_number: 1 })),
  },
  {
    name: 'output indexes from 1 (SGLang)',
    why: 'Indexes are labels.',
    change: shifted((index) => index + 1),
  },
  {
    name: 'gaps in output indexes (mistral.rs)',
    why: 'Indexes are labels, and make no empty items.',
    change: shifted((index) => 3 * index + 2),
  },
  {
    name: 'content indexes that run on over items (vLLM)',
    why: 'The index is a label within its item.',
    change: each((event) =>
      typeof event['content_index'] === 'number'
        ? { ...event, content_index: 5 + Number(event['output_index'] ?? 0) }
        : event,
    ),
  },
  {
    name: 'no created and no in_progress (SGLang)',
    why: 'The last event says all that the first ones do.',
    change: except(isHead),
  },
  {
    name: 'created before each delta (llama.cpp)',
    why: 'Without a number it is repetition.',
    change: (events) =>
      beforeDeltas({
        type: 'response.created',
        response: { id: 'resp_1', object: 'response', status: 'in_progress' },
      })(without('sequence_number')(events)),
  },
  {
    name: 'in_progress without a response',
    why: 'It is used as a heartbeat.',
    change: beforeDeltas({ type: 'response.in_progress' }),
  },
  {
    name: 'no deltas (LM Studio)',
    why: 'The events that end a text have it whole.',
    change: except(isDelta),
  },
  {
    name: 'no events that end a text (LlamaStack)',
    why: 'The deltas have the text.',
    change: except(isTextDone),
  },
  {
    name: 'empty texts at their end (newer LM Studio)',
    why: 'An empty text does not take back the deltas.',
    change: each(emptied),
  },
  {
    name: 'no events for parts (sub2api)',
    why: 'Deltas tell which kind of part they are for.',
    change: except(isPart),
  },
  {
    name: 'no output_item.added',
    why: 'The first event for a part opens its item.',
    change: except((event) => typeOf(event) === 'response.output_item.added'),
  },
  {
    name: 'no output_item.done',
    why: 'The terminal event has all items.',
    change: except((event) => typeOf(event) === 'response.output_item.done'),
  },
  {
    name: 'all items are done at the end (llama.cpp)',
    why: 'The id names the item that is done.',
    change: itemsLast,
  },
  {
    name: 'an empty output in the terminal event (ChatGPT)',
    why: 'The items were streamed, and an empty list does not take them back.',
    change: bare((events) => events),
  },
  {
    name: 'no output in the terminal event',
    why: 'The items were streamed.',
    change: (events) => withOutput(events, undefined),
  },
  {
    name: 'an output of null in the terminal event',
    why: 'The items were streamed.',
    change: (events) => withOutput(events, null),
  },
  {
    name: 'only output_item.done, and an empty terminal output',
    why: 'A finished item is whole.',
    change: bare(
      except(
        (event) =>
          isDelta(event) ||
          isPart(event) ||
          isTextDone(event) ||
          typeOf(event) === 'response.output_item.added',
      ),
    ),
  },
  {
    name: 'only deltas and added items, and an empty terminal output',
    why: 'The deltas have every text.',
    change: bare(except((event) => isPart(event) || isTextDone(event))),
  },
  {
    name: 'the end is called response.done (ChatGPT)',
    why: 'The status of the response ends it.',
    change: (events) =>
      events.map((event, at) =>
        at === events.length - 1 ? { ...event, type: 'response.done' } : event,
      ),
  },
  {
    name: 'events after the terminal one',
    why: 'The response has ended.',
    change: (events) => [
      ...events,
      {
        type: 'response.output_text.delta',
        item_id: 'msg_1',
        output_index: 0,
        content_index: 0,
        delta: '?',
        logprobs: [],
      },
    ],
  },
  {
    name: 'no names of events (OpenRouter)',
    why: 'The type stands in the data.',
    named: false,
    change: (events) => events,
  },
  {
    name: '[DONE] at the end (OpenRouter)',
    why: 'It closes the stream, and is not JSON.',
    done: true,
    change: (events) => events,
  },
  {
    name: 'unknown fields in items and in the response',
    why: 'Servers add fields.',
    change: each((event) =>
      event['response']
        ? { ...event, response: { ...(event['response'] as Wire), copilot_usage: 1 } }
        : event,
    ),
  },
]

export const habitCases: readonly Case[] = habits.flatMap(({ name, why, change, ...habit }) =>
  bases.map((base) => {
    const events = change(base.events)
    const { done = false, named = true } = habit
    const frames = events.map((event) => (named ? frameOf(event) : dataOf(JSON.stringify(event))))
    // Of items that are never closed the status stays as it was, and log probabilities come with the part.
    const isExact = !/only deltas|no output_item.done/.test(name)
    const { output: _, ...withoutOutput } = base.expected
    return {
      name: `${base.name}: ${name}`,
      why,
      body: frames.join('') + (done ? dataOf('[DONE]') : ''),
      events,
      expected: isExact ? base.expected : withoutOutput,
    }
  }),
)
