import { seenIn } from '../chat-completion.ts'
import { clientOf } from '../../answers/openai-client.ts'
import type { AnswerPeer } from '../../answers/peer.ts'

export const peer: AnswerPeer = {
  package: 'openai',
  lacks: [],
  note: '`chat.completions.stream`, `finalChatCompletion`. Fields that its types do not know are read where they end up.',
  async read(fetch) {
    const client = clientOf(fetch)
    const stream = client.chat.completions.stream({ model: 'm', messages: [] })
    return seenIn(await stream.finalChatCompletion())
  },
}
