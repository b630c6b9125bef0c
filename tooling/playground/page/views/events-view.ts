import type { Entry } from '../stream/event-log.ts'
import { make, say } from './element.ts'
import type { Pointing } from './bytes-view.ts'
import { addedBy, effectOf, type Moment } from './moment.ts'
import { formatBytes, formatTime, plural } from './numbers.ts'
import { ScrollList } from './scroll-list.ts'
import { visible } from './visible.ts'

const ROW = 26
const DETAIL_ROW = 18
/** What is above and below the rows of an open event. */
const DETAIL_FRAME = 14
/** More rows of one event are not drawn. */
const MOST_DETAIL_ROWS = 400
const MOST_DETAIL_TEXT = 20_000

/** What the parser found: a row each, and all of an event that is opened. */
export class EventsView {
  readonly #host: HTMLElement
  readonly #sum: HTMLElement
  readonly #list: ScrollList
  /** What is open, in order, with its text in rows. */
  readonly #open = new Map<number, string[]>()
  #moment: Moment | undefined
  #count = 0

  constructor(host: HTMLElement, sum: HTMLElement, pointing: Pointing) {
    this.#host = host
    this.#sum = sum
    this.#list = new ScrollList(host, () => this.#draw())
    host.addEventListener('pointermove', ({ target }) => pointing.hover(entryOf(target)))
    host.addEventListener('pointerleave', () => pointing.hover(undefined))
    host.addEventListener('click', ({ target }) => {
      const entry = entryOf(target)
      if (entry === undefined) return pointing.choose(undefined)
      if (target instanceof Element && target.closest('.details')) return
      pointing.choose(entry)
      this.toggle(entry)
    })
    new ResizeObserver(() => {
      if (this.#moment) this.show(this.#moment)
    }).observe(host)
  }

  show(moment: Moment): void {
    if (moment.recording !== this.#moment?.recording) this.#open.clear()
    this.#moment = moment
    const { events } = moment.recording
    this.#count = events.countAt(moment.offset, moment.hasEnded)
    say(this.#sum, plural(this.#count, 'entry', 'entries'))
    this.#list.sayEmpty(this.#count > 0 ? '' : nothingOf(moment))
    this.#list.resize(this.#topOf(this.#count) + 8)
    this.#draw()
  }

  follow(): void {
    this.#list.isFollowing = true
  }

  /** Opens an event, or closes it. */
  toggle(index: number): void {
    const entry = this.#moment?.recording.events.entries[index]
    if (!entry) return
    if (this.#open.has(index)) this.#open.delete(index)
    else this.#open.set(index, detailsOf(entry))
    if (this.#moment) this.show(this.#moment)
    this.#list.show(this.#topOf(index), this.#topOf(index + 1))
    this.#draw()
  }

  /** Brings the lit event into view. */
  reveal(): void {
    const { focus } = this.#moment ?? {}
    if (!focus) return
    this.#list.show(this.#topOf(focus.index), this.#topOf(focus.index + 1))
    this.#draw()
  }

  #topOf(index: number): number {
    let top = index * ROW
    for (const [open, rows] of this.#open) if (open < index) top += heightOf(rows)
    return top
  }

  #draw(): void {
    const moment = this.#moment
    if (!moment) return
    const { top, height } = this.#list
    let first = Math.max(0, Math.floor(top / ROW) - 1)
    // What is open above pushes the rest down.
    while (first > 0 && this.#topOf(first) > top) first--
    const elements: HTMLElement[] = []
    let at = this.#topOf(first)
    for (let index = first; index < this.#count && at < top + height; index++) {
      elements.push(this.#row(moment, index))
      at = this.#topOf(index + 1)
    }
    this.#list.draw(this.#topOf(first), elements)
    const { focus } = moment
    if (focus) this.#host.setAttribute('aria-activedescendant', `entry-${focus.index}`)
    else this.#host.removeAttribute('aria-activedescendant')
  }

  #row({ recording, focus }: Moment, index: number): HTMLElement {
    const entry = recording.events.entries[index]!
    const { tone } = effectOf(recording, entry)
    const rows = this.#open.get(index)
    const { tape } = recording
    const at = tape.chunks[tape.indexOf(Math.min(entry.known, tape.length) - 1)]?.at
    const item = make('div', `entry ${entry.kind} t-${tone}`)
    if (entry === focus) item.classList.add('lit')
    item.id = `entry-${index}`
    item.dataset['entry'] = item.dataset['row'] = String(index)
    item.setAttribute('role', 'treeitem')
    item.setAttribute('aria-level', '1')
    item.setAttribute('aria-posinset', String(index + 1))
    item.setAttribute('aria-expanded', String(rows !== undefined))
    item.setAttribute('aria-selected', String(entry === focus))
    const added = addedBy(recording, entry)
    const preview = make(
      'span',
      added === '' ? 'preview' : 'preview added',
      visible(added || previewOf(entry)),
    )
    const line = make(
      'div',
      'line',
      make('span', 'number', String(index + 1)),
      make('i', `tessera t-${tone}`),
      make('span', 'type', visible(typeOf(entry))),
      preview,
      make('span', 'size', formatBytes(entry.end - entry.start)),
      make('span', 'time', formatTime(at)),
    )
    if (entry.event?.id !== undefined)
      line.querySelector('.type')?.append(make('span', 'id', `id ${visible(entry.event.id)}`))
    item.append(line)
    if (rows) {
      const details = make('pre', 'details', visible(rows.join('\n')))
      details.style.height = `${heightOf(rows)}px`
      item.append(details)
    }
    return item
  }
}

function nothingOf({ recording: { refusal, settings }, hasEnded }: Moment): string {
  if (!hasEnded) return ''
  if (!refusal) return 'No event was in it.'
  return refusal.code === 'bad-status'
    ? `A response with status ${settings.status} is not read as events.`
    : `${settings.contentType} is not read as events.`
}

function heightOf(rows: readonly string[]): number {
  return rows.length * DETAIL_ROW + DETAIL_FRAME
}

function typeOf({ kind, event }: Entry): string {
  if (kind === 'event') return event?.event ?? 'message'
  return {
    comment: 'comment',
    retry: 'retry',
    unknown: 'unknown field',
    empty: 'no data',
    cut: 'broken off',
  }[kind]
}

function previewOf({ kind, event, text, end, start }: Entry): string {
  if (event) return event.data.slice(0, 200).replaceAll('\n', ' ⏎ ')
  if (kind === 'empty') return 'a block without data makes no event'
  if (kind === 'cut') return `the stream ended ${plural(end - start, 'byte')} into an event`
  return text?.trim().slice(0, 200) ?? ''
}

/** What an opened event shows: its JSON, or its text as it is. */
function detailsOf(entry: Entry): string[] {
  const { event, start, end, text } = entry
  const rows = [`bytes ${start}–${end}`]
  if (event?.event !== undefined) rows.push(`event ${event.event}`)
  if (event?.id !== undefined) rows.push(`id ${event.id}`)
  if (event && event.lastEventId !== '' && event.lastEventId !== event.id)
    rows.push(`last event id ${event.lastEventId}`)
  rows.push('')
  let body = event?.data ?? text ?? ''
  try {
    body = JSON.stringify(JSON.parse(body), null, 2)
  } catch {
    // Then it is shown as it is.
  }
  const isLong = body.length > MOST_DETAIL_TEXT
  rows.push(...body.slice(0, MOST_DETAIL_TEXT).split('\n'))
  if (!isLong && rows.length <= MOST_DETAIL_ROWS) return rows
  return [
    ...rows.slice(0, MOST_DETAIL_ROWS),
    `… of ${plural(body.length, 'character')}, the rest is not shown`,
  ]
}

function entryOf(target: EventTarget | null): number | undefined {
  const found = target instanceof Element ? target.closest<HTMLElement>('[data-entry]') : null
  return found ? Number(found.dataset['entry']) : undefined
}
