import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { streamText } from 'ai'
import { versioned } from '../../../../src/packages.ts'
import { callsOf, chunksOf, frame } from '../answers.ts'
import type { ChatClient } from './client.ts'

const ended: Readonly<Record<string, string>> = { tool_calls: 'tool-calls' }

/** What it tells while it reads, its raw chunks among it. */
export const aiSdk: ChatClient = {
  name: `${versioned('ai')}, ${versioned('@ai-sdk/openai-compatible')}`,
  async read({ url, headers = {} }, { name }, seen) {
    const provider = createOpenAICompatible({
      name: 'ours',
      baseURL: `${url}/v1`,
      headers: { authorization: 'Bearer none', ...headers },
      includeUsage: true,
    })
    const sequence: unknown[] = []
    const calls: unknown[] = []
    const message = { content: '', reasoning: '', calls, finish: '', usage: undefined as unknown }
    let error: unknown
    const { fullStream } = streamText({
      model: provider(name),
      prompt: 'Well?',
      maxRetries: 0,
      includeRawChunks: true,
      onError() {},
    })
    for await (const part of fullStream) {
      if (part.type === 'raw') sequence.push(part.rawValue)
      if (part.type === 'text-delta') {
        seen()
        message.content += part.text
      }
      if (part.type === 'reasoning-delta') message.reasoning += part.text
      if (part.type === 'tool-call') calls.push([part.toolCallId, part.toolName, part.input])
      if (part.type === 'error') {
        const { data, message: words } = part.error as Error & { data?: unknown }
        error = data ?? { message: words }
      }
      if (part.type === 'finish') {
        message.finish = part.finishReason
        message.usage = part.totalUsage.raw
      }
    }
    return { message: error === undefined ? message : undefined, error, sequence }
  },
  expected(answer, way) {
    const { choices, usage } = answer.completion
    const sequence: unknown[] = chunksOf(answer)
    if (answer.how === 'breaks' && way === 'CR')
      return { error: { message: 'Response stream ended without a finish reason.' }, sequence }
    if (answer.how === 'breaks')
      return { message: undefined, error: frame.error, sequence: [...sequence, frame] }
    const { finish_reason: finish, message } = choices[0]!
    return {
      message: {
        content: choices.map((choice) => choice.message.content ?? '').join(''),
        reasoning: message.reasoning_content ?? '',
        calls: callsOf(answer),
        finish: ended[finish] ?? finish,
        usage,
      },
      error: undefined,
      sequence,
    }
  },
  known: {
    'two-choices': 'the words of both choices become one text',
    'breaks, CR': 'the last event is lost: its CR might have been the first half of a CR LF',
  },
}
