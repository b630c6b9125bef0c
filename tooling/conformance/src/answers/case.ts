import { readFileSync } from 'node:fs'

/** What a server may send, and the message that is then right: the one that it returns without streaming. */
export interface Case {
  /** What the server does, and in brackets where it was seen. */
  readonly name: string
  /** Why the expectation is right. */
  readonly why: string
  /** The body of the answer. */
  readonly body: string
  /** The events of a response. */
  readonly events: readonly Wire[]
  readonly expected: Expected
}

export type Wire = Readonly<Record<string, unknown>>

/** Parts of a message, each in a form that the result of every peer can be brought to. A case is about the first. */
export interface Expected {
  /** `cut` is right if the caller can tell that the message is not complete, by an error or by an unusual end. */
  readonly end?: 'completed' | 'incomplete' | 'error' | 'cut'
  /** The finish reason of a chat completion. */
  readonly finish?: string
  readonly text?: string
  /** The text of each choice. */
  readonly choices?: readonly string[]
  readonly reasoning?: string
  readonly refusal?: string
  /** Calls of functions. If the server gave no id, any is right. Arguments are compared as JSON if they are JSON. */
  readonly tools?: readonly Call[]
  readonly customTools?: readonly Call[]
  /** The deprecated way to call a function: without an id. */
  readonly functionCall?: Call
  /** Input and output tokens. */
  readonly usage?: readonly [number, number]
  readonly logprobs?: readonly string[]
  readonly audio?: { readonly id: string; readonly transcript: string }
  /** Addresses that are cited. */
  readonly annotations?: readonly string[]
  readonly images?: readonly string[]
  readonly reasoningDetails?: readonly object[]
  /** What a call carries for its server, to be sent back with it. */
  readonly signature?: string
  /** The output of a response, exactly. */
  readonly output?: readonly object[]
}

/** An id that is missing, or `null` in a file, may be any. */
export type Call = readonly [id: string | null | undefined, name: string, argumentsOrInput: string]

export type Aspect = keyof Expected

const chunk = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1_700_000_000 }
const response = {
  id: 'resp_1',
  object: 'response',
  created_at: 1_700_000_000,
  status: 'completed',
  error: null,
  incomplete_details: null,
  instructions: null,
  metadata: {},
  model: 'm',
  output: [],
  parallel_tool_calls: true,
  temperature: 1,
  tool_choice: 'auto',
  tools: [],
  top_p: 1,
  usage: {
    input_tokens: 3,
    input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
    output_tokens: 4,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 7,
  },
}
const opening = { ...response, status: 'in_progress', usage: null }

/** The cases of `cases/<file>.cases`. The README of this workspace explains the lines. */
export function readCases(file: string): Case[] {
  const text = readFileSync(new URL(`../../cases/${file}.cases`, import.meta.url), 'utf8')
  const blocks = text.split(/^## /m).slice(1)
  return blocks.map((block) => {
    const [name = '', why = '', , ...lines] = block.trimEnd().split('\n')
    const expected = JSON.parse(lines.pop()?.slice('expect '.length) ?? '') as Expected
    const events: Wire[] = []
    const body = lines.map((line) => bodyOf(line, events)).join('')
    return { name, why, body, events, expected }
  })
}

/** What a line of a case puts into the body. An event of a response is numbered by the `events` before it, and added. */
function bodyOf(line: string, events: Wire[]): string {
  const [kind = '', rest = ''] = line.split(/(?<=^\S+) /)
  const choice = (value: string): string =>
    dataOf(`${JSON.stringify({ ...chunk, model: 'm' }).slice(0, -1)},"choices":[${value}]}`)
  const event = (value: Wire, more: Wire = { sequence_number: events.length }): string => {
    events.push({ ...value, ...more })
    return frameOf({ ...value, ...more })
  }
  switch (kind) {
    case 'delta':
      return choice(`{"index":0,"delta":${rest},"finish_reason":null}`)
    case 'finish':
      return choice(`{"index":0,"delta":{},"finish_reason":"${rest}"}`)
    case 'choice':
      return choice(rest)
    case 'data':
      return dataOf(rest)
    case 'text':
      return JSON.parse(rest)
    case 'done':
      return dataOf('[DONE]')
    case 'created':
    case 'in_progress':
      return event({ type: `response.${kind}`, response: opening })
    case 'end': {
      const ended = { ...response, ...JSON.parse(rest) }
      return event({ type: `response.${ended.status}`, response: ended })
    }
    case 'raw':
      return event(JSON.parse(rest), {})
    default:
      return event({ type: kind, ...JSON.parse(rest) })
  }
}

/** An event of a response, with its type as its name. */
export function frameOf(event: Wire): string {
  const { type } = event
  return (type === undefined ? '' : `event: ${String(type)}\n`) + dataOf(JSON.stringify(event))
}

export const dataOf = (data: string): string => `data: ${data}\n\n`
