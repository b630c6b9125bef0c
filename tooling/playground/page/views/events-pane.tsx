import type { RefObject, VNode } from 'preact'
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { EventFilter, EVERYTHING, kindsIn } from '../state/event-filter.ts'
import { addedBy, effectOf, type Moment } from '../state/moment.ts'
import type { Session, View } from '../state/session.ts'
import type { Entry } from '../stream/event-log.ts'
import type { Recording } from '../stream/recording.ts'
import { entryOf } from './bytes-pane.tsx'
import { useLongList } from './hooks.ts'
import type { EventKeys } from './keys.tsx'
import { formatBytes, formatTime, plural } from './numbers.ts'
import { visible } from './visible.ts'

const ROW = 26
const DETAIL_ROW = 18
/** What is above and below the rows of an open event. */
const DETAIL_FRAME = 14
/** More rows of one event are not drawn. */
const MOST_DETAIL_ROWS = 400
const MOST_DETAIL_TEXT = 20_000

interface Props {
  readonly session: Session
  readonly view: View
  readonly onKey: RefObject<EventKeys | null>
}

/** What the parser found: a row each, and all of an event that is opened. */
export function EventsPane({ session, view: { moment }, onKey }: Props): VNode {
  const { recording, focus } = moment
  const { entries } = recording.events
  const host = useRef<HTMLDivElement>(null)
  const [wanted, setWanted] = useState(EVERYTHING)
  const filter = useMemo(() => new EventFilter(wanted), [wanted, recording])
  const opened = useOpened(recording)
  const all = recording.events.countAt(moment.offset, moment.hasEnded)
  const count = filter.countAt(entries, all)
  const list = useLongList(host, {
    count,
    size: (row) => ROW + opened.height(filter.indices[row]!),
    sizes: opened.version,
    follows: session.follows,
  })
  useLayoutEffect(() => {
    const row = focus ? filter.indices.indexOf(focus.index) : -1
    if (session.reveals > 0 && row >= 0) list.show(row)
  }, [session.reveals])
  onKey.current = {
    walk: (to) => {
      const row = rowAfter(filter.indices.slice(0, count), focus?.index, to)
      if (row !== undefined) session.choose(filter.indices[row])
    },
    open: () => focus && opened.toggle(entries[focus.index]!),
  }
  return (
    <section class="pane events" aria-labelledby="h-events">
      <header>
        <h2 id="h-events">Events</h2>
        <p id="events-sum">
          {filter.isOn
            ? `${count} of ${plural(all, 'entry', 'entries')}`
            : plural(all, 'entry', 'entries')}
        </p>
        <search class="finder">
          <input
            id="search"
            type="search"
            placeholder="Search"
            aria-label="Search in the events"
            value={wanted.text}
            onInput={({ currentTarget }) => setWanted({ ...wanted, text: currentTarget.value })}
          />
          <select
            id="kind"
            aria-label="Kind of entry"
            value={wanted.kind}
            onChange={({ currentTarget }) => setWanted({ ...wanted, kind: currentTarget.value })}
          >
            <option value="all">all kinds</option>
            {kindsIn(entries.slice(0, all)).map(({ value, label }) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
        </search>
      </header>
      <div
        class={recording.tape.hasTimes ? 'scroller' : 'scroller untimed'}
        id="events"
        ref={host}
        tabIndex={0}
        // A tree without items is an error of its own to a screen reader.
        role={count > 0 ? 'tree' : 'region'}
        aria-label="Events"
        aria-activedescendant={focus ? `entry-${focus.index}` : undefined}
        onPointerMove={({ target }) => session.pointAt(entryOf(target))}
        onPointerLeave={() => session.pointAt(undefined)}
        onClick={({ target }) => {
          if (target instanceof Element && target.closest('.details')) return
          const index = entryOf(target)
          session.choose(index)
          if (index !== undefined) opened.toggle(entries[index]!)
        }}
      >
        {count === 0 ? (
          <p class="nothing">{nothingOf(moment, filter.isOn && all > 0)}</p>
        ) : (
          <div class="filler" role="presentation" style={{ height: `${list.total + 8}px` }}>
            <div
              class="window"
              role="presentation"
              style={{ transform: `translateY(${list.items[0]?.start ?? 0}px)` }}
            >
              {list.items.map((item) => {
                const index = filter.indices[item.index]!
                const before = entries[filter.indices[item.index - 1] ?? -1]
                return (
                  <Row
                    key={index}
                    recording={recording}
                    entry={entries[index]!}
                    before={before}
                    isLit={focus?.index === index}
                    rows={opened.rows(index)}
                  />
                )
              })}
            </div>
          </div>
        )}
      </div>
    </section>
  )
}

/** Which events are open, with their text in rows. */
function useOpened(recording: Recording): {
  readonly version: number
  readonly rows: (index: number) => readonly string[] | undefined
  readonly height: (index: number) => number
  readonly toggle: (entry: Entry) => void
} {
  const [version, setVersion] = useState(0)
  const open = useMemo(() => new Map<number, readonly string[]>(), [recording])
  return {
    version,
    rows: (index) => open.get(index),
    height: (index) => heightOf(open.get(index)),
    toggle: (entry) => {
      if (!open.delete(entry.index)) open.set(entry.index, detailsOf(entry))
      setVersion((version) => version + 1)
    },
  }
}

function heightOf(rows: readonly string[] | undefined): number {
  return rows ? rows.length * DETAIL_ROW + DETAIL_FRAME : 0
}

/** The row that one comes to from the lit entry; from none, the nearest end. */
function rowAfter(
  indices: readonly number[],
  lit: number | undefined,
  to: 'next' | 'previous' | 'first' | 'last',
): number | undefined {
  if (indices.length === 0) return undefined
  const last = indices.length - 1
  if (to === 'first') return 0
  if (to === 'last') return last
  const row = lit === undefined ? -1 : indices.indexOf(lit)
  if (row < 0) return to === 'next' ? 0 : last
  return Math.max(0, Math.min(last, row + (to === 'next' ? 1 : -1)))
}

function Row({
  recording,
  entry,
  before,
  isLit,
  rows,
}: {
  readonly recording: Recording
  readonly entry: Entry
  readonly before: Entry | undefined
  readonly isLit: boolean
  readonly rows: readonly string[] | undefined
}): VNode {
  const { tone } = effectOf(recording, entry)
  const added = addedBy(recording, entry)
  const at = timeOf(recording, entry)
  const gap = before ? (at ?? 0) - (timeOf(recording, before) ?? 0) : undefined
  const id = entry.event?.id
  return (
    <div
      class={`entry ${entry.kind} t-${tone}${isLit ? ' lit' : ''}`}
      id={`entry-${entry.index}`}
      data-entry={entry.index}
      role="treeitem"
      aria-level={1}
      aria-posinset={entry.index + 1}
      aria-expanded={rows !== undefined}
      aria-selected={isLit}
    >
      <div class="line">
        <span class="number">{entry.index + 1}</span>
        <i class={`tessera t-${tone}`} />
        <span class="type">
          {visible(typeOf(entry))}
          {id === undefined ? null : <span class="id">id {visible(id)}</span>}
        </span>
        <span class={added === '' ? 'preview' : 'preview added'}>
          {visible(added || previewOf(entry))}
        </span>
        <span class="size">{formatBytes(entry.end - entry.start)}</span>
        <span class="gap">
          {at === undefined || gap === undefined ? '' : `+${formatTime(gap)}`}
        </span>
        <span class="time">{at === undefined ? '' : formatTime(at)}</span>
      </div>
      {rows ? (
        // Its text can be longer than it is wide, so the keyboard has to be able to scroll it.
        <pre
          class="details"
          tabIndex={0}
          aria-label="The whole entry"
          style={{ height: `${heightOf(rows)}px` }}
        >
          {visible(rows.join('\n'))}
        </pre>
      ) : null}
    </div>
  )
}

function timeOf({ tape }: Recording, { known }: Entry): number | undefined {
  if (!tape.hasTimes) return undefined
  return tape.chunks[tape.indexOf(Math.min(known, tape.length) - 1)]?.at
}

function nothingOf({ recording, hasEnded }: Moment, isFiltered: boolean): string {
  const { refusal, settings } = recording
  if (isFiltered) return 'No entry fits the search.'
  if (!hasEnded) return 'Each event that the parser finds appears here.'
  if (!refusal) return 'There is no event in this stream.'
  return refusal.code === 'bad-status'
    ? `A response with status ${settings.status} is not read as events.`
    : `${settings.contentType} is not read as events.`
}

/** The name of an entry. Events without a name, the most of all, need none. */
function typeOf({ kind, event }: Entry): string {
  if (kind === 'event') return event?.event ?? ''
  return {
    comment: 'comment',
    retry: 'retry',
    unknown: 'unknown field',
    empty: 'no data',
    cut: 'broken off',
  }[kind]
}

function previewOf({ kind, event, text, end, start }: Entry): string {
  if (event?.data === '') return 'empty data'
  if (event) return event.data.slice(0, 200).replaceAll('\n', ' ⏎ ')
  if (kind === 'empty') return 'a block without data makes no event'
  if (kind === 'cut') return `the stream ended ${plural(end - start, 'byte')} into an event`
  return text?.trim().slice(0, 200) ?? ''
}

/** What an opened entry shows: its JSON, or its text as it is. */
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
    `… of ${plural(body.length, 'character')}; the rest is not shown`,
  ]
}
