import type { Message, Outcome, TimedReader } from '@tooling/conformance/timed/work'
import { listRecordings, loadRecording } from '@tesserae/testkit/recordings'
import { bodyOf } from '@tesserae/testkit/transcript'
import { type Case, ours, peer, type Workload } from '../case.ts'
import { pick, seededRandom } from '../../../config/random.ts'
import { asciiTokens, chatChunk, type Chunking, cut } from '../streams.ts'
import { messageCase, type MessageStream, outcomeOf } from './messages.ts'

/** As much of a choice as these streams have. */
interface Choice {
  readonly delta?: {
    readonly role?: string
    readonly content?: string
    readonly reasoning_content?: string
    readonly tool_calls?: readonly {
      readonly index: 0
      readonly id?: string
      readonly type?: string
      readonly function: { readonly name?: string; readonly arguments: string }
    }[]
  }
  readonly logprobs?: object
  readonly finish_reason?: string
}

/** What differs from one chunk to the next, beside the text. */
type Delta = (token: string, at: number, random: () => number) => Choice

const text: Delta = (content) => ({ delta: { content } })
const reasoning: Delta = (reasoning_content) => ({ delta: { reasoning_content } })
const call: Delta = (token, at) => ({
  delta: {
    tool_calls: [
      at === 0
        ? { index: 0, id: 'call_1', type: 'function', function: { name: 'f', arguments: '{"a":"' } }
        : { index: 0, function: { arguments: JSON.stringify(token).slice(1, -1) } },
    ],
  },
})
const logprobs: Delta = (token, _at, random) => ({
  delta: { content: token },
  logprobs: {
    content: [
      { token, logprob: -random(), bytes: [...new TextEncoder().encode(token)], top_logprobs: [] },
    ],
    refusal: null,
  },
})

const padded = (random: () => number): object => ({
  obfuscation: 'abcdefghijkl'.slice(0, 1 + random() * 11),
})

/** As servers write that count on in each chunk. */
const counted = (random: () => number): object => {
  const completion_tokens = Math.floor(random() * 1000)
  return { usage: { prompt_tokens: 42, completion_tokens, total_tokens: 42 + completion_tokens } }
}

const streams = {
  text: () => messageStream(text),
  obfuscation: () => messageStream(text, padded),
  reasoning: () => messageStream(reasoning),
  arguments: () => messageStream(call),
  usage: () => messageStream(text, counted),
  logprobs: () => messageStream(logprobs),
} satisfies Record<string, () => MessageStream>

/** A whole stream of 1,000 chunks, as the official API sends them, and the message that went in. */
function messageStream(
  deltaOf: Delta,
  beside: (random: () => number) => object = () => ({}),
): MessageStream {
  const random = seededRandom(555)
  const message = { content: '', reasoning: '', arguments: '' }
  const chunk = (choice: Choice): string => {
    const { content = '', reasoning_content = '', tool_calls = [] } = choice.delta ?? {}
    message.content += content
    message.reasoning += reasoning_content
    message.arguments += tool_calls[0]?.function.arguments ?? ''
    return chatChunk(choice, beside(random))
  }
  const chunks = Array.from({ length: 1000 }, (_, at) =>
    chunk(deltaOf(pick(random, asciiTokens), at, random)),
  )
  const isCall = message.arguments !== ''
  const all = [
    chunk({ delta: { role: 'assistant', content: '' } }),
    ...chunks,
    ...(isCall
      ? [chunk({ delta: { tool_calls: [{ index: 0, function: { arguments: '"}' } }] } })]
      : []),
    chunk({ finish_reason: isCall ? 'tool_calls' : 'stop' }),
    '[DONE]',
  ]
  return {
    stream: {
      blocks: all.map((data) => `data: ${data}\n\n`),
      events: all.map((data) => ({ event: undefined, data })),
    },
    message,
  }
}

const tesserae = ours('@tesserae/openai', 'tesserae-openai')
const throughResponse = ours('@tesserae/openai', 'tesserae-openai-response')
const unpredicted = ours('@tesserae/openai without prediction', 'tesserae-openai-unpredicted')
const byHand = [tesserae, peer('eventsource-parser', 'eventsource-parser-json')] as const
const jsonParse = [tesserae, peer('JSON.parse', 'json-parse')] as const
const official = [throughResponse, peer('openai', 'openai-sdk')] as const
const plain = [tesserae, unpredicted] as const

/**
 * Bytes to a finished message: against what people write by hand; against `JSON.parse` alone, which reads no bytes;
 * against ourselves without prediction; and, from a `Response`, against the official client.
 */
export const openaiCases: readonly Case<TimedReader>[] = [
  ...Object.entries(streams).flatMap(([name, make]) => [
    messageCase(`openai/${name}`, '16k', byHand, make),
    messageCase(`openai/${name}`, 'each', byHand, make),
  ]),
  recordingsCase('each'),
  recordingsCase('packet'),
  messageCase('openai-parse/text', '16k', jsonParse, streams.text),
  ...Object.entries(streams).map(([name, make]) =>
    messageCase(`openai-plain/${name}`, '16k', plain, make),
  ),
  messageCase('openai-response/text', '16k', official, streams.text),
  messageCase('openai-response/text', 'each', official, streams.text),
]

/** Recorded streams in turns, as in a process that answers many requests: most of them have fewer than 40 chunks. */
function recordingsCase(size: Chunking): Case<TimedReader> {
  return {
    name: `openai-recordings/all/${size}/message`,
    families: ['openai-recordings'],
    ours: byHand[0],
    peer: byHand[1],
    workload: () => recordingsWorkload(size),
  }
}

function recordingsWorkload(size: Chunking): Workload<TimedReader> {
  const streams = listRecordings().flatMap((name) => recordedStream(name, size) ?? [])
  const outcome = outcomeOfAll(streams.map(({ message }) => message))
  return {
    events: streams.reduce((sum, { events }) => sum + events, 0),
    bytes: streams.flatMap(({ chunks }) => chunks).reduce((sum, { length }) => sum + length, 0),
    async faultOf(code) {
      for (const { name, chunks, message } of streams)
        if (JSON.stringify(await code.read(chunks)) !== JSON.stringify(message))
          return `it makes another message of ${name}`
      return undefined
    },
    outcome,
    async run(code) {
      const messages: Message[] = []
      for (const { chunks } of streams) messages.push(await code.read(chunks))
      return outcomeOfAll(messages)
    },
  }
}

/** A recorded chat stream of one choice that ended as it should, with the message that it means. */
function recordedStream(
  name: string,
  size: Chunking,
): { name: string; chunks: Uint8Array[]; events: number; message: Message } | undefined {
  const transcript = loadRecording(name)
  const { kind, streamed, choices = [], error } = transcript.meaning ?? {}
  const [choice] = choices
  if (kind !== 'chat' || !streamed || error || choices.length !== 1 || !choice?.finish_reason)
    return undefined
  const text = new TextDecoder().decode(bodyOf(transcript))
  const blocks = text.split(/(?<=\n\n)/)
  const message = {
    content: choice.content ?? '',
    reasoning: choice.reasoning ?? '',
    arguments: (choice.tool_calls ?? []).map((call) => call.arguments).join(''),
  }
  return { name, chunks: cut({ blocks }, size), events: blocks.length, message }
}

function outcomeOfAll(messages: readonly Message[]): Outcome {
  const checksum = messages.reduce((sum, message) => (sum + outcomeOf(message).checksum) | 0, 0)
  return { events: messages.length, checksum }
}
