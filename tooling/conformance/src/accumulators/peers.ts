import { lackedByMost, reader, service } from '../answers/peer.ts'
import { seenIn } from './chat-completion.ts'

/** Each is called as its documentation says. */
export const peers = {
  '@ai-sdk/openai': reader({
    lacks: [...lackedByMost, 'reasoning', 'reasoningDetails', 'signature'],
    note: 'Its chat model, through `streamText` of `ai`. It is made for OpenAI alone, whose chats show no reasoning.',
    load: () => Promise.all([import('@ai-sdk/openai'), import('../answers/ai-sdk.ts')]),
    use: ([{ createOpenAI }, { readWith }], fetch) =>
      readWith(createOpenAI({ ...service, fetch }).chat('m')),
  }),
  '@ai-sdk/openai-compatible': reader({
    lacks: [...lackedByMost, 'annotations', 'logprobs', 'reasoningDetails'],
    note: 'Through `streamText` of `ai`.',
    load: () => Promise.all([import('@ai-sdk/openai-compatible'), import('../answers/ai-sdk.ts')]),
    use([{ createOpenAICompatible }, { readWith }], fetch) {
      const options = { ...service, name: 'p', includeUsage: true, fetch }
      return readWith(createOpenAICompatible(options)('m'))
    },
  }),
  '@langchain/openai': reader({
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
    load: () => import('../answers/langchain.ts'),
    use: ({ readWithLangChain }, fetch) =>
      readWithLangChain(fetch, { streamUsage: true, logprobs: true }),
  }),
  openai: reader({
    lacks: [],
    note: '`chat.completions.stream`, `finalChatCompletion`. Fields that its types do not know are read where they end up.',
    load: () => import('../answers/openai-client.ts'),
    async use({ clientOf }, fetch) {
      const { completions } = clientOf(fetch).chat
      const stream = completions.stream({ model: 'm', messages: [] })
      return seenIn(await stream.finalChatCompletion())
    },
  }),
  '@openrouter/ai-sdk-provider': reader({
    lacks: [...lackedByMost.filter((aspect) => aspect !== 'images'), 'logprobs', 'signature'],
    note: 'Through `streamText` of `ai`. It is made for OpenRouter alone.',
    load: () =>
      Promise.all([import('@openrouter/ai-sdk-provider'), import('../answers/ai-sdk.ts')]),
    use: ([{ createOpenRouter }, { readWith }], fetch) =>
      readWith(createOpenRouter({ ...service, fetch }).chat('m')),
  }),
  '@tanstack/ai-openai': reader({
    lacks: [...lackedByMost, 'logprobs', 'annotations', 'reasoningDetails', 'signature'],
    note: '`openaiCompatibleText`, through `chat` of `@tanstack/ai`; a call has the arguments that its tool would be run with.',
    load: () => import('./tanstack-ai.ts'),
    use: ({ readWithTanStack }, fetch) => readWithTanStack(fetch),
  }),
  '@tesserae/openai': reader({
    lacks: [],
    load: () => import('@tesserae/openai'),
    async use({ accumulate, reasoningOf }, fetch) {
      const completion = await accumulate(await fetch('http://127.0.0.1/'))
      const message = completion.choices[0]?.message
      return { ...seenIn(completion), reasoning: message && reasoningOf(message) }
    },
  }),
}
