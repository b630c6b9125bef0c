import { make, say } from './element.ts'

/** Draws what is seen of a long list of items, and no more: however long it is, there are as many elements as fit. */
export class ScrollList {
  /** Whether it shows the end of the list, and goes on doing so. */
  isFollowing = true
  readonly #host: HTMLElement
  readonly #filler: HTMLElement
  readonly #window: HTMLElement
  readonly #nothing = make('p', 'nothing')
  #expected = 0

  constructor(host: HTMLElement, onScroll: () => void) {
    this.#host = host
    this.#window = make('div', 'window')
    this.#filler = make('div', 'filler', this.#window)
    this.#nothing.hidden = true
    host.append(this.#nothing, this.#filler)
    host.addEventListener(
      'scroll',
      () => {
        // What this list did itself is not what somebody wants.
        if (Math.abs(host.scrollTop - this.#expected) > 1) this.isFollowing = this.#isAtEnd()
        this.#expected = host.scrollTop
        onScroll()
      },
      { passive: true },
    )
  }

  /** Says something where there is nothing. */
  sayEmpty(text: string): void {
    say(this.#nothing, text)
    this.#nothing.hidden = text === ''
  }

  /** How tall what is seen is. */
  get height(): number {
    return this.#host.clientHeight
  }

  /** Says how tall the whole list is, before the rest is asked. */
  resize(height: number): void {
    const text = `${height}px`
    if (this.#filler.style.height !== text) this.#filler.style.height = text
    if (this.isFollowing) this.#scrollTo(height - this.#host.clientHeight)
  }

  get top(): number {
    return this.#host.scrollTop
  }

  /** Brings a stretch of the list into view, if it is not there. */
  show(from: number, to: number): void {
    const { scrollTop, clientHeight } = this.#host
    if (from >= scrollTop && to <= scrollTop + clientHeight) return
    this.isFollowing = false
    // What does not fit is shown from its beginning; else no further than need be, with something around it.
    const isTall = to - from > clientHeight * 0.6
    this.#scrollTo(isTall ? from - 8 : from - (clientHeight - (to - from)) / 2)
  }

  /** Puts elements, each with its row, where the stretch that is seen begins. */
  draw(top: number, elements: readonly HTMLElement[]): void {
    const list = this.#window
    list.style.transform = `translateY(${top}px)`
    // What is there already and looks the same stays: a click that begins on an element has to end on it.
    const old = new Map<string | undefined, Element>()
    for (const element of list.children) old.set((element as HTMLElement).dataset['row'], element)
    const next = elements.map((element) => {
      const known = old.get(element.dataset['row'])
      return known?.isEqualNode(element) ? known : element
    })
    const kept = new Set(next)
    for (const element of old.values()) if (!kept.has(element)) element.remove()
    let place = list.firstElementChild
    for (const element of next)
      if (element === place) place = place.nextElementSibling
      else list.insertBefore(element, place)
  }

  #scrollTo(top: number): void {
    const wanted = Math.max(0, Math.round(top))
    if (Math.abs(this.#host.scrollTop - wanted) > 1) this.#host.scrollTop = wanted
    this.#expected = this.#host.scrollTop
  }

  #isAtEnd(): boolean {
    const { scrollTop, clientHeight, scrollHeight } = this.#host
    return scrollTop + clientHeight >= scrollHeight - 24
  }
}
