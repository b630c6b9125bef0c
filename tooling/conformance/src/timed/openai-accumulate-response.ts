import { clientOf } from '../answers/openai-client.ts'
import { accumulateResponse } from 'openai/lib/responses/ResponseAccumulator'
import { responseOf } from './response.ts'
import type { Message } from './work.ts'

/** The official client: a `fetch` that answers with the stream, and `accumulateResponse` of its events. */
export async function read(chunks: readonly Uint8Array[]): Promise<Message> {
  const client = clientOf(async () => responseOf(chunks))
  let response: ReturnType<typeof accumulateResponse> | undefined
  for await (const event of await client.responses.create({ model: 'm', input: '', stream: true }))
    response = accumulateResponse(event, response)
  const texts = (response?.output ?? []).flatMap((item) =>
    item.type === 'message' ? item.content.map((part) => ('text' in part ? part.text : '')) : [],
  )
  return { content: texts.join(''), reasoning: '', arguments: '' }
}
