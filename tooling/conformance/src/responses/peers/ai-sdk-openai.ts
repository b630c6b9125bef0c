import { createOpenAI } from '@ai-sdk/openai'
import { lacking, readWith } from '../../answers/ai-sdk.ts'
import type { AnswerPeer } from '../../answers/peer.ts'

export const peer: AnswerPeer = {
  package: '@ai-sdk/openai',
  lacks: lacking,
  note: 'Its responses model, through `streamText` of `ai`. It is judged by text, reasoning, calls and the end.',
  read(fetch) {
    const provider = createOpenAI({ baseURL: 'http://127.0.0.1/v1', apiKey: 'none', fetch })
    return readWith(provider.responses('m'))
  },
}
