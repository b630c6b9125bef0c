import { cellAt, labelOf } from '../stream/cells.ts'
import { Rows } from '../stream/rows.ts'
import type { TapeChunk } from '../stream/tape.ts'
import { make, say } from './element.ts'
import { effectOf, type Moment } from './moment.ts'
import { formatBytes, plural } from './numbers.ts'
import { ScrollList } from './scroll-list.ts'

const ROW = 21
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** Whom the views tell which entry somebody points at or chooses: by its number. */
export interface Pointing {
  hover(entry: number | undefined): void
  choose(entry: number | undefined): void
}

/** The body as it arrived: each chunk a tile, the tiles in rows, coloured by what they turned out to say. */
export class BytesView {
  readonly #host: HTMLElement
  readonly #sum: HTMLElement
  readonly #list: ScrollList
  #rows = new Rows(60)
  #fed = 0
  #moment: Moment | undefined

  constructor(host: HTMLElement, sum: HTMLElement, pointing: Pointing) {
    this.#host = host
    this.#sum = sum
    this.#list = new ScrollList(host, () => this.#draw())
    host.addEventListener('pointermove', ({ target }) => pointing.hover(entryOf(target)))
    host.addEventListener('pointerleave', () => pointing.hover(undefined))
    host.addEventListener('click', ({ target }) => pointing.choose(entryOf(target)))
    new ResizeObserver(() => {
      if (this.#moment) this.show(this.#moment)
    }).observe(host)
  }

  show(moment: Moment): void {
    const columns = this.#columns()
    if (moment.recording !== this.#moment?.recording || columns !== this.#rows.columns) {
      this.#rows = new Rows(columns)
      this.#fed = 0
    }
    this.#moment = moment
    const { chunks } = moment.recording.tape
    while (this.#fed < chunks.length) this.#rows.push(chunks[this.#fed++]!)
    const shown = Math.min(moment.position, chunks.length)
    say(this.#sum, `${plural(shown, 'chunk')}, ${formatBytes(moment.offset)}`)
    this.#list.resize(this.#rows.countAt(moment.offset) * ROW + 8)
    this.#draw()
  }

  /** Shows the newest bytes again. */
  follow(): void {
    this.#list.isFollowing = true
  }

  /** Brings the bytes of the lit event into view. */
  reveal(): void {
    const { focus } = this.#moment ?? {}
    if (!focus) return
    const from = this.#rows.rowOf(focus.start)
    const to = this.#rows.rowOf(focus.end - 1) + 1
    this.#list.show(from * ROW, to * ROW + 8)
    this.#draw()
  }

  #columns(): number {
    const style = getComputedStyle(this.#host)
    const pitch = Number.parseFloat(style.getPropertyValue('--pitch')) || 7.3
    const gutter = Number.parseFloat(style.getPropertyValue('--gutter')) || 44
    return Math.max(12, Math.floor((this.#host.clientWidth - gutter - 14) / pitch))
  }

  #draw(): void {
    const moment = this.#moment
    if (!moment) return
    const count = this.#rows.countAt(moment.offset)
    const first = Math.max(0, Math.floor(this.#list.top / ROW) - 2)
    const last = Math.min(count, Math.ceil((this.#list.top + this.#list.height) / ROW) + 2)
    const elements: HTMLElement[] = []
    for (let row = first; row < last; row++) elements.push(this.#row(moment, row))
    this.#list.draw(first * ROW, elements)
  }

  #row({ recording, offset, hasEnded, focus }: Moment, row: number): HTMLElement {
    const { tape, events } = recording
    const start = this.#rows.starts[row]!
    const end = Math.min(this.#rows.starts[row + 1] ?? tape.length, offset)
    const line = make('div', 'row')
    const number = make('span', 'number')
    line.append(number)
    let at = start
    for (let index = tape.indexOf(start); at < end; index++) {
      const chunk = tape.chunks[index]!
      if (chunk.start >= start && number.textContent === '') number.textContent = String(index + 1)
      const stop = Math.min(chunk.end, end)
      while (at < stop) {
        const entry = events.at(at)
        const isKnown = entry && (entry.known <= offset || (hasEnded && entry.known === Infinity))
        // Up to where the next one may begin.
        const until = Math.min(
          stop,
          entry ? entryEnd(events.entries, entry.index, at) : nextStart(events.entries, at),
        )
        const tone = entry && isKnown ? effectOf(recording, entry).tone : 'open'
        const tile = make('span', `tile t-${tone}${index % 2 ? ' odd' : ''}`)
        if (at === chunk.start) tile.classList.add('first')
        if (until === chunk.end) tile.classList.add('last')
        if (focus && entry === focus) tile.classList.add('lit')
        if (entry && isKnown) tile.dataset['entry'] = String(entry.index)
        fill(tile, chunk, at, until)
        line.append(tile)
        at = until
      }
    }
    return line
  }
}

/** Where an entry ends, or one begins that lies within it. */
function entryEnd(
  entries: readonly { start: number; end: number }[],
  index: number,
  at: number,
): number {
  let { end } = entries[index]!
  for (let inner = index - 1; inner >= 0 && entries[inner]!.end > at; inner--)
    if (entries[inner]!.start > at) end = Math.min(end, entries[inner]!.start)
  return end
}

function nextStart(entries: readonly { start: number; end: number }[], at: number): number {
  let low = 0
  let high = entries.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (entries[middle]!.end <= at) low = middle + 1
    else high = middle
  }
  return entries[low]?.start ?? Infinity
}

/** Writes bytes of a chunk: runs of text as text, and a name for what cannot be seen. */
function fill(tile: HTMLElement, chunk: TapeChunk, from: number, to: number): void {
  const { bytes, start } = chunk
  const end = to - start
  let text = from - start
  for (let at = text; at <= end;) {
    const cell = at < end ? cellAt(chunk, at) : undefined
    if (cell?.kind === 'text') {
      at += cell.length
      continue
    }
    if (text < at) tile.append(utf8.decode(bytes.subarray(text, at)))
    if (!cell) return
    const behind = Math.min(at + cell.length, end)
    const glyph = make('span', `glyph ${cell.kind}`, labelOf(cell.kind, bytes.subarray(at, behind)))
    tile.append(glyph)
    at = behind
    text = at
  }
}

function entryOf(target: EventTarget | null): number | undefined {
  const found = target instanceof Element ? target.closest<HTMLElement>('[data-entry]') : null
  return found ? Number(found.dataset['entry']) : undefined
}
