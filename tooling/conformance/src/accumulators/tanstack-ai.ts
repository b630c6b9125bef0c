import { chat, toolDefinition } from '@tanstack/ai'
import { openaiCompatibleText } from '@tanstack/ai-openai/compatible'
import type { Call } from '../answers/case.ts'
import { type Fetch, type Seen, service } from '../answers/peer.ts'

/** As much of its events as is read here. */
interface Event {
  readonly type: string
  readonly delta?: string
  readonly toolCallId?: string
  readonly toolCallName?: string
  readonly input?: unknown
  readonly metadata?: { readonly tanstack?: { readonly finishReason?: string } }
  readonly message?: string
  readonly usage?: unknown
}

/** Reads an answer with `openaiCompatibleText`, through `chat`. */
export async function readWithTanStack(fetch: Fetch): Promise<Seen> {
  const adapter = openaiCompatibleText('m', { ...service, maxRetries: 0, fetch })
  const tools = ['get_weather', 'get_time'].map((name) =>
    toolDefinition({ name, description: name }),
  )
  const calls = new Map<string, Call>()
  const seen: { -readonly [Part in keyof Seen]: Seen[Part] } = {}
  let text = ''
  const events = chat({ adapter, tools, messages: [{ role: 'user', content: 'Hello' }] })
  for await (const event of events as AsyncIterable<Event>) {
    const { type, delta = '', toolCallId: id = '' } = event
    if (type === 'TEXT_MESSAGE_CONTENT') text += delta
    else if (type === 'REASONING_MESSAGE_CONTENT') seen.reasoning = (seen.reasoning ?? '') + delta
    else if (type === 'TOOL_CALL_START') calls.set(id, [id, event.toolCallName ?? '', ''])
    else if (type === 'TOOL_CALL_ARGS') {
      const [, name, args] = calls.get(id) ?? [id, '', '']
      calls.set(id, [id, name, args + delta])
    } else if (type === 'TOOL_CALL_END' && event.input !== undefined) {
      // What the tool is run with.
      calls.set(id, [id, calls.get(id)?.[1] ?? '', JSON.stringify(event.input)])
    } else if (type === 'RUN_ERROR') seen.error = event.message
    else if (type === 'RUN_FINISHED') {
      seen.finish = event.metadata?.tanstack?.finishReason
      seen.usage = tokensOf(event.usage)
    }
  }
  return { ...seen, text, tools: [...calls.values()] }
}

function tokensOf(usage: unknown): readonly [number, number] | undefined {
  const first = (Array.isArray(usage) ? usage[0] : usage) as Record<string, number> | undefined
  const prompt = first?.['promptTokens'] ?? first?.['inputTokens']
  const answer = first?.['completionTokens'] ?? first?.['outputTokens']
  return prompt === undefined || answer === undefined ? undefined : [prompt, answer]
}
