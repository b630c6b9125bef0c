import OpenAI from 'openai'
import { accumulate } from '@tesserae/openai'
import { versioned } from '../../../../src/packages.ts'
import { type Answer, chunksOf, frame } from '../answers.ts'
import type { ChatClient, Endpoint } from './client.ts'

const clientOf = ({ url, headers = {} }: Endpoint): OpenAI =>
  new OpenAI({ apiKey: 'none', baseURL: `${url}/v1`, maxRetries: 0, defaultHeaders: headers })

const question = ({ name }: Answer) => ({
  model: name,
  messages: [{ role: 'user' as const, content: 'Well?' }],
})

/** What the client tells of the frame. */
function errorOf(error: unknown): unknown {
  if (error instanceof OpenAI.APIError) return error.error
  throw error
}

/** Its chunks, and what our accumulator makes of these very objects. */
export const openaiCreate: ChatClient = {
  name: `${versioned('openai')}, create()`,
  async read(endpoint, answer, seen) {
    const sequence: OpenAI.ChatCompletionChunk[] = []
    let error: unknown
    try {
      const request = { ...question(answer), stream: true as const }
      for await (const chunk of await clientOf(endpoint).chat.completions.create(request)) {
        sequence.push(chunk)
        if (chunk.choices[0]?.delta.content) seen()
      }
    } catch (failure) {
      error = errorOf(failure)
    }
    const message = error === undefined ? await accumulate(sequence) : undefined
    return { message, error, sequence }
  },
  expected: (answer) => ({
    message: answer.how === 'breaks' ? undefined : answer.completion,
    error: answer.how === 'breaks' ? frame.error : undefined,
    sequence: chunksOf(answer),
  }),
}

/** The message that its own helper puts together. */
export const openaiStream: ChatClient = {
  name: `${versioned('openai')}, stream()`,
  async read(endpoint, answer, seen) {
    const stream = clientOf(endpoint).chat.completions.stream(question(answer))
    stream.on('content', seen)
    try {
      const message = await stream.finalChatCompletion()
      // A field of its own, for callers that pass a schema.
      for (const choice of message.choices) delete (choice.message as { parsed?: unknown }).parsed
      return { message }
    } catch (failure) {
      return { error: errorOf(failure) }
    }
  },
  expected({ completion, how }) {
    if (how === 'breaks') return { error: frame.error }
    const message = structuredClone(completion)
    for (const choice of message.choices)
      if (choice.message.reasoning_content) choice.message.reasoning_content = ' 2️⃣'
    return { message }
  },
  known: { reasoning: 'each piece of reasoning_content takes the place of the one before it' },
}
