import { createOpenResponses } from '@ai-sdk/open-responses'
import { lacking, readWith } from '../../answers/ai-sdk.ts'
import type { AnswerPeer } from '../../answers/peer.ts'

export const peer: AnswerPeer = {
  package: '@ai-sdk/open-responses',
  lacks: lacking,
  note: 'Through `streamText` of `ai`. It is judged by text, reasoning, calls and the end.',
  read(fetch) {
    const provider = createOpenResponses({
      name: 'any',
      url: 'http://127.0.0.1/v1/responses',
      apiKey: 'none',
      fetch,
    })
    return readWith(provider('m'))
  },
}
