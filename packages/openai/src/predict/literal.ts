/** Text that every event of a template has in the same place, as bytes to compare with. */
export interface Literal {
  readonly length: number
  readonly text: string
  /** Its bytes, eight to a word, up to the last eight at most. */
  readonly words: Float64Array
  /** The last eight bytes, some of which may be in `words` as well: one comparison in place of seven. */
  readonly last: number
  /** The bytes of a literal that is shorter. */
  readonly short: Uint8Array | undefined
}

export const encoder: TextEncoder = new TextEncoder()
export const decoder: TextDecoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** The text must not hold half a character. */
export function literalOf(text: string): Literal {
  const bytes = encoder.encode(text)
  const { length } = bytes
  if (length < 8) return { length, text, words: new Float64Array(0), last: 0, short: bytes }
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  const words = new Float64Array((length - 1) >> 3)
  for (let at = 0; at < words.length; at++) words[at] = view.getFloat64(8 * at, true)
  return { length, text, words, last: view.getFloat64(length - 8, true), short: undefined }
}
