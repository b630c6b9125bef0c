import { randomUUID } from 'node:crypto'
import type { ChatCompletion, TextCompletion, Usage } from '@tesserae/openai/schema'
import type { Answer } from './systems/system.ts'

/** The message of a model that says this. */
export function completionOf(
  { content, reasoning }: Answer,
  asked: string,
  model: string,
  withUsage: boolean,
): ChatCompletion {
  const message = {
    role: 'assistant' as const,
    ...(reasoning !== undefined && { reasoning_content: reasoning }),
    content,
    refusal: null,
  }
  return {
    id: `chatcmpl-${randomUUID()}`,
    object: 'chat.completion',
    created: Math.floor(Date.now() / 1_000),
    model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: 'stop' }],
    ...(withUsage && { usage: usageOf(asked, `${reasoning ?? ''} ${content}`) }),
  }
}

/** The same by the legacy API. */
export function textCompletionOf(
  { content }: Answer,
  asked: string,
  model: string,
  withUsage: boolean,
): TextCompletion {
  return {
    id: `cmpl-${randomUUID()}`,
    object: 'text_completion',
    created: Math.floor(Date.now() / 1_000),
    model,
    choices: [{ index: 0, text: content, logprobs: null, finish_reason: 'stop' }],
    ...(withUsage && { usage: usageOf(asked, content) }),
  }
}

/** There are no tokens here, so words are counted. */
function usageOf(asked: string, said: string): Usage {
  const prompt = words(asked)
  const completion = words(said)
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
  }
}

function words(text: string): number {
  return text.match(/\S+/g)?.length ?? 0
}
