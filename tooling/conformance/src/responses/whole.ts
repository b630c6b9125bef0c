import type { Call, Wire } from '../answers/case.ts'
import type { Seen } from '../answers/peer.ts'

/** What a whole response shows, for peers that return one. */
export function seenIn(response: object): Seen {
  const { output, usage, status } = response as {
    output: readonly Wire[]
    usage?: { input_tokens: number; output_tokens: number } | null
    status?: string
  }
  const parts = (list: string, type: string, field: string): string =>
    output
      .flatMap((item) => (item[list] ?? []) as readonly Wire[])
      .flatMap((part) => (part['type'] === type ? [String(part[field])] : []))
      .join('')
  return {
    finish: status,
    output: output as readonly object[],
    text: parts('content', 'output_text', 'text'),
    refusal: parts('content', 'refusal', 'refusal'),
    reasoning:
      parts('content', 'reasoning_text', 'text') || parts('summary', 'summary_text', 'text'),
    tools: output
      .filter(({ type }) => type === 'function_call')
      .map(({ call_id, name, arguments: text }) => [call_id, name, text] as unknown as Call),
    usage: usage ? [usage.input_tokens, usage.output_tokens] : undefined,
  }
}
