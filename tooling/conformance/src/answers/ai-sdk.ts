import { jsonSchema, type LanguageModel, streamText, tool, type ToolSet } from 'ai'
import type { Call } from './case.ts'
import type { Seen } from './peer.ts'

/** What providers tell beside the parts. */
interface ProviderMetadata {
  readonly openai?: { readonly logprobs?: readonly { readonly token: string }[] }
  readonly openrouter?: { readonly reasoning_details?: object[] }
}

const anything = tool({ inputSchema: jsonSchema({}) })
const tools = { get_weather: anything, get_time: anything } as unknown as ToolSet

/** Reads an answer through `streamText`, as users of the AI SDK do, whichever provider it comes from. */
export async function readWith(model: LanguageModel): Promise<Seen> {
  const result = streamText({
    model,
    prompt: 'Hello',
    tools,
    maxRetries: 0,
    onError: () => {},
  })
  const calls: Call[] = []
  const annotations: string[] = []
  const images: string[] = []
  const seen: { -readonly [Part in keyof Seen]: Seen[Part] } = { tools: calls, annotations, images }
  let text = ''
  for await (const part of result.fullStream) {
    if (part.type === 'text-delta') text += part.text
    else if (part.type === 'reasoning-delta') seen.reasoning = (seen.reasoning ?? '') + part.text
    else if (part.type === 'tool-call') {
      const { toolCallId, toolName, input, providerMetadata: its } = part
      calls.push([toolCallId, toolName, typeof input === 'string' ? input : JSON.stringify(input)])
      seen.signature ??= /"thoughtSignature":"([^"]+)"/.exec(JSON.stringify(its ?? {}))?.[1]
    } else if (part.type === 'source' && part.sourceType === 'url') annotations.push(part.url)
    else if (part.type === 'file')
      images.push(`data:${part.file.mediaType};base64,${part.file.base64}`)
    else if (part.type === 'error') seen.error ??= part.error ?? 'an error'
    else if (part.type === 'finish-step') {
      const { inputTokens, outputTokens } = part.usage
      const { openai, openrouter } = (part.providerMetadata ?? {}) as ProviderMetadata
      seen.finish = part.rawFinishReason ?? part.finishReason
      seen.logprobs = openai?.logprobs?.map(({ token }) => token)
      seen.reasoningDetails = openrouter?.reasoning_details
      if (inputTokens !== undefined && outputTokens !== undefined)
        seen.usage = [inputTokens, outputTokens]
    }
  }
  return { ...seen, text }
}
