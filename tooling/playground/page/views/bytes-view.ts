import { cellAt, labelOf } from '../stream/cells.ts'
import { HANGING, Rows } from '../stream/rows.ts'
import { stretchAt } from '../stream/message-log.ts'
import type { TapeChunk } from '../stream/tape.ts'
import { make, say } from './element.ts'
import { effectOf, type Moment } from './moment.ts'
import { formatBytes, plural } from './numbers.ts'
import { ScrollList } from './scroll-list.ts'

const ROW = 21
const GUTTER = 46
const PADDING = 8
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })
/** A letter for each byte, to search in. */
const latin1 = new TextDecoder('latin1')

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
  /** The bytes of the lit event that are the text which it added. */
  #exact: readonly Stretch[] = []

  constructor(host: HTMLElement, sum: HTMLElement, pointing: Pointing) {
    this.#host = host
    this.#sum = sum
    this.#list = new ScrollList(host, () => this.#draw())
    host.addEventListener('pointermove', ({ target }) => pointing.hover(entryOf(target)))
    host.addEventListener('pointerleave', () => pointing.hover(undefined))
    host.addEventListener('click', ({ target }) => pointing.choose(entryOf(target)))
    new ResizeObserver(() => {
      const columns = this.#columns()
      if (columns !== this.#rows.columns) this.#lay(columns)
      if (this.#moment) this.show(this.#moment)
    }).observe(host)
  }

  show(moment: Moment): void {
    if (moment.recording !== this.#moment?.recording) this.#lay(this.#rows.columns)
    this.#moment = moment
    this.#exact = exactBytes(moment)
    const { chunks } = moment.recording.tape
    while (this.#fed < chunks.length) this.#rows.push(chunks[this.#fed++]!)
    const shown = Math.min(moment.position, chunks.length)
    say(this.#sum, `${plural(shown, 'chunk')}, ${formatBytes(moment.offset)}`)
    this.#list.sayEmpty(moment.hasEnded && moment.offset === 0 ? 'No byte came.' : '')
    this.#list.resize(this.#rows.countAt(moment.offset) * ROW + 8)
    this.#draw()
  }

  #lay(columns: number): void {
    this.#rows = new Rows(columns)
    this.#fed = 0
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
    const pitch = this.#pitch()
    const room = this.#host.clientWidth - GUTTER - PADDING
    return Math.max(12, Math.floor(room / pitch) - HANGING)
  }

  /** How wide a letter is, in whichever font there is. */
  #pitch(): number {
    const ruler = make('span', 'ruler', '0'.repeat(100))
    this.#host.append(ruler)
    const pitch = ruler.getBoundingClientRect().width / 100 || 7.2
    ruler.remove()
    this.#host.style.setProperty('--pitch', `${pitch}px`)
    return pitch
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
    line.dataset['row'] = String(row)
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
        const exact = this.#exact.find(({ from, to }) => from <= at && at < to)
        const until = Math.min(
          stop,
          entry ? entryEnd(events.entries, entry.index, at) : nextStart(events.entries, at),
          exact?.to ?? this.#exact.find(({ from }) => from > at)?.from ?? Infinity,
        )
        const tone = entry && isKnown ? effectOf(recording, entry).tone : 'open'
        const tile = make('span', `tile t-${tone}${index % 2 ? ' odd' : ''}`)
        if (at === chunk.start) tile.classList.add('first')
        if (until === chunk.end) tile.classList.add('last')
        if (focus && entry === focus) tile.classList.add('lit')
        if (exact) tile.classList.add('exact')
        if (entry && isKnown) tile.dataset['entry'] = String(entry.index)
        fill(tile, chunk, at, until)
        line.append(tile)
        at = until
      }
    }
    return line
  }
}

interface Stretch {
  readonly from: number
  readonly to: number
}

/** Where the text that an event added stands in its bytes, where that can be said: it stands there once, as JSON. */
function exactBytes({ recording, focus, offset }: Moment): Stretch[] {
  if (!focus || focus.known > offset) return []
  const bytes = recording.tape.slice(focus.start, focus.end)
  if (bytes.length > 65_536) return []
  const wide = latin1.decode(bytes)
  return effectOf(recording, focus)
    .parts.flatMap((part) => {
      const stretch = stretchAt(part, focus.known)
      if (!stretch) return []
      const text = JSON.stringify(part.text.slice(stretch.from, stretch.to))
      const found = latin1.decode(new TextEncoder().encode(text))
      const at = wide.indexOf(found)
      if (at < 0 || wide.includes(found, at + 1)) return []
      return [{ from: focus.start + at + 1, to: focus.start + at + found.length - 1 }]
    })
    .toSorted((one, other) => one.from - other.from)
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
