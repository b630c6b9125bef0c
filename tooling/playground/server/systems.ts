import { reasoningOf, split, toEvents } from '@tesserae/openai'
import { crucible } from '@tesserae/openai/dialects'
import type { ChatCompletionChunk, ChunkChoice } from '@tesserae/openai/schema'
import type { Format } from './formats.ts'
import { STORY } from './texts.ts'

/** What a model says. */
export interface Answer {
  readonly content: string
  readonly reasoning?: string
}

/** A hosted service, as its documentation has it: what it is asked, and how it streams. */
export interface System extends Format {
  /** Its dialect, and the prefix of its paths. */
  readonly id: string
  readonly title: string
  /** The document that says so. */
  readonly from: string
  /** What is interesting in its streams. */
  readonly note: string
  /** The model that its document names. */
  readonly model: string
  /** Where it is asked, under its prefix. */
  readonly path: '/v1/chat/completions' | '/v1/completions'
  /** What its document asks, as the fields of the request. */
  readonly asks: Readonly<Record<string, unknown>>
  /** What its model answers. `isDeep`: the request asks it to think. */
  readonly answer: (asked: string, isDeep: boolean) => Answer
}

/** The API that the others are compatible with. */
export const openai: System = {
  id: 'openai',
  title: 'A text about itself',
  from: 'written here',
  note: 'Words, accents, 東京 and an astronaut, as the official API would stream them.',
  model: 'tesserae',
  path: '/v1/chat/completions',
  asks: { messages: [{ role: 'user', content: 'What are you?' }] },
  answer: () => ({ content: STORY.itself }),
  events: (completion) => toEvents(split(completion)),
}

/** Its choices have no index, its chunks neither model nor time, and its errors come as events. */
const cryptgpt: System = {
  id: 'cryptgpt',
  title: 'CryptGPT: no index',
  from: 'CryptGPT, "Streaming Guide"',
  note: 'Its choices have no index, and its chunks neither a model nor a time.',
  model: 'gemma-4-26b',
  path: '/v1/chat/completions',
  asks: { messages: [{ role: 'user', content: 'Tell me a story' }] },
  answer: () => ({ content: STORY.stone }),
  events: inShape(['id', 'object'], ({ delta, finish_reason }) => ({ delta, finish_reason })),
}

/** It gives no finish reason, reasons in `reasoning_content`, and its usage comes in a chunk that has nothing else. */
const yuhuan: System = {
  id: 'yuhuan',
  title: 'Yuhuan Studio: reasoning, no finish reason',
  from: 'Yuhuan Studio, "Streaming"',
  note: 'It thinks in reasoning_content, never says why it ends, and sends usage in a chunk without choices.',
  model: 'model-id',
  path: '/v1/chat/completions',
  asks: {
    messages: [{ role: 'user', content: 'Solve: What is 15! / 13!?' }],
    stream_options: { include_usage: true },
  },
  answer: (asked) =>
    asked.includes('15!')
      ? {
          reasoning:
            '15! / 13! is what is left of 15! without its first thirteen factors: 14 and 15.',
          content: 'It is 15 × 14 = 210.',
        }
      : { content: STORY.stone },
  events: inShape(
    ['id', 'object'],
    ({ delta, index }) => (isSilent(delta) ? undefined : { delta, index }),
    ({ usage }) => ({ usage }),
  ),
}

/** Its first chunk has text already: nothing says who speaks. */
const sovereign: System = {
  id: 'sovereign',
  title: 'Sovereign EG: no role',
  from: 'Sovereign EG, "Streaming"',
  note: 'Its first chunk has text already, and nothing says who speaks.',
  model: '...',
  path: '/v1/chat/completions',
  asks: { messages: [{ role: 'user', content: 'Write a poem about the Nile' }] },
  answer: () => ({ content: STORY.river }),
  events: inShape(['id', 'object'], ({ index, delta: { role: _, ...delta }, finish_reason }) =>
    isSilent(delta) && !finish_reason ? undefined : { index, delta, finish_reason },
  ),
}

/** Complete chunks, but for the last: its finish reason is null to the end. */
const solidrust: System = {
  id: 'solidrust',
  title: 'SolidRust: no finish reason',
  from: 'SolidRust, "Streaming Responses"',
  note: 'Its finish reason is null to the end, so that [DONE] alone says that it was all.',
  model: 'vllm-primary',
  path: '/v1/chat/completions',
  asks: { messages: [{ role: 'user', content: 'Tell me a story' }] },
  answer: () => ({ content: STORY.stone }),
  events: inShape(['id', 'object', 'created', 'model'], ({ index, delta }) =>
    isSilent(delta) ? undefined : { index, delta, finish_reason: null },
  ),
}

/** Prompts in place of messages, and outputs in place of choices. In deep mode the reasoning comes last, in one piece. */
const crucibleSystem: System = {
  id: 'crucible',
  title: 'Crucible: deep mode',
  from: 'Crucible, "Streaming"',
  note: 'No chat completion at all: outputs, and in deep mode the whole reasoning in an event of its own.',
  model: 'crucible-1',
  path: '/v1/completions',
  asks: { prompt: 'Analyze the following document...', mode: 'deep' },
  answer: (_, isDeep) => ({
    content:
      'The document is short. It says three things: how to ask, what comes, and when it is over.',
    ...(isDeep && { reasoning: 'I read it from end to end. Most of it stands there three times.' }),
  }),
  events: (completion) => toEvents(split(completion), { dialect: crucible }),
  whole: ({ model, choices, usage }) => {
    const message = choices[0]?.message
    const trace = message && reasoningOf(message)
    const output = message?.content ?? ''
    return { model, output, ...(trace && { reasoning_trace: trace }), ...(usage && { usage }) }
  },
}

/** Those that have a prefix of their own. */
export const systems: readonly System[] = [cryptgpt, yuhuan, sovereign, solidrust, crucibleSystem]

/** A choice whose delta has only what it says. */
interface SpokenChoice extends Pick<ChunkChoice, 'index' | 'finish_reason'> {
  readonly delta: Readonly<Record<string, unknown>>
}

/**
 * The stream of a server whose chunks have a shape of their own. What the shape leaves out is not sent.
 *
 * @param fields - those that a chunk has beside its choices
 * @param shape - makes a choice; a chunk without choices is not sent
 * @param last - makes the chunk with the usage
 */
function inShape(
  fields: readonly (keyof ChatCompletionChunk)[],
  shape: (choice: SpokenChoice) => object | undefined,
  last = (chunk: { usage: unknown; choices: [] }): object => chunk,
): System['events'] {
  return (completion) => {
    const chunks = [...split(completion)].flatMap((chunk) => {
      const head = Object.fromEntries(fields.map((name) => [name, chunk[name]]))
      if (chunk.choices.length === 0) return [last({ ...head, choices: [], usage: chunk.usage })]
      const choices = chunk.choices
        .map((choice) => shape({ ...choice, delta: spoken(choice.delta) }))
        .filter((choice) => choice !== undefined)
      return choices.length === 0 ? [] : [{ ...head, choices }]
    })
    return toEvents(chunks)
  }
}

/** What a delta says, without what it says is not there. */
function spoken(delta: ChunkChoice['delta']): SpokenChoice['delta'] {
  const fields = Object.entries(delta).filter(([, value]) => value !== null && value !== '')
  return Object.fromEntries(fields)
}

function isSilent(delta: object): boolean {
  return Object.keys(delta).length === 0
}
