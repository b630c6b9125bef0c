import { createParser } from 'eventsource-parser'
import type { Message } from './work.ts'

interface Chunk {
  readonly choices: readonly {
    readonly delta: {
      readonly content?: string | null
      readonly reasoning_content?: string | null
      readonly tool_calls?: readonly { readonly function: { readonly arguments: string } }[]
    }
  }[]
}

/** What people write by hand: events, `JSON.parse`, and `+=`. It knows these streams, and no oddity of any other. */
export function read(chunks: readonly Uint8Array[]): Message {
  const adder = new Adder()
  const decoder = new TextDecoder()
  const parser = createParser({ onEvent: ({ data }) => adder.add(data) })
  for (const chunk of chunks) parser.feed(decoder.decode(chunk, { stream: true }))
  return adder.message
}

/** The same of data that is already there. */
export class Adder {
  message = { content: '', reasoning: '', arguments: '' }

  add(data: string): void {
    if (data === '[DONE]') return
    const { choices } = JSON.parse(data) as Chunk
    const delta = choices[0]?.delta
    if (delta === undefined) return
    if (delta.content) this.message.content += delta.content
    if (delta.reasoning_content) this.message.reasoning += delta.reasoning_content
    for (const call of delta.tool_calls ?? []) this.message.arguments += call.function.arguments
  }
}
