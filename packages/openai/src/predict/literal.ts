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

/** The text must not hold half a character. */
export function literalOf(text: string): Literal {
  const bytes = encoder.encode(text)
  const whole = bytes.length >> 3
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  const words = new Float64Array(whole)
  for (let at = 0; at < whole; at++) words[at] = view.getFloat64(8 * at, true)
  return { length: bytes.length, text, words, rest: bytes.subarray(8 * whole) }
}
