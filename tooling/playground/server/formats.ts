import { type ChunkEvent, split, toEvents } from '@tesserae/openai'
import { toResponseEvents } from '@tesserae/openai/bridge'
import { anthropic } from '@tesserae/openai/dialects'
import { createAccumulator, toEvents as toResponseFrames } from '@tesserae/openai/responses'
import type { ChatCompletion, TextCompletion } from '@tesserae/openai/schema'

/** How an API sends a message. */
export interface Format {
  /** What is sent in place of the rest of a stream that fails is found by it. */
  readonly id: string
  /** The stream, the closing `[DONE]` included. */
  readonly events: (completion: ChatCompletion) => Iterable<ChunkEvent>
  /** The message without streaming. Default: the completion as it is. */
  readonly whole?: (completion: ChatCompletion) => object
}

/** The APIs that are not chat completions, by the paths at which their clients ask. */
export const formats: Readonly<Record<string, Format>> = {
  '/v1/completions': {
    id: 'openai',
    events: (completion) => toEvents(split(legacyOf(completion))),
    whole: legacyOf,
  },
  '/v1/responses': {
    id: 'responses',
    events: (completion) => toResponseFrames(toResponseEvents(split(completion))),
    whole: (completion) => {
      const accumulator = createAccumulator()
      for (const event of toResponseEvents(split(completion))) accumulator.push(event)
      return accumulator.finish().response
    },
  },
  '/v1/messages': {
    id: 'messages',
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
  },
}

function legacyOf({ id, created, model, choices, usage }: ChatCompletion): TextCompletion {
  return {
    id: id.replace('chatcmpl', 'cmpl'),
    object: 'text_completion',
    created,
    model,
    choices: choices.map(({ index, message }) => ({
      index,
      text: message.content ?? '',
      logprobs: null,
      finish_reason: 'stop',
    })),
    ...(usage && { usage }),
  }
}

const MESSAGE = 'This error was asked for, with the fault "error".'

/** The error of each API whose errors differ from the errors of chat completions. */
const errors: Readonly<Record<string, object>> = {
  cryptgpt: { error: { message: MESSAGE, type: 'server_error' } },
  messages: { type: 'error', error: { type: 'overloaded_error', message: MESSAGE } },
  responses: { type: 'error', code: 'server_error', message: MESSAGE, param: null },
  gemini: { error: { code: 503, message: MESSAGE, status: 'UNAVAILABLE' } },
}

/** What a stream sends when it fails. An error with a type of its own gives the event its name. */
export function errorEvent(dialect: string): ChunkEvent {
  const error = { message: MESSAGE, type: 'server_error', param: null, code: null }
  const body: { readonly type?: string } = errors[dialect] ?? { error }
  return { ...(body.type !== undefined && { event: body.type }), data: JSON.stringify(body) }
}
