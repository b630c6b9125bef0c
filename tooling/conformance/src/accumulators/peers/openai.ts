import OpenAI from 'openai'
import { seenIn } from '../chat-completion.ts'
import type { AnswerPeer } from '../../answers/peer.ts'

export const peer: AnswerPeer = {
  name: 'openai',
  package: 'openai',
  lacks: [],
  note: '`chat.completions.stream`, `finalChatCompletion`. Fields that its types do not know are read where they end up.',
  async read(fetch) {
    const client = new OpenAI({
      apiKey: 'none',
      baseURL: 'http://127.0.0.1/v1',
      fetch,
      maxRetries: 0,
    })
    const stream = client.chat.completions.stream({ model: 'm', messages: [] })
    return seenIn(await stream.finalChatCompletion())
  },
}
