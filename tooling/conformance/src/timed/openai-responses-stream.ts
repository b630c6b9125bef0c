import OpenAI from 'openai'
import { responseOf } from './response.ts'
import type { Message } from './work.ts'

/** The official client: a `fetch` that answers with the stream, and `responses.stream`. */
export async function read(chunks: readonly Uint8Array[]): Promise<Message> {
  const client = new OpenAI({
    apiKey: 'none',
    baseURL: 'http://127.0.0.1',
    fetch: async () => responseOf(chunks),
  })
  const response = await client.responses.stream({ model: 'm', input: '' }).finalResponse()
  return { content: response.output_text, reasoning: '', arguments: '' }
}
