import type { AIMessageChunk } from '@langchain/core/messages'
import { ChatOpenAI } from '@langchain/openai'
import type { Call } from '../case.ts'
import { textOf } from '../chat-completion.ts'
import type { AccumulatorPeer } from '../peer.ts'

export const peer: AccumulatorPeer = {
  name: '@langchain/openai',
  package: '@langchain/openai',
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
  async read(fetch) {
    const model = new ChatOpenAI({
      model: 'm',
      apiKey: 'none',
      maxRetries: 0,
      streamUsage: true,
      logprobs: true,
      configuration: { baseURL: 'http://127.0.0.1/v1', fetch },
    })
    let whole: AIMessageChunk | undefined
    for await (const piece of await model.stream('Hello')) whole = whole?.concat(piece) ?? piece
    if (whole === undefined) throw new Error('It yields nothing')
    const { content, additional_kwargs: more, response_metadata: about } = whole
    const usage = whole.usage_metadata as
      | { input_tokens: number; output_tokens: number }
      | undefined
    const calls = (whole.tool_calls ?? []).map(({ id, name, args }): Call => [
      id,
      name,
      JSON.stringify(args),
    ])
    const broken = (whole.invalid_tool_calls ?? []).map(({ id, name, args }): Call => [
      id,
      name ?? '',
      args ?? '',
    ])
    const called = more.function_call
    const audio = more['audio'] as { id: string; transcript: string } | undefined
    const logprobs = about['logprobs'] as { content?: { token: string }[] } | undefined
    return {
      content: textOf(content),
      reasoning: more['reasoning_content'] as string | undefined,
      tools: [...calls, ...broken],
      functionCall: called && [undefined, called.name, called.arguments],
      audio: audio && { id: audio.id, transcript: audio.transcript },
      logprobs: logprobs?.content?.map(({ token }) => token),
      finish: about['finish_reason'],
      usage: usage && [usage.input_tokens, usage.output_tokens],
    }
  },
}
