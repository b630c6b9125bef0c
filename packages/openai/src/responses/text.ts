import { isWire, listIn } from './wire.ts'

/**
 * The text of a response: all texts of all messages, joined. The official client calls it `output_text`.
 *
 * @param response - a response, complete or partial
 *
 * @example
 * ```ts
 * import { outputTextOf } from '@tesserae/openai/responses'
 *
 * const content = [{ type: 'output_text', text: 'Hello' }]
 * outputTextOf({ output: [{ type: 'message', content }] }) // => 'Hello'
 * ```
 */
export function outputTextOf(response: { readonly output: readonly object[] }): string {
  return textsIn(response, 'message', 'content', 'output_text').join('')
}

/**
 * The reasoning of a response: its full text where the server sends it, otherwise its summary, a paragraph a line.
 *
 * @param response - a response, complete or partial
 *
 * @example
 * ```ts
 * import { reasoningOf } from '@tesserae/openai/responses'
 *
 * const summary = [{ type: 'summary_text', text: 'Adding.' }]
 * reasoningOf({ output: [{ type: 'reasoning', summary }] }) // => 'Adding.'
 * ```
 */
export function reasoningOf(response: { readonly output: readonly object[] }): string {
  const full = textsIn(response, 'reasoning', 'content', 'reasoning_text')
  if (full.length > 0) return full.join('')
  return textsIn(response, 'reasoning', 'summary', 'summary_text').join('\n\n')
}

function textsIn(
  response: { readonly output: readonly object[] },
  item: string,
  list: string,
  part: string,
): string[] {
  return listIn(response.output)
    .filter(isWire)
    .filter(({ type }) => type === item)
    .flatMap((found) => listIn(found[list]))
    .filter(isWire)
    .flatMap(({ type, text }) => (type === part && typeof text === 'string' ? [text] : []))
}
