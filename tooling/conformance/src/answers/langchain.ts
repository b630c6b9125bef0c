import type { AIMessageChunk } from '@langchain/core/messages'
import { ChatOpenAI, type ChatOpenAIFields } from '@langchain/openai'
import { textOf } from '../accumulators/chat-completion.ts'
import type { Call } from './case.ts'
import type { Seen } from './peer.ts'

/** Reads an answer with `ChatOpenAI`, `stream`, and `concat` of what it yields. */
export async function readWithLangChain(
  fetch: typeof globalThis.fetch,
  fields: ChatOpenAIFields,
): Promise<Seen> {
  const model = new ChatOpenAI({
    model: 'm',
    apiKey: 'none',
    maxRetries: 0,
    configuration: { baseURL: 'http://127.0.0.1/v1', fetch },
    ...fields,
  })
  let whole: AIMessageChunk | undefined
  for await (const piece of await model.stream('Hello')) whole = whole?.concat(piece) ?? piece
  if (whole === undefined) throw new Error('It yields nothing')
  const { content, additional_kwargs: more, response_metadata: about } = whole
  const usage = whole.usage_metadata as { input_tokens: number; output_tokens: number } | undefined
  const calls = [...(whole.tool_calls ?? []), ...(whole.invalid_tool_calls ?? [])]
  const called = more.function_call
  const audio = more['audio'] as { id: string; transcript: string } | undefined
  const logprobs = about['logprobs'] as { content?: { token: string }[] } | undefined
  const reasoning = more['reasoning'] as { summary?: readonly { text?: string }[] } | undefined
  const incomplete = about['incomplete_details'] as { reason?: string } | null | undefined
  return {
    text: textOf(content),
    reasoning:
      reasoning?.summary?.map(({ text }) => text ?? '').join('') ??
      (more['reasoning_content'] as string | undefined),
    refusal: more['refusal'] as string | undefined,
    tools: calls.map(({ id, name, args }): Call => [
      id,
      name ?? '',
      typeof args === 'string' ? args : JSON.stringify(args),
    ]),
    functionCall: called && [undefined, called.name, called.arguments],
    audio: audio && { id: audio.id, transcript: audio.transcript },
    logprobs: logprobs?.content?.map(({ token }) => token),
    finish: incomplete?.reason ? 'incomplete' : (about['finish_reason'] ?? about['status']),
    usage: usage && [usage.input_tokens, usage.output_tokens],
  }
}
