import type { ChatCompletion } from '@tesserae/openai/schema'
import type { Message } from './work.ts'

/** What the cases compare of a completion. */
export function messageOf({ choices }: ChatCompletion): Message {
  const message = choices[0]?.message
  const calls = message?.tool_calls ?? []
  return {
    content: message?.content ?? '',
    reasoning: message?.reasoning_content ?? '',
    arguments: calls.map((call) => ('function' in call ? call.function.arguments : '')).join(''),
  }
}
