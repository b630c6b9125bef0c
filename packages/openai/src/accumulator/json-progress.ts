import { bracket, isSpace } from '../json/scan.ts'

/** How far a JSON text has come. */
export type Progress =
  /** Nothing but white space. */
  | 'empty'
  /** An object or a list that has not ended. */
  | 'open'
  /** An object or a list that has ended. */
  | 'closed'
  /** More text follows the end. */
  | 'glued'
  /** Neither object nor list: a number, or not JSON at all. Where it ends cannot be known. */
  | 'scalar'

/** Follows the brackets of a JSON text piece by piece; looks at each character once. */
export class JsonProgress {
  state: Progress = 'empty'
  #depth = 0
  #inString = false
  #escaped = false

  add(piece: string): void {
    for (let at = 0; at < piece.length; at++) {
      const code = piece.charCodeAt(at)
      if (this.#escaped) this.#escaped = false
      else if (this.#inString) {
        if (code === 0x5c) this.#escaped = true
        else if (code === 0x22) this.#inString = false
      } else if (!isSpace(code)) this.#step(code)
    }
  }

  #step(code: number): void {
    const change = bracket(code)
    if (this.state === 'empty') this.state = change === 1 ? 'open' : 'scalar'
    else if (this.state === 'closed') this.state = 'glued'
    if (this.state !== 'open') return
    if (code === 0x22) this.#inString = true
    else if ((this.#depth += change) === 0) this.state = 'closed'
  }
}
