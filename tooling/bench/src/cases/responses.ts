import { split, toEvents } from '@tesserae/openai/responses'
import type { TimedReader } from '@tooling/conformance/timed/work'
import { type Case, ours, peer } from '../case.ts'
import { pick, seededRandom } from '../../../config/random.ts'
import { asciiTokens } from '../streams.ts'
import { messageCase, type MessageStream } from './messages.ts'

const words = asciiTokens.slice(0, 17)

const ourReader = ours('@tesserae/openai/responses', 'tesserae-responses')
const stream = [ourReader, peer('openai, responses.stream', 'openai-responses-stream')] as const
const accumulateResponse = [
  ourReader,
  peer('openai, accumulateResponse', 'openai-accumulate-response'),
] as const

const text = (): MessageStream => textStream(4000)
const ten = (): MessageStream => textStream(2)

/** From a `Response` to the finished response, as OpenAI streams it: 4,000 deltas, and a stream of ten events. */
export const responsesCases: readonly Case<TimedReader>[] = [
  messageCase('responses-stream/text', '16k', stream, text),
  messageCase('responses-stream/text', 'each', stream, text),
  messageCase('responses-stream/ten', 'each', stream, ten),
  messageCase('responses/text', '16k', accumulateResponse, text),
  messageCase('responses/text', 'each', accumulateResponse, text),
  messageCase('responses/ten', 'each', accumulateResponse, ten),
]

/** A stream of one text, in the events that OpenAI sends for it, with its padding. */
function textStream(deltas: number): MessageStream {
  const random = seededRandom(777)
  const pieces = Array.from({ length: deltas }, () => pick(random, words))
  const text = pieces.join('')
  const message = {
    id: 'msg_0ee665a65cc07abb0068f966cda44081979cdaf1',
    type: 'message',
    status: 'completed',
    content: [{ type: 'output_text', annotations: [], logprobs: [], text }],
    role: 'assistant',
  }
  const response = {
    id: 'resp_0ee665a65cc07abb0068f966ccd6648197b6c060',
    object: 'response' as const,
    created_at: 1_763_632_800,
    status: 'completed' as const,
    error: null,
    incomplete_details: null,
    instructions: null,
    model: 'gpt-4.1-mini-2025-04-14',
    output: [message] as never,
    parallel_tool_calls: true,
    tool_choice: 'auto',
    tools: [],
    metadata: {},
    usage: { input_tokens: 3, output_tokens: deltas, total_tokens: deltas + 3 },
  }
  const sent = Array.from(split(response, { granularity: () => pieces }), (event) => {
    const { type, sequence_number, ...rest } = event
    return {
      type,
      sequence_number,
      ...rest,
      ...('delta' in rest && { obfuscation: 'abcdefghijkl'.slice(0, 1 + random() * 11) }),
    }
  })
  const events = Array.from(toEvents(sent), ({ event, data }) => ({ event, data }))
  return {
    stream: {
      blocks: events.map(({ event, data }) => `event: ${event}\ndata: ${data}\n\n`),
      events,
    },
    message: { content: text, reasoning: '', arguments: '' },
  }
}
