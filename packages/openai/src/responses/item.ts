import type { ListName } from './event-table.ts'
import {
  type Draft,
  inherit,
  isNothing,
  isWire,
  listIn,
  pieceOf,
  type Wire,
  wireIn,
} from './wire.ts'

// The state of one item. An item is the object that the server sent, with lists of parts and texts that have grown
// since. Lists are made from the object when the first event for one of their parts comes, and put back when the item
// is read.

/** How far a part has come. An event without a known index goes to the last part that is below the event's level. */
export type Level = 0 | 1 | 2
export const OPEN = 0
export const TEXT_DONE = 1
export const PART_DONE = 2

const PART_FIELDS = ['text', 'refusal', 'logprobs', 'annotations']
const ITEM_FIELDS =
  'id call_id name arguments input code content summary action operation output'.split(' ')

/** One part of a list of an item. */
export class Part {
  wire: Draft
  readonly label: unknown
  readonly position: number
  level: Level = OPEN
  /** Whether no event has opened it: an event for its text came first. */
  isImplied = false
  /** Whether a delta belonged to it. */
  hasGrown = false
  /** The lists that this class made: others belong to the event that brought them. */
  readonly #own = new Set<string>()

  constructor(wire: Wire, label: unknown, position: number) {
    this.wire = { ...wire }
    this.label = label
    this.position = position
  }

  get type(): string {
    return String(this.wire['type'] ?? '')
  }

  get isEmpty(): boolean {
    return PART_FIELDS.every((field) => isNothing(this.wire[field]))
  }

  append(field: string, values: readonly unknown[]): void {
    if (values.length === 0) return
    if (!this.#own.has(field)) this.wire[field] = [...listIn(this.wire[field])]
    this.#own.add(field)
    ;(this.wire[field] as unknown[]).push(...values)
  }

  /** An event opens the part, which keeps what it has already. */
  open(given: Wire): void {
    this.isImplied = false
    this.replace({ ...this.wire, ...given })
  }

  /** Puts a whole part in the place of the streamed one, from which it inherits what it leaves empty. */
  replace(whole: Wire): void {
    this.wire = inherit(this.wire, whole, PART_FIELDS)
    this.#own.clear()
  }
}

/** The parts of one list, by their indexes and by their types. */
class Parts {
  readonly all: Part[] = []
  readonly #byLabel = new Map<unknown, Part>()
  readonly #byType = new Map<string, Part>()

  add(wire: Wire, label: unknown): Part {
    const part = new Part(wire, label, this.all.length)
    this.all.push(part)
    return this.#touch(part)
  }

  #touch(part: Part): Part {
    if (part.label !== undefined) this.#byLabel.set(part.label, part)
    this.#byType.set(part.type, part)
    return part
  }

  /** The part that an event belongs to: by its index, or the last one of its type that the event can still change. */
  find(type: string, label: unknown, level: Level): Part | undefined {
    const last = this.#byType.get(type)
    if (label !== undefined && last?.label === label) return last
    const labelled = this.labelled(type, label)
    if (labelled !== undefined) return labelled
    if (last === undefined) return this.#turn(this.all.at(-1), type)
    return last.level < level && !this.#byLabel.has(label) ? last : undefined
  }

  /** The part with this index, if it is of the type, or has nothing in it. */
  labelled(type: string, label: unknown): Part | undefined {
    const part = label === undefined ? undefined : this.#byLabel.get(label)
    return part?.type === type ? this.#touch(part) : this.#turn(part, type)
  }

  /** The part that an event opens, if an event for its text came first, or if it is opened again. */
  opened(type: string, label: unknown): Part | undefined {
    const last = this.#byType.get(type)
    return label === undefined ? (last?.isImplied ? last : undefined) : this.labelled(type, label)
  }

  /** Changes the type of a part that a server opened with the wrong one. */
  #turn(part: Part | undefined, type: string): Part | undefined {
    if (!part?.isEmpty || part.level !== OPEN || type === '') return undefined
    part.wire = emptyPart(type)
    return this.#touch(part)
  }
}

