import { createOpenAI } from '@ai-sdk/openai'
import { lacking, readWith } from '../ai-sdk.ts'
import type { ResponsePeer } from '../peer.ts'

export const peer: ResponsePeer = {
  name: '@ai-sdk/openai',
  package: '@ai-sdk/openai',
  lacks: lacking,
  note: 'Its responses model, through `streamText` of `ai`. It is judged by text, reasoning, calls and the end.',
  read(fetch) {
    const provider = createOpenAI({ baseURL: 'http://127.0.0.1/v1', apiKey: 'none', fetch })
    return readWith(provider.responses('m'))
  },
}
