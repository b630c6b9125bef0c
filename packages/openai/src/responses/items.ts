import { Item } from './item.ts'
import type { Wire } from './wire.ts'

/** What an event says about the item that it belongs to. */
export interface Address {
  readonly item_id?: unknown
  readonly call_id?: unknown
  readonly output_index?: unknown
}

/**
 * The items of a response, and which of them an event belongs to. No single key works with every server: GitHub Copilot
 * changes the ids from event to event, LlamaStack gives parallel calls one index, llama.cpp sends no index at all. The
 * first line that finds an item of a fitting type decides:
 *
 * | an event for a part or a text         | `output_item.added`           | `output_item.done`          |
 * |---------------------------------------|-------------------------------|-----------------------------|
 * | `item_id`                             | `id`                          | `id`                        |
 * | `item_id` is the item's `call_id`     |                               |                             |
 * | `call_id`                             |                               | `call_id`                   |
 * | the newest item at `output_index`     | an implied item at the index  | the open item at the index  |
 * | no index: the newest open item        |                               | the newest open item        |
 * | a new item                            | a new item                    | a new item                  |
 *
 * An item is implied if an event for one of its parts came before its `output_item.added`.
 */
export class Items {
  all: Item[] = []
  /** By type and key: an id, a `call_id`, or an index, whose newest item counts. */
  readonly #keyed = new Map<string, Item>()
  /** The open items by type, and by type and index, oldest first. Items that are done are removed when they surface. */
  readonly #open = new Map<string, Item[]>()

  /** The item of an event for a part, if there is one. */
  find(kinds: readonly string[], event: Address): Item | undefined {
    const { item_id: id, call_id: call, output_index: index } = event
    for (const kind of kinds) {
      const item =
        this.#at(kind, 'id', id) ?? this.#at(kind, 'call', id) ?? this.#at(kind, 'call', call)
      if (item) return item
    }
    const hasIndex = isKey(index)
    for (const kind of kinds) {
      const item = hasIndex ? this.#at(kind, 'index', index) : this.#newestOpen(kind)
      if (item) return item
    }
    return undefined
  }

  /** The item that an `output_item.added` opens, if an event has opened it before. */
  added(wire: Wire, index: unknown): Item | undefined {
    const type = String(wire['type'])
    const item = this.#at(type, 'id', wire['id']) ?? this.#at(type, 'index', index)
    const isKnown = item !== undefined && isKey(wire['id']) && item.field('id') === wire['id']
    return isKnown || item?.wasAdded === false ? item : undefined
  }

  /** The item that an `output_item.done` closes, if it is known. */
  done(wire: Wire, index: unknown): Item | undefined {
    const type = String(wire['type'])
    return (
      this.#at(type, 'id', wire['id']) ??
      this.#at(type, 'call', wire['call_id']) ??
      (isKey(index) ? this.#newestOpen(`${type} ${index}`) : undefined) ??
      this.#newestOpen(type)
    )
  }

  /** The item that a whole output has at a position, if it is known. */
  inOutput(wire: Wire, position: number): Item | undefined {
    const type = String(wire['type'])
    const known = this.#at(type, 'id', wire['id']) ?? this.#at(type, 'call', wire['call_id'])
    if (known) return known
    const there = this.inOrder()[position]
    return there?.type === type ? there : undefined
  }

  add(wire: Wire, index: unknown): Item {
    const item = new Item(this.all.length, wire, isKey(index) ? index : undefined)
    this.all.push(item)
    this.remember(item)
    this.#openList(item.type).push(item)
    if (item.label !== undefined) {
      this.#keyed.set(`${item.type} index ${item.label}`, item)
      this.#openList(`${item.type} ${item.label}`).push(item)
    }
    return item
  }

  /** Makes an item known by the ids that it has now. */
  remember(item: Item): void {
    const [id, call] = [item.field('id'), item.field('call_id')]
    if (isKey(id)) this.#keyed.set(`${item.type} id ${id}`, item)
    if (isKey(call)) this.#keyed.set(`${item.type} call ${call}`, item)
  }

  /** By index, if each has one; otherwise as they came. Indexes order items, and make no holes. */
  inOrder(): Item[] {
    if (!this.all.every(({ label }) => typeof label === 'number')) return this.all
    return this.all.toSorted((one, other) => Number(one.label) - Number(other.label))
  }

  #at(type: string, key: 'id' | 'call' | 'index', value: unknown): Item | undefined {
    return isKey(value) ? this.#keyed.get(`${type} ${key} ${value}`) : undefined
  }

  #openList(key: string): Item[] {
    let list = this.#open.get(key)
    if (list === undefined) this.#open.set(key, (list = []))
    return list
  }

  #newestOpen(key: string): Item | undefined {
    const list = this.#open.get(key)
    while (list?.at(-1)?.isDone) list.pop()
    return list?.at(-1)
  }
}

function isKey(value: unknown): value is string | number {
  return (typeof value === 'string' && value !== '') || typeof value === 'number'
}
