import { type AnswerPeer, lackedByStreamText, service, throughStreamText } from '../answers/peer.ts'
import { seenIn } from './chat-completion.ts'

/** Each is called as its documentation says. */
export const peers = {
  '@ai-sdk/openai': {
    lacks: [...lackedByStreamText, 'reasoning', 'reasoningDetails', 'signature'],
    note: 'Its chat model, through `streamText` of `ai`. It is made for OpenAI alone, whose chats show no reasoning.',
    async load() {
      const { createOpenAI } = await import('@ai-sdk/openai')
      return throughStreamText((fetch) => createOpenAI({ ...service, fetch }).chat('m'))
    },
  },
  '@ai-sdk/openai-compatible': {
    lacks: [...lackedByStreamText, 'annotations', 'logprobs', 'reasoningDetails'],
    note: 'Through `streamText` of `ai`.',
    async load() {
      const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible')
      const options = { ...service, name: 'p', includeUsage: true }
      return throughStreamText((fetch) => createOpenAICompatible({ ...options, fetch })('m'))
    },
  },
  '@langchain/openai': {
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
    async load() {
      const { readWithLangChain } = await import('../answers/langchain.ts')
      return (fetch) => readWithLangChain(fetch, { streamUsage: true, logprobs: true })
    },
  },
  openai: {
    lacks: [],
    note: '`chat.completions.stream`, `finalChatCompletion`. Fields that its types do not know are read where they end up.',
    async load() {
      const { clientOf } = await import('../answers/openai-client.ts')
      return async (fetch) => {
        const { completions } = clientOf(fetch).chat
        const stream = completions.stream({ model: 'm', messages: [] })
        return seenIn(await stream.finalChatCompletion())
      }
    },
  },
  '@openrouter/ai-sdk-provider': {
    lacks: [...lackedByStreamText.filter((aspect) => aspect !== 'images'), 'logprobs', 'signature'],
    note: 'Through `streamText` of `ai`. It is made for OpenRouter alone.',
    async load() {
      const { createOpenRouter } = await import('@openrouter/ai-sdk-provider')
      return throughStreamText((fetch) => createOpenRouter({ ...service, fetch }).chat('m'))
    },
  },
  '@tanstack/ai-openai': {
    lacks: [
      'choices',
      'refusal',
      'functionCall',
      'customTools',
      'logprobs',
      'audio',
      'annotations',
      'images',
      'reasoningDetails',
      'signature',
    ],
    note: '`openaiCompatibleText`, through `chat` of `@tanstack/ai`; a call has the arguments that its tool would be run with.',
    load: async () => (await import('./tanstack-ai.ts')).readWithTanStack,
  },
  '@tesserae/openai': {
    lacks: [],
    async load() {
      const { accumulate, reasoningOf } = await import('@tesserae/openai')
      return async (fetch) => {
        const completion = await accumulate(await fetch('http://127.0.0.1/'))
        const message = completion.choices[0]?.message
        return { ...seenIn(completion), reasoning: message && reasoningOf(message) }
      }
    },
  },
} satisfies Record<string, AnswerPeer>
