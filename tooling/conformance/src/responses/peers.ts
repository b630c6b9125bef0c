import { type AnswerPeer, lackedByStreamText, service, throughStreamText } from '../answers/peer.ts'
import { seenIn } from './whole.ts'

/** Each is called as its documentation says. */
export const peers = {
  '@ai-sdk/open-responses': {
    lacks: lackedByStreamText,
    note: 'Through `streamText` of `ai`. It is judged by text, reasoning, calls and the end.',
    async load() {
      const { createOpenResponses } = await import('@ai-sdk/open-responses')
      const options = { name: 'any', url: `${service.baseURL}/responses`, apiKey: 'none' }
      return throughStreamText((fetch) => createOpenResponses({ ...options, fetch })('m'))
    },
  },
  '@ai-sdk/openai': {
    lacks: lackedByStreamText,
    note: 'Its responses model, through `streamText` of `ai`. It is judged by text, reasoning, calls and the end.',
    async load() {
      const { createOpenAI } = await import('@ai-sdk/openai')
      return throughStreamText((fetch) => createOpenAI({ ...service, fetch }).responses('m'))
    },
  },
  '@langchain/openai': {
    lacks: ['output'],
    note: '`ChatOpenAI` with `useResponsesApi`, `stream`, and `concat` of what it yields. It is judged by text, reasoning, refusals, calls and the end.',
    async load() {
      const { readWithLangChain } = await import('../answers/langchain.ts')
      return (fetch) => readWithLangChain(fetch, { useResponsesApi: true })
    },
  },
  'openai, accumulateResponse': {
    package: 'openai',
    lacks: [],
    note: '`responses.create` with `stream: true`, and `accumulateResponse` of what it yields.',
    async load() {
      const { accumulated } = await import('../answers/openai-client.ts')
      return async (fetch) => {
        const response = await accumulated(fetch)
        if (response === undefined) throw new Error('It yields nothing')
        if (response.error) throw new Error(response.error.message)
        return seenIn(response)
      }
    },
  },
  'openai, responses.stream': {
    package: 'openai',
    lacks: [],
    note: '`responses.stream`, `finalResponse`, without the fields that it adds.',
    async load() {
      const { clientOf } = await import('../answers/openai-client.ts')
      return async (fetch) => {
        const stream = clientOf(fetch).responses.stream({ model: 'm', input: 'Hello' })
        // It adds what it has parsed: that is not a mistake.
        const parsed = ['parsed', 'parsed_arguments']
        const output = JSON.stringify(await stream.finalResponse(), (key, value) =>
          parsed.includes(key) ? undefined : value,
        )
        return seenIn(JSON.parse(output))
      }
    },
  },
  '@tesserae/openai/responses': {
    package: '@tesserae/openai',
    lacks: [],
    async load() {
      const { accumulate } = await import('@tesserae/openai/responses')
      return async (fetch) => seenIn(await accumulate(await fetch('http://127.0.0.1/')))
    },
  },
} satisfies Record<string, AnswerPeer>
