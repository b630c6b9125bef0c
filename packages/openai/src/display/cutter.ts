/** What text is regrouped into. */
export type Unit = 'word' | 'sentence' | 'line' | 'grapheme'

/** A unit that is longer is passed on in parts, so that text without a boundary is neither held back nor scanned again. */
const MAX_UNIT = 1024

/** Scripts that write words without spaces. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u

/** The end of a unit, if it is certain without the text that follows. */
const ENDS: Readonly<Record<Exclude<Unit, 'grapheme'>, RegExp>> = {
  word: /(?<=\S)(?=\s)/g,
  sentence: /(?<=[.!?…]["')\]”’»]?)(?=\s)|(?<=[。！？](?![。！？」』）]))(?=[^])|(?<=\n)/g,
  line: /(?<=\n)/g,
}

/** Cuts text that comes in pieces into whole units. Each character is read a bounded number of times. */
export class Cutter {
  readonly #unit: Unit
  readonly #segmenter: Intl.Segmenter
  #rest = ''
  /** No unit ends before this place of the rest. */
  #scanned = 0

  constructor(unit: Unit, locale?: string) {
    this.#unit = unit
    this.#segmenter = new Intl.Segmenter(locale, {
      granularity: unit === 'grapheme' ? 'grapheme' : 'word',
    })
  }

  /** The units that are whole with this piece. */
  push(piece: string): string[] {
    this.#rest += piece
    const units: string[] = []
    if (this.#unit === 'grapheme') this.#segment(units)
    else this.#cut(ENDS[this.#unit], units)
    if (this.#rest.length > MAX_UNIT) this.#passOn(units)
    return units
  }

  /** What is left. */
  flush(): string {
    const rest = this.#rest
    this.#rest = ''
    this.#scanned = 0
    return rest
  }

  #cut(end: RegExp, units: string[]): void {
    const text = this.#rest
    let from = 0
    end.lastIndex = this.#scanned
    for (let found = end.exec(text); found !== null; found = end.exec(text)) {
      if (found.index > from) units.push(...this.#wordsOf(text.slice(from, found.index)))
      from = Math.max(from, found.index)
      end.lastIndex = found.index + 1
    }
    this.#rest = text.slice(from)
    // A mark and a quote after it may be waiting for white space.
    this.#scanned = Math.max(0, this.#rest.length - 2)
    if (this.#unit === 'word' && UNSPACED.test(this.#rest)) this.#segment(units)
  }

  /** A run without spaces may hold several words. */
  #wordsOf(text: string): string[] {
    if (this.#unit !== 'word' || !UNSPACED.test(text)) return [text]
    return Array.from(this.#segmenter.segment(text), ({ segment }) => segment)
  }

  /** Cuts by the rules of Unicode. The last segment may go on in the next piece. */
  #segment(units: string[]): void {
    let last = 0
    for (const { index, segment } of this.#segmenter.segment(this.#rest)) {
      if (index + segment.length === this.#rest.length) break
      units.push(segment)
      last = index + segment.length
    }
    this.#rest = this.#rest.slice(last)
    this.#scanned = 0
  }

  #passOn(units: string[]): void {
    const text = this.flush()
    // Half a character stays.
    const isHalf = (text.charCodeAt(text.length - 1) & 0xfc00) === 0xd800
    units.push(isHalf ? text.slice(0, -1) : text)
    if (isHalf) this.#rest = text.slice(-1)
  }
}
