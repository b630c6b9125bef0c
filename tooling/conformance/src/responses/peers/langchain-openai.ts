import type { AnswerPeer } from '../../answers/peer.ts'
import { readWithLangChain } from '../../answers/langchain.ts'

export const peer: AnswerPeer = {
  package: '@langchain/openai',
  lacks: ['output'],
  note: '`ChatOpenAI` with `useResponsesApi`, `stream`, and `concat` of what it yields. It is judged by text, reasoning, refusals, calls and the end.',
  read: (fetch) => readWithLangChain(fetch, { useResponsesApi: true }),
}
