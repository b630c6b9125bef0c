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
  const seen = { text: '', reasoning: undefined as string | undefined }
  let error: unknown
  let finish: unknown
  let usage: readonly [number, number] | undefined
  let signature: string | undefined
  let logprobs: string[] | undefined
  let reasoningDetails: object[] | undefined
  for await (const part of result.fullStream) {
    if (part.type === 'text-delta') seen.text += part.text
    else if (part.type === 'reasoning-delta') seen.reasoning = (seen.reasoning ?? '') + part.text
    else if (part.type === 'tool-call') {
      const { toolCallId, toolName, input, providerMetadata: its } = part
      calls.push([toolCallId, toolName, typeof input === 'string' ? input : JSON.stringify(input)])
      signature ??= /"thoughtSignature":"([^"]+)"/.exec(JSON.stringify(its ?? {}))?.[1]
    } else if (part.type === 'source' && part.sourceType === 'url') annotations.push(part.url)
    else if (part.type === 'file')
      images.push(`data:${part.file.mediaType};base64,${part.file.base64}`)
    else if (part.type === 'error') error ??= part.error ?? 'an error'
    else if (part.type === 'finish-step') {
      finish = part.rawFinishReason ?? part.finishReason
      const { inputTokens, outputTokens } = part.usage
      const { openai, openrouter } = (part.providerMetadata ?? {}) as ProviderMetadata
      logprobs = openai?.logprobs?.map(({ token }) => token)
      reasoningDetails = openrouter?.reasoning_details
      if (inputTokens !== undefined && outputTokens !== undefined)
        usage = [inputTokens, outputTokens]
    }
  }
  return {
    ...seen,
    tools: calls,
    annotations,
    images,
    finish,
    usage,
    signature,
    logprobs,
    reasoningDetails,
    error,
  }
}
