// One JSON document instead of a stream, in each dialect.

import { choiceOf, draft, joined, usageOf, type Answer, type Draft, type Loose } from './choices.ts'
import type { MeaningKind } from './types.ts'

export const DOCUMENTS: Readonly<Partial<Record<MeaningKind, (value: Loose) => Answer>>> = {
  chat: ({ choices, usage }) => ({ choices: choices.map(chatChoice), ...usageOf(usage) }),
  completion: ({ choices, usage }) => ({
    choices: choices.map(({ index, text, finish_reason }: Loose) =>
      choiceOf(draft({ index, content: text, finish_reason })),
    ),
    ...usageOf(usage),
  }),
  'llama-completion': ({ index, content, stop_type }) => ({
    choices: [choiceOf(draft({ index, content, finish_reason: stop_type }))],
  }),
  responses: responseAnswer,
  messages: ({ role, content, stop_reason, usage }) => ({
    choices: [choiceOf(blocksDraft(role, content, stop_reason))],
    ...usageOf(usage),
  }),
}

function chatChoice({ index, message, finish_reason, logprobs }: Loose) {
  return choiceOf(
    draft({
      index,
      role: message.role,
      content: message.content ?? null,
      reasoning: message.reasoning_content ?? message.reasoning ?? '',
      refusal: message.refusal ?? '',
      tool_calls: (message.tool_calls ?? []).map((call: Loose) => ({
        id: call.id,
        name: call.function.name,
        arguments: call.function.arguments,
      })),
      finish_reason,
      logprobs: logprobs?.content?.length ?? 0,
    }),
  )
}

/** A `response` of the Responses API, on its own or in the last event of a stream. */
export function responseAnswer({ status, output, usage }: Loose): Answer {
  const all = (type: string): Loose[] => output.filter((item: Loose) => item.type === type)
  const choice = draft({
    role: all('message')[0]?.role ?? null,
    content: joined(
      all('message').flatMap(({ content }) => content.map((part: Loose) => part.text)),
    ),
    reasoning: all('reasoning')
      .flatMap(({ summary = [], content = [] }) =>
        [...content, ...summary].map((part: Loose) => part.text),
      )
      .join(''),
    tool_calls: all('function_call').map((item) => ({
      id: item.call_id,
      name: item.name,
      arguments: item.arguments,
    })),
    finish_reason: status,
  })
  return { choices: [choiceOf(choice)], ...usageOf(usage) }
}

/** Content blocks of the Messages API; in a stream their JSON has come in text of its own. */
export function blocksDraft(
  role: string | null,
  blocks: readonly Loose[],
  reason: string | null,
): Draft {
  const all = (type: string): Loose[] => blocks.filter((block) => block?.type === type)
  return draft({
    role,
    content: joined(all('text').map(({ text }) => text)),
    reasoning: all('thinking')
      .map(({ thinking }) => thinking)
      .join(''),
    tool_calls: all('tool_use').map(({ id, name, input, json }) => ({
      id,
      name,
      arguments: json ?? JSON.stringify(input),
    })),
    finish_reason: reason,
  })
}
