import { clientOf } from '../answers/openai-client.ts'
import { messageOf } from './message-of.ts'
import { responseOf } from './response.ts'
import type { Message } from './work.ts'

/** The official client: a `fetch` that answers with the stream, and its own accumulation. */
export async function read(chunks: readonly Uint8Array[]): Promise<Message> {
  const client = clientOf(async () => responseOf(chunks))
  const stream = client.chat.completions.stream({ model: 'm', messages: [] })
  return messageOf((await stream.finalChatCompletion()) as never)
}
