import type { AnswerPeer } from '../../answers/peer.ts'
import { readWithLangChain } from '../../answers/langchain.ts'

export const peer: AnswerPeer = {
  package: '@langchain/openai',
  lacks: [
    'choices',
    'refusal',
    'customTools',
    'annotations',
    'images',
    'reasoningDetails',
    'signature',
  ],
  note: '`ChatOpenAI`, `stream`, and `concat` of what it yields.',
  read: (fetch) => readWithLangChain(fetch, { streamUsage: true, logprobs: true }),
}
