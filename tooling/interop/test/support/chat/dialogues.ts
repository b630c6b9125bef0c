import dialogues from '../../../model/dialogues.json' with { type: 'json' }
import type { ChatCompletion } from '@tesserae/openai/schema'
import { nullForNothing, type Question } from './whole.ts'

/** Steadily the same: no chance, one seed, nothing remembered of what was asked before. */
const settings = { model: 'tiny-chat', temperature: 0, seed: 7, cache_prompt: false }

const asked = (name: string, body: object): Question => ({
  name,
  body: { ...settings, ...body },
  adjust: nullForNothing,
})

/** All that the model of the engine knows by heart, with what clients add to a tool call. */
const known = dialogues.map(({ messages, tools }, index): Question => {
  const sent = messages.map((message) => ({
    ...message,
    ...('tool_calls' in message && {
      tool_calls: message.tool_calls?.map(({ function: { name, arguments: args } }) => ({
        id: 'call_1',
        type: 'function',
        function: { name, arguments: JSON.stringify(args) },
      })),
    }),
    ...(message.role === 'tool' && { tool_call_id: 'call_1' }),
  }))
  const name = `dialogue ${index + 1} (${messages.at(-1)?.content})`
  return asked(name, {
    messages: sent,
    ...(tools && { tools, parallel_tool_calls: true }),
  })
})

/** The end has a probability, too. */
function withoutEnd({ choices: [choice] }: ChatCompletion): string | undefined {
  const last = choice?.logprobs?.content?.pop()
  return last?.token === '' ? 'the token that is the end is in the document alone' : undefined
}

const hello = { messages: [{ role: 'user', content: 'Say hello.' }] }
const count = { messages: [{ role: 'user', content: 'Count to forty.' }] }

export const questions: readonly Question[] = [
  ...known,
  {
    ...asked('log probabilities', { ...hello, logprobs: true, top_logprobs: 2 }),
    adjust: withoutEnd,
  },
  asked('two choices', { ...hello, n: 2 }),
  asked('cut by max_tokens', { ...count, max_tokens: 7 }),
  asked('ended by a stop sequence', { ...count, stop: ['12'] }),
]
