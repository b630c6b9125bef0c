import type { MergeRule, RuleTable } from './rules.ts'

/** What a field has come to so far. `undefined` is a field that nothing was said about, and is left out. */
export interface Cell {
  add(value: unknown): void
  /** A value that no later `add` changes. */
  get(): unknown
}

/** An object from the wire, whatever is in it. */
export type Wire = Readonly<Record<string, unknown>>

export function isWire(value: unknown): value is Wire {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === ''
}

/** What is to be read as text: null is none, and what is no text is its JSON, so that none of it is lost. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  return value === undefined || value === null ? '' : JSON.stringify(value)
}

/**
 * Text that grows. V8 keeps `a + b` as a pair until somebody reads it, some 50 bytes for each piece of a few letters:
 * reading it whenever it has doubled costs little, and leaves no more than the letters.
 */
export class Text implements Cell {
  value: string | undefined
  /** The letter that was read, kept so that the reading is not optimised away. */
  letter = 0
  #readAt = 256

  add(value: unknown): void {
    if (value !== null && value !== undefined) this.append(textOf(value))
  }

  append(piece: string): void {
    this.value = this.value === undefined ? piece : this.value + piece
    if (this.value.length > this.#readAt) this.flatten()
  }

  flatten(): void {
    const text = this.value ?? ''
    this.letter = text.charCodeAt(0)
    this.#readAt = Math.max(256, text.length * 2)
  }

  get(): string | undefined {
    return this.value
  }
}

class First implements Cell {
  #value: unknown

  add(value: unknown): void {
    if (!this.#value && !(value === null || value === undefined)) this.#value = value
  }

  get(): unknown {
    return this.#value
  }
}

export class Last implements Cell {
  #value: unknown

