/** A chunk of a streamed chat completion, as far as it is shown here. */
interface ChatChunk {
  readonly choices?: readonly {
    readonly delta?: {
      readonly content?: string | null
      readonly reasoning_content?: string | null
      readonly tool_calls?: readonly {
        readonly function?: { readonly name?: string; readonly arguments?: string }
      }[]
    }
    readonly finish_reason?: string | null
  }[]
}

/** What an event says, and the text that it adds to the message. */
export interface Reading {
  readonly kind: string
  readonly adds: string
}

/** Says what a chunk of a chat does; of any other event, what its data is. */
export function reading(data: string): Reading {
  if (data === '[DONE]') return { kind: 'done', adds: '' }
  const choices = parsed(data)?.choices
  if (!Array.isArray(choices)) return { kind: 'event', adds: data }
  const [choice] = choices as NonNullable<ChatChunk['choices']>
  const { content, reasoning_content: reasoning, tool_calls: calls } = choice?.delta ?? {}
  if (reasoning) return { kind: 'thinks', adds: reasoning }
  if (content) return { kind: 'says', adds: content }
  const call = calls?.[0]?.function
  if (call?.name) return { kind: 'calls', adds: `${call.name} ${call.arguments ?? ''}` }
  if (call) return { kind: 'with', adds: call.arguments ?? '' }
  if (choice?.finish_reason) return { kind: `ends: ${choice.finish_reason}`, adds: '' }
  return { kind: choice ? 'begins' : 'usage', adds: '' }
}

function parsed(data: string): ChatChunk | undefined {
  try {
    return JSON.parse(data) as ChatChunk
  } catch {
    return undefined
  }
}
