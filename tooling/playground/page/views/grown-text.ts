/** Longer texts are shown from later on: laying out more at each step would hold up the page. */
const MOST = 16_000
const STEP = 4_000

/** A text on the page that grows and shrinks at its end, without being written anew. */
export class GrownText {
  readonly element: HTMLElement
  readonly #before = document.createElement('p')
  readonly #node = document.createTextNode('')
  /** What is shown of the whole. */
  #from = 0
  #to = 0

  constructor(className: string) {
    this.element = document.createElement('div')
    this.element.className = className
    this.#before.className = 'unshown'
    this.#before.hidden = true
    this.element.append(this.#before, this.#node)
  }

  /** Shows the first `length` units of a text, which has only grown since the last call. */
  show(text: string, length: number): void {
    const from = length > MOST ? Math.floor((length - MOST) / STEP + 1) * STEP : 0
    if (from !== this.#from) {
      this.#before.hidden = from === 0
      this.#before.textContent = `The first ${from.toLocaleString('en')} characters are not shown.`
      this.#node.data = text.slice(from, length)
    } else if (length > this.#to) this.#node.appendData(text.slice(this.#to, length))
    else if (length < this.#to) this.#node.deleteData(length - from, this.#to - length)
    this.#from = from
    this.#to = length
  }

  /** The place of a stretch of the text on the page, as far as it is shown. */
  rangeOf(from: number, to: number): Range | undefined {
    const start = Math.max(from, this.#from) - this.#from
    const end = Math.min(to, this.#to) - this.#from
    if (start >= end) return undefined
    const range = document.createRange()
    range.setStart(this.#node, start)
    range.setEnd(this.#node, end)
    return range
  }

  /** Which unit of the whole text lies under a point, if one does. */
  unitAt(x: number, y: number): number | undefined {
    const place = placeAt(x, y)
    if (place?.node !== this.#node) return undefined
    // A caret stands between two letters: which of them is it?
    for (const unit of [place.offset, place.offset - 1]) {
      const box = this.rangeOf(unit + this.#from, unit + 1 + this.#from)?.getBoundingClientRect()
      if (box && x >= box.left && x <= box.right && y >= box.top && y <= box.bottom)
        return unit + this.#from
    }
    return undefined
  }
}

function placeAt(x: number, y: number): { node: Node; offset: number } | undefined {
  if ('caretPositionFromPoint' in document) {
    const place = document.caretPositionFromPoint(x, y)
    return place ? { node: place.offsetNode, offset: place.offset } : undefined
  }
  // Older WebKit has it under another name.
  const older = document as unknown as { caretRangeFromPoint?(x: number, y: number): Range | null }
  const range = older.caretRangeFromPoint?.(x, y)
  return range ? { node: range.startContainer, offset: range.startOffset } : undefined
}
