// The events of a stream, in each dialect: fragments put together in the order they came.

import {
  callOf,
  choiceOf,
  draft,
  Drafts,
  joined,
  usageOf,
  type Answer,
  type Loose,
} from './choices.ts'
import { blocksDraft } from './documents.ts'
import type { MeaningKind } from './types.ts'

export const STREAMS: Readonly<Partial<Record<MeaningKind, (values: readonly Loose[]) => Answer>>> =
  {
    chat: (chunks) => {
      const drafts = new Drafts()
      for (const { index = 0, delta, finish_reason, logprobs } of chunks.flatMap(
        ({ choices }) => choices ?? [],
      )) {
        const choice = drafts.at(index)
        choice.role ??= delta?.role ?? null
        if (typeof delta?.content === 'string')
          choice.content = (choice.content ?? '') + delta.content
        choice.reasoning += delta?.reasoning_content ?? delta?.reasoning ?? ''
        choice.refusal += delta?.refusal ?? ''
        for (const { index: place, id, function: part } of delta?.tool_calls ?? []) {
          // Without an index, a fragment is a call of its own.
          const call = (choice.tool_calls[place ?? choice.tool_calls.length] ??= {
            id: null,
            name: '',
            arguments: '',
          })
          call.id ??= id ?? null
          call.name += part?.name ?? ''
          call.arguments += part?.arguments ?? ''
        }
        choice.finish_reason = finish_reason ?? choice.finish_reason
        choice.logprobs += logprobs?.content?.length ?? 0
      }
      return { choices: drafts.choices(), ...lastUsage(chunks) }
    },

    completion: (chunks) => {
      const drafts = new Drafts()
      for (const { index, text, finish_reason } of chunks.flatMap(({ choices }) => choices ?? [])) {
        const choice = drafts.at(index)
        choice.content = (choice.content ?? '') + text
        choice.finish_reason = finish_reason ?? choice.finish_reason
      }
      return { choices: drafts.choices(), ...lastUsage(chunks) }
    },

    'llama-completion': (chunks) => {
      const last = chunks.at(-1)
      const content = joined(chunks.map((chunk) => chunk.content))
      return {
        choices: [choiceOf(draft({ content, finish_reason: last?.stop_type ?? null }))],
        ended: last?.stop === true ? 'done' : 'unfinished',
      }
    },

    responses: (events) => {
      const deltas = (type: string): string[] =>
        events.filter((event) => event.type === type).map(({ delta }) => delta)
      const added = events
        .filter(({ type }) => type === 'response.output_item.added')
        .map(({ item }) => item)
      const last = events.at(-1)
      const choice = draft({
        role: added.find(({ type }) => type === 'message')?.role ?? null,
        content: joined(deltas('response.output_text.delta')),
        reasoning: [
          ...deltas('response.reasoning_text.delta'),
          ...deltas('response.reasoning_summary_text.delta'),
        ].join(''),
        tool_calls: added
          .filter(({ type }) => type === 'function_call')
          .map(({ id, call_id, name, arguments: opening }) => ({
            id: call_id,
            name,
            // Some servers add a call whole, and send no deltas.
            arguments:
              events
                .filter(
                  ({ type, item_id }) =>
                    type === 'response.function_call_arguments.delta' && item_id === id,
                )
                .map(({ delta }) => delta)
                .join('') || opening,
          })),
        finish_reason: last?.response?.status ?? null,
      })
      return {
        choices: [choiceOf(choice)],
        ...usageOf(last?.response?.usage),
        ended: /^response\.(completed|failed|incomplete)$/.test(last?.type) ? 'done' : 'unfinished',
      }
    },

    messages: (events) => {
      const start = events.find(({ type }) => type === 'message_start')?.message
      const end = events.findLast(({ type }) => type === 'message_delta')
      const blocks: Loose[] = []
      for (const { type, index, content_block, delta } of events) {
        if (type === 'content_block_start') blocks[index] = { ...content_block }
        if (type !== 'content_block_delta') continue
        const block = blocks[index]
        if (delta.type === 'text_delta') block.text += delta.text
        if (delta.type === 'thinking_delta') block.thinking += delta.thinking
        if (delta.type === 'input_json_delta') block.json = (block.json ?? '') + delta.partial_json
      }
      return {
        choices: [
          choiceOf(blocksDraft(start?.role ?? null, blocks, end?.delta.stop_reason ?? null)),
        ],
        // What the start said of the prompt, and the end of the answer.
        ...usageOf(start?.usage && { ...start.usage, ...end?.usage }),
        ended: events.at(-1)?.type === 'message_stop' ? 'done' : 'unfinished',
      }
    },

    gemini: (chunks) => {
      const drafts = new Drafts()
      for (const { index = 0, content, finishReason } of chunks.flatMap(
        ({ candidates }) => candidates ?? [],
      )) {
        const choice = drafts.at(index)
        choice.role ??= content?.role ?? null
        for (const { text, thought, functionCall } of content?.parts ?? []) {
          if (functionCall !== undefined) choice.tool_calls.push(callOf(functionCall))
          else if (thought === true) choice.reasoning += text
          else choice.content = (choice.content ?? '') + text
        }
        choice.finish_reason = finishReason ?? choice.finish_reason
      }
      return {
        choices: drafts.choices(),
        ...usageOf(chunks.findLast(({ usageMetadata }) => usageMetadata)?.usageMetadata),
      }
    },

    ollama: (lines) => {
      const choice = draft()
      for (const { message, done_reason } of lines) {
        choice.role ??= message.role ?? null
        choice.content = (choice.content ?? '') + message.content
        choice.reasoning += message.thinking ?? message.reasoning_content ?? ''
        choice.tool_calls.push(
          ...(message.tool_calls ?? []).map((call: Loose) => callOf(call.function)),
        )
        choice.finish_reason = done_reason ?? choice.finish_reason
      }
      return {
        choices: [choiceOf(choice)],
        ended: lines.at(-1)?.done === true ? 'done' : 'unfinished',
      }
    },
  }

function lastUsage(chunks: readonly Loose[]): Pick<Answer, 'usage'> {
  return usageOf(chunks.findLast(({ usage }) => usage)?.usage)
}
