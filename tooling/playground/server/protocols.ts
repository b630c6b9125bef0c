import type { IncomingMessage, ServerResponse } from 'node:http'
import { type ChunkEvent, split, toEvents } from '@tesserae/openai'
import { toResponseEvents } from '@tesserae/openai/bridge'
import { anthropic } from '@tesserae/openai/dialects'
import { createAccumulator, toEvents as toResponseFrames } from '@tesserae/openai/responses'
import type { ChatCompletion } from '@tesserae/openai/schema'
import { readAsked } from './asked.ts'
import { Refusal } from './errors.ts'
import type { Recorded } from './library.ts'
import { findModel } from './models.ts'
import { perform } from './perform.ts'
import { readPlayOptions } from './play-options.ts'
import { readJson } from './read-json.ts'
import { answerJson, CORS } from './responses.ts'
import { completionOf } from './say.ts'
import { scoreOfEvents } from './score.ts'
import { send } from './send.ts'
import { sorryFor } from './sorry.ts'

/** A protocol other than chat completions, in which the models of the playground answer too. */
interface Protocol {
  /** The messages of a request, as chat completions have them. */
  readonly messages: (body: Record<string, unknown>) => unknown
  readonly events: (completion: ChatCompletion) => Iterable<ChunkEvent>
  readonly whole: (completion: ChatCompletion) => object
  /** Whose error frames are sent. */
  readonly dialect: string
}

const responses: Protocol = {
  messages: ({ input }) => (typeof input === 'string' ? [{ role: 'user', content: input }] : input),
  events: (completion) => toResponseFrames(toResponseEvents(split(completion))),
  whole: (completion) => {
    const accumulator = createAccumulator()
    for (const event of toResponseEvents(split(completion))) accumulator.push(event)
    return accumulator.finish().response
  },
  dialect: 'responses',
}

const messages: Protocol = {
  messages: (body) => body['messages'],
  events: (completion) => toEvents(split(completion), { dialect: anthropic }),
  whole: ({ id, model, choices, usage }) => ({
    id,
    type: 'message',
    role: 'assistant',
    model,
    content: [{ type: 'text', text: choices[0]?.message.content ?? '', citations: null }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: {
      input_tokens: usage?.prompt_tokens ?? 0,
      output_tokens: usage?.completion_tokens ?? 0,
    },
  }),
  dialect: 'messages',
}

/** The protocols, by the paths at which their clients ask. */
export const protocols: ReadonlyMap<string, Protocol> = new Map([
  ['/v1/responses', responses],
  ['/v1/messages', messages],
])

/** Answers `POST /v1/responses` and `/v1/messages`. */
export async function answerProtocol(
  request: IncomingMessage,
  response: ServerResponse,
  protocol: Protocol,
  query: URLSearchParams,
  library: ReadonlyMap<string, Recorded>,
): Promise<void> {
  const body = await readJson(request)
  const options = readPlayOptions(body['playground'], query)
  const asked = readAsked({ ...body, messages: protocol.messages(body) }, 'messages')
  const found = findModel(asked.model, library, undefined)
  if (found.recorded)
    throw new Refusal('invalid_body', 'Recordings are replayed at /v1/chat/completions.', 'model')
  const completion = completionOf(found.answer(asked.text, false), asked.text, asked.model, true)
  if (!asked.stream) return answerJson(response, 200, protocol.whole(completion))
  const score = scoreOfEvents([...protocol.events(completion)])
  await send(request, response, perform(score, options, sorryFor(protocol.dialect)), CORS)
}
