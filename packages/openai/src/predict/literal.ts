/** Text that every event of a template has in the same place, as bytes to compare with. */
export interface Literal {
  readonly length: number
  readonly text: string
  readonly words: Float64Array
  /** The bytes after the last whole word. */
  readonly rest: Uint8Array
}

export const encoder: TextEncoder = new TextEncoder()
export const decoder: TextDecoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** `undefined` if the text holds half a character: bytes cannot express it, and reading them back gives U+FFFD. */
export function literalOf(text: string): Literal | undefined {
  const bytes = encoder.encode(text)
  if (text.includes('\ufffd') || decoder.decode(bytes) !== text) return undefined
  const whole = bytes.length >> 3
  const view = new DataView(bytes.buffer)
  const words = new Float64Array(whole)
  for (let at = 0; at < whole; at++) words[at] = view.getFloat64(8 * at, true)
  return { length: bytes.length, text, words, rest: bytes.subarray(8 * whole) }
}
