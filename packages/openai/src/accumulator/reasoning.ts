import { isWire, textOf as wireText, type Wire } from '../wire.ts'

/** The fields in which servers send reasoning, in the order in which they are checked. */
export const REASONING = ['reasoning_content', 'reasoning', 'reasoning_details', 'content'] as const

/** The reasoning in one of these fields. */
export function reasoningIn(field: (typeof REASONING)[number], value: unknown): string {
  if (value === undefined || value === null) return ''
  if (field === 'content') return Array.isArray(value) ? partsText(value, 'thinking') : ''
  if (field !== 'reasoning_details') return wireText(value)
  if (!Array.isArray(value)) return ''
  return value.map((block) => wireText(block?.text ?? block?.summary)).join('')
}

/** The text in `content`, which is a string or a list of parts. */
export function contentIn(content: unknown): string {
  return Array.isArray(content) ? partsText(content, 'text') : wireText(content)
}

/** The text of the parts of one type: of type `text`, or of `thinking`, which holds a list of parts. */
function partsText(parts: readonly unknown[], type: string): string {
  let text = ''
  for (const part of parts)
    if (isWire(part) && part['type'] === type) {
      const value = part[type]
      text += Array.isArray(value) ? partsText(value, 'text') : wireText(value)
    }
  return text
}

/**
 * The reasoning of a message, from the first of these that has any: `reasoning_content`, `reasoning`,
 * `reasoning_details`, the thinking parts of `content`. The fields themselves stay as they are.
 *
 * @param message - a message, from a snapshot or from a server that does not stream
 *
 * @example
 * ```ts
 * import { reasoningOf } from '@tesserae/openai/accumulator'
 *
 * const message = { role: 'assistant', content: '4', refusal: null, reasoning: '2 + 2' } as const
 * reasoningOf(message) // => '2 + 2'
 * reasoningOf({ role: 'assistant', content: '4', refusal: null }) // => undefined
 * ```
 */
export function reasoningOf(message: object): string | undefined {
  for (const name of REASONING) {
    const text = reasoningIn(name, (message as Wire)[name])
    if (text !== '') return text
  }
  return undefined
}

/**
 * The text of a message, wherever the server put it: `content` as a string, the text parts of a list, or the `text` of a
 * legacy completion. Reasoning is not part of it.
 *
 * @param message - a message, a choice or a whole completion, of which the first choice counts
 *
 * @example
 * ```ts
 * import { textOf } from '@tesserae/openai/accumulator'
 *
 * textOf({ role: 'assistant', content: 'Hello' }) // => 'Hello'
 * textOf({ role: 'assistant', content: [{ type: 'text', text: 'Hel' }, { type: 'text', text: 'lo' }] }) // => 'Hello'
 * textOf({ role: 'assistant', content: null }) // => ''
 * ```
 */
export function textOf(message: object): string {
  const { choices, message: inner, content, text } = message as Wire
  if (Array.isArray(choices)) return isWire(choices[0]) ? textOf(choices[0]) : ''
  if (isWire(inner)) return textOf(inner)
  return contentIn(content ?? text)
}
