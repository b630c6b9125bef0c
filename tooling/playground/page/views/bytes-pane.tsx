import type { VNode } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { deltaBytes, effectOf, type Moment, type Stretch } from '../state/moment.ts'
import type { Session, View } from '../state/session.ts'
import { cellAt, labelOf } from '../stream/cells.ts'
import type { Entry } from '../stream/event-log.ts'
import { HANGING, Rows } from '../stream/rows.ts'
import { countWhere, type TapeChunk } from '../stream/tape.ts'
import { useLongList } from './hooks.ts'
import { formatBytes, plural } from './numbers.ts'

const ROW = 21
const GUTTER = 46
const PADDING = 8
const HEX_COLUMNS = 16
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

interface Props {
  readonly session: Session
  readonly view: View
}

/** The body as it arrived: each chunk a tile, the tiles in rows, coloured by what they turned out to say. */
export function BytesPane({ session, view: { moment } }: Props): VNode {
  const host = useRef<HTMLDivElement>(null)
  const [isHex, setHex] = useState(false)
  const columns = useColumns(host)
  const rows = useRows(moment, columns)
  const { chunks } = moment.recording.tape
  const count = isHex ? Math.ceil(moment.offset / HEX_COLUMNS) : rows.countAt(moment.offset)
  const list = useLongList(host, {
    count,
    size: () => ROW,
    sizes: isHex,
    follows: session.follows,
  })
  const { focus } = moment
  useLayoutEffect(() => {
    if (session.reveals > 0 && focus)
      list.show(isHex ? Math.floor(focus.start / HEX_COLUMNS) : rows.rowOf(focus.start))
  }, [session.reveals])
  const shown = Math.min(moment.position, chunks.length)
  return (
    <section class="pane bytes" aria-labelledby="h-bytes">
      <header>
        <h2 id="h-bytes">Bytes</h2>
        <p id="bytes-sum">{`${plural(shown, 'chunk')}, ${formatBytes(moment.offset)}`}</p>
        <button
          type="button"
          class="quiet"
          id="as-hex"
          aria-pressed={isHex}
          onClick={() => setHex(!isHex)}
        >
          Hex
        </button>
      </header>
      <div
        class="scroller"
        id="bytes"
        ref={host}
        tabIndex={0}
        role="region"
        aria-label="The bytes; each network chunk is a tile"
        onPointerMove={({ target }) => session.pointAt(entryOf(target))}
        onPointerLeave={() => session.pointAt(undefined)}
        onClick={({ target }) => session.choose(entryOf(target))}
      >
        {count === 0 ? (
          <p class="nothing">
            {moment.hasEnded
              ? 'The body is empty.'
              : 'Each chunk of the network appears here as it arrives.'}
          </p>
        ) : null}
        <div class="filler" style={{ height: `${list.total + 8}px` }}>
          <div class="window" style={{ transform: `translateY(${list.items[0]?.start ?? 0}px)` }}>
            {list.items.map(({ index }) =>
              isHex ? (
                <HexRow key={`h${index}`} moment={moment} row={index} />
              ) : (
                <TextRow key={index} moment={moment} rows={rows} row={index} />
              ),
            )}
          </div>
        </div>
      </div>
    </section>
  )
}

