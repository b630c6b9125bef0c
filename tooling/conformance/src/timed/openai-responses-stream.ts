import { clientOf } from '../answers/openai-client.ts'
import { responseOf } from './response.ts'
import type { Message } from './work.ts'

/** The official client: a `fetch` that answers with the stream, and `responses.stream`. */
export async function read(chunks: readonly Uint8Array[]): Promise<Message> {
  const client = clientOf(async () => responseOf(chunks))
  const response = await client.responses.stream({ model: 'm', input: '' }).finalResponse()
  return { content: response.output_text, reasoning: '', arguments: '' }
}
