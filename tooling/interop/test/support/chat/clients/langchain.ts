import type { AIMessageChunk } from '@langchain/core/messages'
import { APIError } from 'openai'
import { ChatOpenAI } from '@langchain/openai'
import { versioned } from '../../../../src/packages.ts'
import { callsOf, chunksOf, frame } from '../answers.ts'
import type { ChatClient } from './client.ts'

/** The sum of its message chunks, and the raw chunks that it keeps in them when an option asks for it. */
export const langchain: ChatClient = {
  name: versioned('@langchain/openai'),
  async read({ url, headers = {} }, { name }, seen) {
    const model = new ChatOpenAI({
      model: name,
      apiKey: 'none',
      maxRetries: 0,
      configuration: { baseURL: `${url}/v1`, defaultHeaders: headers },
      __includeRawResponse: true,
    })
    const sequence: unknown[] = []
    let sum: AIMessageChunk | undefined
    try {
      for await (const chunk of await model.stream('Well?')) {
        if (chunk.text !== '') seen()
        const { __raw_response: raw, ...rest } = chunk.additional_kwargs
        if (raw !== undefined) sequence.push(raw)
        chunk.additional_kwargs = rest
        sum = sum?.concat(chunk) ?? chunk
      }
    } catch (error) {
      if (!(error instanceof APIError)) throw error
      return { message: undefined, error: error.error, sequence }
    }
    const message = {
      content: sum?.content,
      reasoning: sum?.additional_kwargs['reasoning_content'],
      calls: sum?.tool_calls?.map(({ id, name: called, args }) => [id, called, args]),
      finish: sum?.response_metadata['finish_reason'],
      usage: sum?.response_metadata['usage'],
    }
    return { message, error: undefined, sequence }
  },
  expected(answer) {
    const { choices, usage } = answer.completion
    // The chunk that has usage and no choice becomes a message chunk without a raw one.
    const sequence = chunksOf(answer).filter((chunk) => chunk.choices.length > 0)
    if (answer.how === 'breaks') return { message: undefined, error: frame.error, sequence }
    const { message } = choices[0]!
    return {
      message: {
        content: choices.map((choice) => choice.message.content ?? '').join(''),
        reasoning: message.reasoning_content ?? undefined,
        calls: callsOf(answer),
        finish: choices.map((choice) => choice.finish_reason).join(''),
        usage: usage ?? {},
      },
      error: undefined,
      sequence,
    }
  },
  known: {
    'two-choices': 'the words of both choices become one text, and both finish reasons one word',
  },
}
