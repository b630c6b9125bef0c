import type { LooseCompletion, Usage } from '@tesserae/openai/schema'
import type { Call } from '../answers/case.ts'
import type { Seen } from '../answers/peer.ts'

type Beside = { readonly usage?: Usage } | undefined

/** What a chat completion shows, for peers whose message is one. */
export function seenIn(completion: object): Seen {
  const { choices, usage, x_groq: groq } = completion as LooseCompletion & { x_groq?: Beside }
  const [choice] = choices
  const message: Partial<LooseCompletion['choices'][0]['message']> = choice?.message ?? {}
  const { audio, function_call: called, tool_calls: calls = [] } = message
  const [first] = calls as { extra_content?: { google?: { thought_signature?: string } } }[]
  // Where a server has it in a place of its own, a peer that keeps that place keeps the usage.
  const tokens = [usage, groq?.usage, (choice as Beside)?.usage].find(Boolean)
  return {
    text: textOf(message.content),
    choices: choices.map((each) => `${textOf(each.message.content)}`),
    reasoning: message.reasoning_content ?? message.reasoning ?? undefined,
    refusal: message.refusal ?? undefined,
    tools: calls.flatMap((call): Call[] =>
      'function' in call ? [[call.id, call.function.name, call.function.arguments]] : [],
    ),
    customTools: calls.flatMap((call): Call[] =>
      'custom' in call ? [[call.id, call.custom.name, call.custom.input]] : [],
    ),
    functionCall: called ? [undefined, called.name, called.arguments] : undefined,
    finish: choice?.finish_reason,
    usage: tokens && [tokens.prompt_tokens, tokens.completion_tokens],
    logprobs: choice?.logprobs?.content?.map(({ token }) => token),
    audio: audio ? { id: audio.id, transcript: audio.transcript } : undefined,
    annotations: message.annotations?.map((each) => each.url_citation.url),
    images: message.images?.map((image) => image.image_url.url),
    reasoningDetails: message.reasoning_details ?? undefined,
    signature: first?.extra_content?.google?.thought_signature,
  }
}

/** The text of content, be it text or a list of parts. */
export function textOf(content: unknown): unknown {
  if (!Array.isArray(content)) return content
  return content.map((part: { text?: string }) => part.text ?? '').join('')
}
