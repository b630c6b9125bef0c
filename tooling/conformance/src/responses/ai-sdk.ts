import { jsonSchema, type LanguageModel, streamText, tool, type ToolSet } from 'ai'
import type { ResponseCall, ResponseAspect } from './case.ts'
import type { SeenResponse } from './peer.ts'

/** For which the parts of `streamText` have no place. */
export const lacking: readonly ResponseAspect[] = ['output', 'refusal']

const anything = tool({ inputSchema: jsonSchema({}) })
const tools = { get_weather: anything, get_time: anything } as unknown as ToolSet

/** Reads an answer through `streamText`, as users of the AI SDK do, whichever provider it comes from. */
export async function readWith(model: LanguageModel): Promise<SeenResponse> {
  const result = streamText({ model, prompt: 'Hello', tools, maxRetries: 0, onError: () => {} })
  const calls: ResponseCall[] = []
  const seen = { text: '', reasoning: '' }
  let error: unknown
  let end: string | undefined
  let usage: readonly [number, number] | undefined
  for await (const part of result.fullStream) {
    if (part.type === 'text-delta') seen.text += part.text
    else if (part.type === 'reasoning-delta') seen.reasoning += part.text
    else if (part.type === 'tool-call')
      calls.push([
        part.toolCallId,
        part.toolName,
        typeof part.input === 'string' ? part.input : JSON.stringify(part.input),
      ])
    else if (part.type === 'error') error ??= part.error ?? 'an error'
    else if (part.type === 'finish-step') {
      end = part.finishReason
      const { inputTokens, outputTokens } = part.usage
      if (inputTokens !== undefined && outputTokens !== undefined)
        usage = [inputTokens, outputTokens]
    }
  }
  return { ...seen, tools: calls, end, usage, error }
}
