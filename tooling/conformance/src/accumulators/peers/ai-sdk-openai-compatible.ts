import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { lacking, readWith } from '../../answers/ai-sdk.ts'
import type { AnswerPeer } from '../../answers/peer.ts'

export const peer: AnswerPeer = {
  package: '@ai-sdk/openai-compatible',
  lacks: [...lacking, 'annotations', 'logprobs', 'reasoningDetails'],
  note: 'Through `streamText` of `ai`.',
  read(fetch) {
    const provider = createOpenAICompatible({
      name: 'p',
      baseURL: 'http://127.0.0.1/v1',
      apiKey: 'none',
      includeUsage: true,
      fetch,
    })
    return readWith(provider('m'))
  },
}
