import type { AIMessageChunk } from '@langchain/core/messages'
import { ChatOpenAI } from '@langchain/openai'
import type { ResponseCall } from '../case.ts'
import type { ResponsePeer } from '../peer.ts'

type Wire = Readonly<Record<string, unknown>>

export const peer: ResponsePeer = {
  name: '@langchain/openai',
  package: '@langchain/openai',
  lacks: ['output'],
  note: '`ChatOpenAI` with `useResponsesApi`, `stream`, and `concat` of what it yields. It is judged by text, reasoning, refusals, calls and the end.',
  async read(fetch) {
    const model = new ChatOpenAI({
      model: 'm',
      apiKey: 'none',
      maxRetries: 0,
      useResponsesApi: true,
      configuration: { baseURL: 'http://127.0.0.1/v1', fetch },
    })
    let whole: AIMessageChunk | undefined
    for await (const piece of await model.stream('Hello')) whole = whole?.concat(piece) ?? piece
    if (whole === undefined) throw new Error('It yields nothing')
    const { content, additional_kwargs: more, response_metadata: about } = whole
    const usage = whole.usage_metadata as
      | { input_tokens: number; output_tokens: number }
      | undefined
    const reasoning = more['reasoning'] as { summary?: readonly { text?: string }[] } | undefined
    const incomplete = about['incomplete_details'] as Wire | null | undefined
    const calls = (whole.tool_calls ?? []).map(({ id, name, args }) => [
      id,
      name,
      JSON.stringify(args),
    ])
    const broken = (whole.invalid_tool_calls ?? []).map(({ id, name, args }) => [id, name, args])
    return {
      text:
        typeof content === 'string'
          ? content
          : content.map((part) => ('text' in part ? part.text : '')).join(''),
      reasoning: (reasoning?.summary ?? []).map(({ text }) => text ?? '').join(''),
      refusal: more['refusal'] as string | undefined,
      tools: [...calls, ...broken] as unknown as ResponseCall[],
      end: (incomplete?.['reason'] ? 'incomplete' : about['status']) as string | undefined,
      usage: usage && [usage.input_tokens, usage.output_tokens],
    }
  },
}
