// HOT: `next` reads most of the text that `/compat` is fed with. What each shape costs: `npm run bench -- compat`.
import { COLON, LF } from './chars.ts'
import { dataAt, eventAt, idAt } from './fields.ts'

/** An event as eventsource-parser gives it. */
export interface EventSourceMessage {
  event?: string | undefined
  id?: string | undefined
  data: string
}

/**
 * Text that begins with a block and has no carriage return. The blocks that have nothing but `data`, `event` and `id` lines
 * are read here: they need no chunk, no place in the stream and no limit. The scanner reads the rest.
 */
export class TextBlocks {
  #text = ''
  #at = 0
  /** Whether the next block was tried, and its end is not here. */
  #isCut = false
  readonly #skipsComments: boolean

  constructor(skipsComments: boolean) {
    this.#skipsComments = skipsComments
  }

  /** Whether text was begun here, and nothing of it was given to the scanner. */
  get isOpen(): boolean {
    return this.#text !== ''
  }

  get isEmpty(): boolean {
    return this.#at === this.#text.length
  }

  /** Whether all that is missing is the end of a block. */
  get isCut(): boolean {
    return this.#isCut
  }

  begin(text: string, at: number): void {
    this.#text = text
    this.#at = at
    this.#isCut = false
  }

  /** Puts text after a block that is cut; `false` if that has grown: to read it anew each time would be quadratic. */
  goOn(text: string): boolean {
    if (!this.#isCut || this.#text.length - this.#at > text.length) return false
    this.begin(this.isEmpty ? text : this.takeRest() + text, 0)
    return true
  }

  /** What was not read, and is not here any more. */
  takeRest(): string {
    const rest = this.#text.slice(this.#at)
    this.begin('', 0)
    return rest
  }

  /** The next message; nothing if the next block is cut, or has something that the scanner knows. */
  next(): EventSourceMessage | undefined {
    const text = this.#text
    let at = this.#at
    let event: string | undefined
    let id: string | undefined
    let data: string | undefined
    for (;;) {
      const close = text.indexOf('\n', at)
      if (close < 0) {
        this.#isCut = true
        return undefined
      }
      const unit = text.charCodeAt(at)
      let value = 0
      if (unit === LF) {
        if (data !== undefined) {
          this.#at = close + 1
          return { id, event: event || undefined, data }
        }
        if (id !== undefined) return undefined
        event = undefined
        this.#at = close + 1
      } else if ((value = dataAt(text, at, close)) >= 0) {
        const line = text.slice(value, close)
        if (data === undefined) {
          data = line
          // Most blocks end here.
          if (text.charCodeAt(close + 1) === LF) {
            this.#at = close + 2
            return { id, event: event || undefined, data }
          }
        } else data += `\n${line}`
      } else if ((value = eventAt(text, at, close)) >= 0) {
        event = text.slice(value, close)
      } else if ((value = idAt(text, at, close)) >= 0) {
        id = text.slice(value, close)
        if (id.includes('\0')) return undefined
      } else if (unit !== COLON || !this.#skipsComments) return undefined
      at = close + 1
    }
  }
}
