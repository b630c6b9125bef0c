import { accumulated } from '../answers/openai-client.ts'
import { responseOf } from './response.ts'
import type { Message } from './work.ts'

/** The official client: a `fetch` that answers with the stream, and `accumulateResponse` of its events. */
export async function read(chunks: readonly Uint8Array[]): Promise<Message> {
  const response = await accumulated(async () => responseOf(chunks))
  const texts = (response?.output ?? []).flatMap((item) =>
    item.type === 'message' ? item.content.map((part) => ('text' in part ? part.text : '')) : [],
  )
  return { content: texts.join(''), reasoning: '', arguments: '' }
}
