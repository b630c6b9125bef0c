import { accumulate, reasoningOf } from '@tesserae/openai'
import type { AnswerPeer } from '../../answers/peer.ts'
import { seenIn } from '../chat-completion.ts'

export const peer: AnswerPeer = {
  package: '@tesserae/openai',
  lacks: [],
  async read(fetch) {
    const completion = await accumulate(await fetch('http://127.0.0.1/'))
    const message = completion.choices[0]?.message
    return { ...seenIn(completion), reasoning: message && reasoningOf(message) }
  },
}