  add(value: unknown): void {
    if (isEmpty(this.#value) ? value !== null || this.#value === undefined : !isEmpty(value))
      this.#value = value
  }

  get(): unknown {
    return this.#value
  }
}

/** Lists that grow. Copied when they are first read: whoever takes a snapshot with every chunk copies nothing. */
class List implements Cell {
  #items: unknown[] | undefined
  readonly #other = new Last()

  add(value: unknown): void {
    if (!Array.isArray(value)) return this.#other.add(value)
    this.#items ??= []
    for (const item of value) this.#items.push(item)
  }

  get(): unknown {
    if (this.#items === undefined) return this.#other.get()
    const [items, length] = [this.#items, this.#items.length]
    return length < 16 ? items.slice() : new Later(() => items.slice(0, length))
  }
}

/** A value that {@link Fields} makes when it is first read. */
class Later {
  readonly make: () => unknown
  constructor(make: () => unknown) {
    this.make = make
  }
}

/** What makes one value out of two, and changes neither. */
class Folded implements Cell {
  #value: unknown
  readonly #fold: (before: unknown, value: unknown) => unknown

  constructor(fold: (before: unknown, value: unknown) => unknown) {
    this.#fold = fold
  }

  add(value: unknown): void {
    this.#value = this.#fold(this.#value, value)
  }

  get(): unknown {
    return this.#value
  }
}

/** An object whose fields each have a rule. Keys are keys of a `Map` and nothing else: none can reach a prototype. */
export class Fields implements Cell {
  readonly #cells = new Map<string, Cell>()
  readonly #rules: readonly RuleTable[]
  readonly #other = new Last()
  /** Whether an object came, be it an empty one. */
  #isObject = false

  /** Of several tables, the first that names a field counts. */
  constructor(...rules: readonly RuleTable[]) {
    this.#rules = rules
  }

  add(value: unknown): void {
    if (!isWire(value)) return this.#other.add(value)
    this.#isObject = true
    for (const key of Object.keys(value)) this.cell(key).add(value[key])
  }

  /** Puts what an object says in the place of what was there before. */
  replace(value: Wire): void {
    for (const key of Object.keys(value))
      if (!isEmpty(value[key])) {
        this.#cells.delete(key)
        this.cell(key).add(value[key])
      }
  }

  cell(key: string): Cell {
    let cell = this.#cells.get(key)
    if (cell === undefined) this.#cells.set(key, (cell = cellFor(this.#ruleOf(key))))
    return cell
  }

  #ruleOf(key: string): MergeRule {
    for (const rules of this.#rules) {
      if (Object.hasOwn(rules, key)) return rules[key] ?? 'last'
      if (rules['*']) return rules['*']
    }
    return 'last'
  }

  get(): unknown {
    return this.#isObject ? this.put({}) : this.#other.get()
  }

  /** Has texts take no more memory than their letters. */
  flatten(): void {
    for (const cell of this.#cells.values())
      if (cell instanceof Text || cell instanceof Fields) cell.flatten()
  }

  /** Defines what the fields have come to on an object. */
  put(target: object): object {
    for (const [key, cell] of this.#cells) {
      const value = cell.get()
      if (value instanceof Later) define(target, key, value)
      else if (value !== undefined) defineValue(target, key, value)
    }
    return target
  }
}

function define(target: object, key: string, { make }: Later): void {
  const get = (): unknown => {
    const value = make()
    defineValue(target, key, value)
    return value
  }
  Object.defineProperty(target, key, { get, enumerable: true, configurable: true })
}

/** A plain assignment would let the key `__proto__` set a prototype. */
export function defineValue(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  })
}

function cellFor(rule: MergeRule): Cell {
  if (typeof rule === 'function') return new Folded(rule)
  if (typeof rule === 'object') return new Fields(rule)
  if (rule === 'first') return new First()
  if (rule === 'concat') return new Text()
  if (rule === 'append') return new List()
  if (rule === 'merge') return new Fields()
  if (rule === 'parts') return new Parts()
  if (rule === 'blocks') return new Blocks()
  if (rule === 'replace') return new Indexed()
  if (rule === 'drop') return new Folded(() => undefined)
  return new Last()
}

/** A list whose last item may go on in the next one, as `join` decides: what it gives takes the place of both. */
class Run {
  readonly #ended: unknown[] = []
  #last: unknown
  #joins = 0
  letter = 0
  readonly #join: (last: Wire, next: Wire) => unknown

  constructor(join: (last: Wire, next: Wire) => unknown) {
    this.#join = join
  }

  push(item: unknown): void {
    const joined = isWire(this.#last) && isWire(item) ? this.#join(this.#last, item) : undefined
    if (joined === undefined && this.#last !== undefined) {
      this.flatten()
      this.#ended.push(this.#last)
    }
    this.#last = joined ?? item
    // At each power of two, so that it is seldom done.
    this.#joins = joined === undefined ? 0 : this.#joins + 1
    if ((this.#joins & (this.#joins - 1)) === 0) this.flatten()
  }

  /** As for {@link Text}: reads a letter of each text of the last item. */
  flatten(): void {
    if (!isWire(this.#last)) return
    for (const value of Object.values(this.#last))
      if (typeof value === 'string') this.letter = value.charCodeAt(0)
  }

  items(): unknown {
    const [ended, length, last] = [this.#ended, this.#ended.length, this.#last]
    if (last === undefined) return []
    return length < 16 ? [...ended, last] : new Later(() => [...ended.slice(0, length), last])
  }
}

/** Text, until a list of parts comes; from then on a list, in which neighbouring text is one part. */
export class Parts extends Text {
  #parts: Run | undefined

  override add(value: unknown): void {
    if (!Array.isArray(value)) return super.add(value)
    if (this.#parts === undefined) {
      this.#parts = new Run(joinParts)
      if (this.value) this.#parts.push({ type: 'text', text: this.value })
    }
    for (const part of value) this.#parts.push(part)
  }

  override append(piece: string): void {
    if (this.#parts === undefined) super.append(piece)
    else if (piece !== '') this.#parts.push({ type: 'text', text: piece })
  }

  override get(): never {
    return (this.#parts?.items() ?? this.value) as never
  }
}

/** Parts of one type go on in each other, if what is named after the type is text, or a list of parts again. */
function joinParts(last: Wire, next: Wire): unknown {
  const type = String(last['type'])
  const [before, more] = [last[type], next[type]]
  if (next['type'] !== type) return undefined
  if (typeof before === 'string' && typeof more === 'string')
    return { ...last, ...next, [type]: before + more }
  if (!Array.isArray(before) || !Array.isArray(more)) return undefined
  const run = new Run(joinParts)
  for (const part of before) run.push(part)
  for (const part of more) run.push(part)
  const items = run.items()
  return { ...last, ...next, [type]: items instanceof Later ? items.make() : items }
}

/** Blocks of reasoning. One ends where type, index or id change, and once it is signed or encrypted. */
class Blocks implements Cell {
  #run: Run | undefined

  add(value: unknown): void {
    if (!Array.isArray(value)) return
    this.#run ??= new Run(joinBlocks)
    for (const block of value) this.#run.push(block)
  }

  get(): unknown {
    return this.#run?.items()
  }
}

function joinBlocks(last: Wire, next: Wire): unknown {
  const same = (key: string): boolean => isEmpty(next[key]) || next[key] === last[key]
  if (last['signature'] || last['data'] || next['data']) return undefined
  if (!same('type') || !same('index') || !same('id')) return undefined
  const joined = { ...last }
  for (const key of Object.keys(next)) {
    const [before, more] = [last[key], next[key]]
    const grows = (key === 'text' || key === 'summary') && typeof before === 'string'
    if (!isEmpty(more)) defineValue(joined, key, grows ? before + textOf(more) : more)
  }
  return joined
}

/** A list in which an item takes the place of the one with the same `index`. */
class Indexed implements Cell {
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
    return this.#items?.slice() ?? this.#other.get()
  }
}
