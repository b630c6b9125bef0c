import { lackedByMost, reader, service } from '../answers/peer.ts'
import { seenIn } from './whole.ts'

/** Each is called as its documentation says. */
export const peers = {
  '@ai-sdk/open-responses': reader({
    lacks: lackedByMost,
    note: 'Through `streamText` of `ai`. It is judged by text, reasoning, calls and the end.',
    load: () => Promise.all([import('@ai-sdk/open-responses'), import('../answers/ai-sdk.ts')]),
    use([{ createOpenResponses }, { readWith }], fetch) {
      const url = `${service.baseURL}/responses`
      return readWith(createOpenResponses({ name: 'any', url, apiKey: 'none', fetch })('m'))
    },
  }),
  '@ai-sdk/openai': reader({
    lacks: lackedByMost,
    note: 'Its responses model, through `streamText` of `ai`. It is judged by text, reasoning, calls and the end.',
    load: () => Promise.all([import('@ai-sdk/openai'), import('../answers/ai-sdk.ts')]),
    use: ([{ createOpenAI }, { readWith }], fetch) =>
      readWith(createOpenAI({ ...service, fetch }).responses('m')),
  }),
  '@langchain/openai': reader({
    lacks: ['output'],
    note: '`ChatOpenAI` with `useResponsesApi`, `stream`, and `concat` of what it yields. It is judged by text, reasoning, refusals, calls and the end.',
    load: () => import('../answers/langchain.ts'),
    use: ({ readWithLangChain }, fetch) => readWithLangChain(fetch, { useResponsesApi: true }),
  }),
  'openai, accumulateResponse': reader({
    package: 'openai',
    lacks: [],
    note: '`responses.create` with `stream: true`, and `accumulateResponse` of what it yields.',
    load: () => import('../answers/openai-client.ts'),
    async use({ accumulated }, fetch) {
      const response = await accumulated(fetch)
      if (response === undefined) throw new Error('It yields nothing')
      if (response.error) throw new Error(response.error.message)
      return seenIn(response)
    },
  }),
  'openai, responses.stream': reader({
    package: 'openai',
    lacks: [],
    note: '`responses.stream`, `finalResponse`, without the fields that it adds.',
    load: () => import('../answers/openai-client.ts'),
    async use({ clientOf }, fetch) {
      const stream = clientOf(fetch).responses.stream({ model: 'm', input: 'Hello' })
      // It adds what it has parsed: that is not a mistake.
      const parsed = ['parsed', 'parsed_arguments']
      const output = JSON.stringify(await stream.finalResponse(), (key, value) =>
        parsed.includes(key) ? undefined : value,
      )
      return seenIn(JSON.parse(output))
    },
  }),
  '@tesserae/openai/responses': reader({
    package: '@tesserae/openai',
    lacks: [],
    load: () => import('@tesserae/openai/responses'),
    use: async ({ accumulate }, fetch) =>
      seenIn(await accumulate(await fetch('http://127.0.0.1/'))),
  }),
}
