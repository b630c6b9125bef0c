import type { Entry, EntryKind } from '../stream/event-log.ts'

/** What the list of events is narrowed down to. */
export interface Wanted {
  /** Text that an entry has to contain, in any case. */
  readonly text: string
  /** `all`, a kind, or `event:` and the name of an event. */
  readonly kind: string
}

export const EVERYTHING: Wanted = { text: '', kind: 'all' }

/** The entries that fit, by index. It only looks at what is new, as the list grows. */
export class EventFilter {
  readonly indices: number[] = []
  readonly #wanted: Wanted
  readonly #text: string
  #seen = 0

  constructor(wanted: Wanted) {
    this.#wanted = wanted
    this.#text = wanted.text.toLowerCase()
  }

  get isOn(): boolean {
    return this.#text !== '' || this.#wanted.kind !== 'all'
  }

  /** Looks at entries up to a count, and answers how many of those that fit are among them. */
  countAt(entries: readonly Entry[], count: number): number {
    for (; this.#seen < count; this.#seen++)
      if (this.#fits(entries[this.#seen]!)) this.indices.push(this.#seen)
    let low = 0
    let high = this.indices.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.indices[middle]! < count) low = middle + 1
      else high = middle
    }
    return low
  }

  #fits(entry: Entry): boolean {
    const { kind } = this.#wanted
    const { event, text } = entry
    if (kind !== 'all' && kind !== entry.kind && kind !== `event:${event?.event ?? ''}`)
      return false
    if (this.#text === '') return true
    const said = [event?.data, event?.event, event?.id, text, entry.kind]
    return said.some((words) => words?.toLowerCase().includes(this.#text))
  }
}

const NAMES: Readonly<Record<EntryKind, string>> = {
  event: 'events',
  comment: 'comments',
  retry: 'retry fields',
  unknown: 'unknown fields',
  empty: 'blocks without data',
  cut: 'broken off',
}

/** What can be chosen: the kinds and the names that occur, with how often. */
export function kindsIn(entries: readonly Entry[]): { value: string; label: string }[] {
  const counts = new Map<string, number>()
  const count = (key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1)
  for (const { kind, event } of entries) {
    count(kind)
    if (event?.event !== undefined) count(`event:${event.event}`)
  }
  return [...counts].map(([value, times]) => ({
    value,
    label: `${value.startsWith('event:') ? value.slice(6) : NAMES[value as EntryKind]} (${times})`,
  }))
}
