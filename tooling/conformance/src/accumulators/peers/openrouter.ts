import { createOpenRouter } from '@openrouter/ai-sdk-provider'
import { lacking, readWith } from '../../answers/ai-sdk.ts'
import type { AnswerPeer } from '../../answers/peer.ts'

export const peer: AnswerPeer = {
  package: '@openrouter/ai-sdk-provider',
  lacks: [...lacking.filter((aspect) => aspect !== 'images'), 'logprobs', 'signature'],
  note: 'Through `streamText` of `ai`. It is made for OpenRouter alone.',
  read(fetch) {
    const provider = createOpenRouter({ baseURL: 'http://127.0.0.1/v1', apiKey: 'none', fetch })
    return readWith(provider.chat('m'))
  },
}