/** A part of which nothing is known but its type. */
function emptyPart(type: string): Draft {
  return type === '' ? {} : { type, [type === 'refusal' ? type : 'text']: '' }
}

/** One item of the output. */
export class Item {
  /** Its number in order of arrival. */
  readonly place: number
  /** Its `output_index`. */
  readonly label: unknown
  isDone = false
  /** Whether an `output_item.added` opened it: an event for one of its parts may have come first. */
  wasAdded = false
  #wire: Draft
  #lists: Partial<Record<ListName, Parts>> = {}

  constructor(place: number, wire: Wire, label: unknown) {
    this.place = place
    this.#wire = { ...wire }
    this.label = label
  }

  get type(): string {
    return String(this.#wire['type'])
  }

  /** A field that no list replaces. */
  field(name: string): unknown {
    return this.#wire[name]
  }

  /** Sets a field that events name beside their payload, if it is not known yet. */
  fill(name: string, value: unknown): void {
    if (isNothing(this.#wire[name]) && !isNothing(value)) this.#wire[name] = value
  }

  setState(state: string | undefined): void {
    if (!this.isDone && typeof this.#wire['status'] === 'string') this.#wire['status'] = state
  }

  /** The object whose text grows: the item itself, or the operation of a patch. */
  own(field: string): Draft {
    if (field !== 'diff') return this.#wire
    return (this.#wire['operation'] = { ...wireIn(this.#wire['operation']) })
  }

  /** The part that an event belongs to; a new one if there is none. */
  part(list: ListName, type: string, label: unknown, level: Level): Part {
    const parts = this.#parts(list)
    // No server is known that gives commands wrong indexes, and no event opens their outputs.
    const isSure = (list === 'commands' || list === 'output') && label !== undefined
    const known = isSure ? parts.labelled(type, label) : parts.find(type, label, level)
    if (known !== undefined) return known
    const part = parts.add(emptyPart(type), label)
    part.isImplied = true
    return part
  }

  /** The part that an event opens. The same index again opens no second part. */
  opened(list: ListName, type: string, label: unknown): Part {
    const parts = this.#parts(list)
    return parts.opened(type, label) ?? parts.add(type === '' ? {} : { type }, label)
  }

  /** Replaces what was streamed by a whole item, which inherits what it leaves empty. */
  replace(whole: Wire): void {
    const streamed = this.wire()
    const next = inherit(streamed, whole, ITEM_FIELDS)
    for (const list of ['content', 'summary']) {
      const before = listIn(streamed[list])
      const parts = listIn(whole[list])
      if (parts.length > 0)
        next[list] = parts.map((part, position) => inheritPart(before[position], part))
    }
    this.#wire = next
    this.#lists = {}
  }

  /** The item as it is now, in objects that grow no more; texts and nested objects are shared. */
  wire(): Draft {
    const wire = { ...this.#wire }
    for (const name of Object.keys(this.#lists) as ListName[]) {
      const all = this.#lists[name]?.all ?? []
      if (name === 'commands')
        wire['action'] = {
          ...wireIn(wire['action']),
          commands: all.map((part) => part.wire['text']),
        }
      else wire[name] = all.map((part) => ({ ...part.wire }))
    }
    return wire
  }

  #parts(name: ListName): Parts {
    const known = this.#lists[name]
    if (known !== undefined) return known
    const parts = (this.#lists[name] = new Parts())
    const isCommands = name === 'commands'
    const given = isCommands ? wireIn(this.#wire['action'])[name] : this.#wire[name]
    for (const [label, wire] of listIn(given).entries()) {
      const text = { text: pieceOf(wire), ...(isCommands && { type: 'command' }) }
      const part = parts.add(isWire(wire) ? wire : text, label)
      if (this.isDone) part.level = PART_DONE
    }
    return parts
  }
}

function inheritPart(streamed: unknown, part: unknown): unknown {
  const isSame = isWire(part) && isWire(streamed) && streamed['type'] === part['type']
  return isSame ? inherit(streamed, part, PART_FIELDS) : part
}
