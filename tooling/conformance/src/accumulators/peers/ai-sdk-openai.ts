import { createOpenAI } from '@ai-sdk/openai'
import { lacking, readWith } from '../../answers/ai-sdk.ts'
import type { AnswerPeer } from '../../answers/peer.ts'

export const peer: AnswerPeer = {
  package: '@ai-sdk/openai',
  lacks: [...lacking, 'reasoning', 'reasoningDetails', 'signature'],
  note: 'Its chat model, through `streamText` of `ai`. It is made for OpenAI alone, whose chats show no reasoning.',
  read(fetch) {
    const provider = createOpenAI({ baseURL: 'http://127.0.0.1/v1', apiKey: 'none', fetch })
    return readWith(provider.chat('m'))
  },
}
