import { copyOf, isEmpty, isWire, setField, type Wire } from '../wire.ts'
import { type Cell, Last } from './cells.ts'
import { Text } from './text.ts'

/** A list that grows; anything but a list is treated as `last`. */
export class List implements Cell {
  #items: unknown[] | undefined
  #other: Last | undefined

  add(value: unknown): void {
    if (Array.isArray(value)) {
      this.#items ??= []
      for (const item of value) this.#items.push(item)
    } else {
      this.#other ??= new Last()
      this.#other.add(value)
    }
  }

  get(): unknown {
    return this.#items === undefined ? this.#other?.get() : copyOf(this.#items)
  }
}

/** A list in which an item takes the place of the one with the same `index`. */
export class Indexed implements Cell {
  #items: unknown[] | undefined
  readonly #at = new Map<unknown, number>()
  readonly #other = new Last()

  add(value: unknown): void {
    if (!Array.isArray(value)) return this.#other.add(value)
    this.#items ??= []
    for (const item of value) {
      const index = isWire(item) ? item['index'] : undefined
      const at =
        index === undefined ? this.#items.length : (this.#at.get(index) ?? this.#items.length)
      if (index !== undefined) this.#at.set(index, at)
      this.#items[at] = item
    }
  }

  get(): unknown {
    return copyOf(this.#items) ?? this.#other.get()
  }
}

/** A list whose last item may continue in the next one. `growing` names the field of an item that grows, if any. */
abstract class Run {
  readonly #ended: unknown[] = []
  #last: unknown
  /** The last item's growing field, apart from the item, because joining two objects again and again is quadratic. */
  #grown: Text | Run | undefined
  #field = ''

  /** The name of the field that grows when `next` continues `last`; `''` if another field changes; else `undefined`. */
  protected abstract joins(last: Wire, next: Wire): string | undefined

  push(item: unknown): void {
    const last = this.#last
    const field = isWire(last) && isWire(item) ? this.joins(last, item) : undefined
    if (field === undefined || !isWire(last) || !isWire(item)) {
      if (last !== undefined) this.#ended.push(this.#whole())
      this.#last = item
      this.#grown = undefined
      return
    }
    if (field !== '') this.#grow(last, field, item[field])
    const hasNews = Object.keys(item).some(
      (key) => key !== field && !isEmpty(item[key]) && item[key] !== last[key],
    )
    if (!hasNews) return
    const joined: Wire = { ...last }
    for (const key of Object.keys(item))
      if (key !== field && !isEmpty(item[key])) setField(joined, key, item[key])
    this.#last = joined
  }

  #grow(last: Wire, field: string, more: unknown): void {
    if (this.#grown === undefined) {
      this.#field = field
      this.#grown = Array.isArray(last[field]) ? new PartRun() : new Text()
      this.#feed(last[field])
    }
    this.#feed(more)
  }

  #feed(value: unknown): void {
    const grown = this.#grown
    if (grown instanceof Text) grown.add(value)
    else if (Array.isArray(value)) for (const part of value) grown?.push(part)
  }

  /** The last item, with everything that it has grown by. */
  #whole(): unknown {
    const grown = this.#grown
    if (grown === undefined) return this.#last
    const value = grown instanceof Text ? grown.get() : grown.items()
    const whole = { ...(this.#last as Wire) }
    setField(whole, this.#field, value)
    return whole
  }

  flatten(): void {
    this.#grown?.flatten()
  }

  /** The items as they are now; their objects are shared with later results. */
  items(): unknown[] {
    return this.#last === undefined ? [] : [...this.#ended, this.#whole()]
  }
}

/** Parts of one type continue in each other, if the field named after the type is text, or a list of parts again. */
class PartRun extends Run {
  protected joins(last: Wire, next: Wire): string | undefined {
    const type = String(last['type'])
    if (next['type'] !== last['type'] || isEmpty(last['type'])) return undefined
    const [before, more] = [last[type], next[type]]
    const both = (is: (value: unknown) => boolean): boolean => is(before) && is(more)
    return both((value) => typeof value === 'string') || both(Array.isArray) ? type : undefined
  }
}

/** Blocks of reasoning. A block ends where type, index or id change, and once it is signed or encrypted. */
class BlockRun extends Run {
  protected joins(last: Wire, next: Wire): string | undefined {
    const same = (key: string): boolean => isEmpty(next[key]) || next[key] === last[key]
    if (last['signature'] || last['data'] || next['data']) return undefined
    if (!same('type') || !same('index') || !same('id')) return undefined
    for (const field of ['text', 'summary'])
      if (typeof last[field] === 'string' && !isEmpty(next[field])) return field
    return ''
  }
}

/** Text, until a list of parts comes; from then on a list, in which neighbouring text is one part. */
export class Parts extends Text {
  #parts: Run | undefined

  override add(value: unknown): void {
    if (!Array.isArray(value)) return super.add(value)
    if (this.#parts === undefined) {
      this.#parts = new PartRun()
      if (this.value) this.#parts.push({ type: 'text', text: this.value })
    }
    for (const part of value) this.#parts.push(part)
  }

  override append(piece: string): void {
    if (this.#parts === undefined) super.append(piece)
    else if (piece !== '') this.#parts.push({ type: 'text', text: piece })
  }

  override flatten(): void {
    super.flatten()
    this.#parts?.flatten()
  }

  override get(): unknown {
    return this.#parts === undefined ? this.value : copyOf(this.#parts.items())
  }
}

/** Blocks of reasoning; anything but a list is treated as `last`. */
export class Blocks implements Cell {
  #run: Run | undefined
  #other: Last | undefined

  add(value: unknown): void {
    if (Array.isArray(value)) {
      this.#run ??= new BlockRun()
      for (const block of value) this.#run.push(block)
    } else {
      this.#other ??= new Last()
      this.#other.add(value)
    }
  }

  flatten(): void {
    this.#run?.flatten()
  }

  get(): unknown {
    return this.#run === undefined ? this.#other?.get() : copyOf(this.#run.items())
  }
}
