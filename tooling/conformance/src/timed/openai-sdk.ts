import { clientOf } from '../answers/openai-client.ts'
import type { Message } from './work.ts'
import { responseOf } from './response.ts'

/** The official client: a `fetch` that answers with the stream, and its own accumulation. */
export async function read(chunks: readonly Uint8Array[]): Promise<Message> {
  const client = clientOf(async () => responseOf(chunks))
  const stream = client.chat.completions.stream({ model: 'm', messages: [] })
  const { choices } = await stream.finalChatCompletion()
  const message = choices[0]?.message as unknown as {
    content?: string | null
    reasoning_content?: string
    tool_calls?: { function: { arguments: string } }[]
  }
  return {
    content: message.content ?? '',
    reasoning: message.reasoning_content ?? '',
    arguments: message.tool_calls?.map((call) => call.function.arguments).join('') ?? '',
  }
}
