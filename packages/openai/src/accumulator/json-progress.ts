/** How far a JSON text has come. */
export type Progress =
  /** Nothing but white space. */
  | 'empty'
  /** An object or a list that has not ended. */
  | 'open'
  /** An object or a list that has ended. */
  | 'closed'
  /** Something stands behind the end. */
  | 'glued'
  /** No object and no list: a number, or no JSON at all. Where it ends cannot be known. */
  | 'scalar'

/** Follows the brackets of a JSON text piece by piece; each character is looked at once. */
export class JsonProgress {
  state: Progress = 'empty'
  #depth = 0
  #inString = false
  #escaped = false

  add(piece: string): void {
    for (let at = 0; at < piece.length; at++) {
      const code = piece.charCodeAt(at)
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false
        else if (code === 0x5c) this.#escaped = true
        else if (code === 0x22) this.#inString = false
      } else if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) this.#step(code)
    }
  }

  #step(code: number): void {
    // `{`, `[`, `}` and `]`: the small and the square ones differ in one bit.
    const bracket = code & 0xdf
    if (this.state === 'empty') this.state = bracket === 0x5b ? 'open' : 'scalar'
    else if (this.state === 'closed') this.state = 'glued'
    if (this.state !== 'open') return
    if (code === 0x22) this.#inString = true
    else if (bracket === 0x5b) this.#depth++
    else if (bracket === 0x5d && --this.#depth === 0) this.state = 'closed'
  }
}