/** How many letters fit into the pane, in whichever font there is. */
function useColumns(host: { readonly current: HTMLDivElement | null }): number {
  const [columns, setColumns] = useState(60)
  useEffect(() => {
    const element = host.current
    if (!element) return undefined
    const observer = new ResizeObserver(() => {
      const ruler = document.createElement('span')
      ruler.className = 'ruler'
      ruler.textContent = '0'.repeat(100)
      element.append(ruler)
      const pitch = ruler.getBoundingClientRect().width / 100 || 7.2
      ruler.remove()
      element.style.setProperty('--pitch', `${pitch}px`)
      const room = element.clientWidth - GUTTER - PADDING
      setColumns(Math.max(12, Math.floor(room / pitch) - HANGING))
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return columns
}

/** The rows of a recording, which only grow; other columns or another recording begin anew. */
function useRows({ recording }: Moment, columns: number): Rows {
  const kept = useRef<{ rows: Rows; recording: unknown; fed: number }>(undefined)
  if (kept.current?.recording !== recording || kept.current.rows.columns !== columns)
    kept.current = { rows: new Rows(columns), recording, fed: 0 }
  const state = kept.current
  const { chunks } = recording.tape
  while (state.fed < chunks.length) state.rows.push(chunks[state.fed++]!)
  return state.rows
}

interface TileProps {
  readonly chunk: TapeChunk
  readonly index: number
  readonly from: number
  readonly to: number
}

function TextRow({
  moment,
  rows,
  row,
}: {
  readonly moment: Moment
  readonly rows: Rows
  readonly row: number
}): VNode {
  const { tape } = moment.recording
  const start = rows.starts[row]!
  const end = Math.min(rows.starts[row + 1] ?? tape.length, moment.offset)
  const tiles: VNode[] = []
  let number = ''
  for (let at = start, index = tape.indexOf(start); at < end; index++) {
    const chunk = tape.chunks[index]!
    if (chunk.start >= start && number === '') number = String(index + 1)
    const stop = Math.min(chunk.end, end)
    while (at < stop) {
      const { to, ...looks } = tileAt(moment, at, stop)
      tiles.push(<Tile key={at} {...looks} chunk={chunk} index={index} from={at} to={to} />)
      at = to
    }
  }
  return (
    <div class="row">
      <span class="number">{number}</span>
      {tiles}
    </div>
  )
}

interface Looks {
  readonly tone: string
  readonly entry: number | undefined
  /** The text that the event added, its envelope, or neither. */
  readonly part: 'delta' | 'envelope' | ''
  readonly isLit: boolean
}

/** What a tile that begins at a byte looks like, and where it ends: nothing changes within it. */
function tileAt(
  { recording, offset, hasEnded, focus }: Moment,
  at: number,
  stop: number,
): Looks & { to: number } {
  const { events } = recording
  const entry = events.at(at)
  const isKnown = entry && (entry.known <= offset || (hasEnded && entry.known === Infinity))
  const deltas = entry && isKnown ? deltaBytes(recording, entry) : []
  const delta = deltas.find(({ from, to }) => from <= at && at < to)
  const to = Math.min(
    stop,
    entry ? entryEnd(events.entries, entry.index, at) : nextStart(events.entries, at),
    delta?.to ?? deltas.find(({ from }) => from > at)?.from ?? Infinity,
  )
  return {
    to,
    tone: entry && isKnown ? effectOf(recording, entry).tone : 'open',
    entry: isKnown ? entry.index : undefined,
    part: partOf(delta, deltas),
    isLit: focus !== undefined && entry === focus,
  }
}

function partOf(delta: Stretch | undefined, deltas: readonly Stretch[]): Looks['part'] {
  if (delta) return 'delta'
  return deltas.length > 0 ? 'envelope' : ''
}

function Tile({ chunk, index, from, to, tone, entry, part, isLit }: TileProps & Looks): VNode {
  const names = ['tile', `t-${tone}`, part]
  if (index % 2) names.push('odd')
  if (from === chunk.start) names.push('first')
  if (to === chunk.end) names.push('last')
  if (isLit) names.push(part === 'delta' ? 'exact' : 'lit')
  return (
    <span class={names.filter(Boolean).join(' ')} data-entry={entry}>
      {glyphs(chunk, from, to)}
    </span>
  )
}

/** Runs of text as text, and a name for what cannot be seen. */
function glyphs(chunk: TapeChunk, from: number, to: number): (string | VNode)[] {
  const { bytes, start } = chunk
  const end = to - start
  const drawn: (string | VNode)[] = []
  let text = from - start
  for (let at = text; at <= end;) {
    const cell = at < end ? cellAt(chunk, at) : undefined
    if (cell?.kind === 'text') {
      at += cell.length
      continue
    }
    if (text < at) drawn.push(utf8.decode(bytes.subarray(text, at)))
    if (!cell) break
    const after = Math.min(at + cell.length, end)
    drawn.push(
      <span key={at} class={`glyph ${cell.kind}`}>
        {labelOf(cell.kind, bytes.subarray(at, after))}
      </span>,
    )
    at = after
    text = at
  }
  return drawn
}

function HexRow({ moment, row }: { readonly moment: Moment; readonly row: number }): VNode {
  const { tape, events } = moment.recording
  const start = row * HEX_COLUMNS
  const bytes = tape.slice(start, Math.min(start + HEX_COLUMNS, moment.offset))
  let letters = ''
  for (const byte of bytes)
    letters += byte >= 0x20 && byte < 0x7f ? String.fromCodePoint(byte) : '·'
  return (
    <div class="row hex">
      <span class="number">{start.toString(16).padStart(6, '0')}</span>
      <span class="pairs">
        {Array.from(bytes, (byte, column) => {
          const entry = events.at(start + column)
          const isLit = entry !== undefined && entry === moment.focus
          return (
            <span key={column} class={isLit ? 'pair lit' : 'pair'} data-entry={entry?.index}>
              {byte.toString(16).padStart(2, '0')}
            </span>
          )
        })}
      </span>
      <span class="letters">{letters}</span>
    </div>
  )
}

/** Where an entry ends, or one begins that lies within it. */
function entryEnd(entries: readonly Entry[], index: number, at: number): number {
  let { end } = entries[index]!
  for (let inner = index - 1; inner >= 0 && entries[inner]!.end > at; inner--)
    if (entries[inner]!.start > at) end = Math.min(end, entries[inner]!.start)
  return end
}

function nextStart(entries: readonly Entry[], at: number): number {
  return entries[countWhere(entries, ({ end }) => end <= at)]?.start ?? Infinity
}

/** The number of the entry that an element belongs to. */
export function entryOf(target: EventTarget | null): number | undefined {
  const found = target instanceof Element ? target.closest<HTMLElement>('[data-entry]') : null
  return found ? Number(found.dataset['entry']) : undefined
}
