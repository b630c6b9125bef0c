import type { Call } from '../answers/case.ts'
import type { Seen } from '../answers/peer.ts'

/** As much of a chat completion as the cases are about, for peers whose message is one. */
interface Completion {
  readonly choices: readonly {
    readonly finish_reason: unknown
    readonly logprobs?: unknown
    readonly message: object
  }[]
  readonly usage?: unknown
  readonly x_groq?: unknown
}

interface Message {
  readonly content?: unknown
  readonly refusal?: string | null
  readonly reasoning?: string | null
  readonly reasoning_content?: string | null
  readonly reasoning_details?: readonly object[]
  readonly function_call?: { readonly name: string; readonly arguments: string } | null
  readonly audio?: { readonly id: string; readonly transcript: string } | null
  readonly annotations?: readonly { readonly url_citation: { readonly url: string } }[]
  readonly images?: readonly { readonly image_url: { readonly url: string } }[]
  readonly tool_calls?: readonly {
    readonly id: string
    readonly function?: { readonly name: string; readonly arguments: string }
    readonly custom?: { readonly name: string; readonly input: string }
    readonly extra_content?: { readonly google?: { readonly thought_signature?: string } }
  }[]
}

type Beside = { readonly usage?: unknown } | undefined

export function seenIn({ choices, usage, x_groq: groq }: Completion): Seen {
  const message: Message = choices[0]?.message ?? {}
  const { audio, function_call: called, tool_calls: calls = [] } = message
  const logprobs = choices[0]?.logprobs as
    | { content?: { token: string }[] | null }
    | null
    | undefined
  // Where a server has it in a place of its own, a peer that keeps that place keeps the usage.
  const tokens = [usage, (groq as Beside)?.usage, (choices[0] as Beside)?.usage].find(Boolean) as
    | { prompt_tokens: number; completion_tokens: number }
    | undefined
  return {
    text: textOf(message.content),
    choices: choices.map((choice) => `${textOf((choice.message as Message).content)}`),
    reasoning: message.reasoning_content ?? message.reasoning ?? undefined,
    refusal: message.refusal ?? undefined,
    tools: calls.flatMap((call): Call[] =>
      call.function ? [[call.id, call.function.name, call.function.arguments]] : [],
    ),
    customTools: calls.flatMap((call): Call[] =>
      call.custom ? [[call.id, call.custom.name, call.custom.input]] : [],
    ),
    functionCall: called ? [undefined, called.name, called.arguments] : undefined,
    finish: choices[0]?.finish_reason,
    usage: tokens ? [tokens.prompt_tokens, tokens.completion_tokens] : undefined,
    logprobs: logprobs?.content?.map(({ token }) => token),
    audio: audio ? { id: audio.id, transcript: audio.transcript } : undefined,
    annotations: message.annotations?.map((each) => each.url_citation.url),
    images: message.images?.map((image) => image.image_url.url),
    reasoningDetails: message.reasoning_details,
    signature: calls[0]?.extra_content?.google?.thought_signature,
  }
}

/** The text of content, be it text or a list of parts. */
export function textOf(content: unknown): unknown {
  if (!Array.isArray(content)) return content
  return content.map((part: { text?: string }) => part.text ?? '').join('')
}
