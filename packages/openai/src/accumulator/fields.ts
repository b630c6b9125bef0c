import { copyOf, isEmpty, isWire, setField, type Wire } from '../wire.ts'
import { type Cell, DROPPED, First, Folded, Last } from './cells.ts'
import { Blocks, Indexed, List, Parts } from './lists.ts'
import type { MergeRule, RuleTable } from './rules.ts'
import { Text } from './text.ts'

/** From so many names on, they are found by hash. */
const MANY = 24

/**
 * An object whose fields each have a rule. Names never become keys of an object here, so that none reaches a prototype.
 * Chunks of one stream name the same fields in the same order: a field is first looked for after the one before it,
 * where comparing two names is comparing two pointers.
 */
export class Fields implements Cell {
  readonly #names: string[] = []
  readonly #cells: Cell[] = []
  #places: Map<string, number> | undefined
  readonly #rules: RuleTable
  readonly #custom: RuleTable | undefined
  #next = 0
  /** What was given in place of an object. */
  #other: Last | undefined
  /** Whether an object was given, even an empty one. */
  #isObject = false

  /** Custom rules go before the others. */
  constructor(rules: RuleTable, custom?: RuleTable) {
    this.#rules = rules
    this.#custom = custom
  }

  add(value: unknown): void {
    if (!isWire(value)) {
      this.#other ??= new Last()
      this.#other.add(value)
      return
    }
    this.#isObject = true
    for (const key of Object.keys(value)) this.cell(key).add(value[key])
  }

  /** Every field that is not empty takes the place of what was there before; of a new field, an empty one too. */
  replace(value: Wire): void {
    for (const key of Object.keys(value)) {
      const isNew = this.#find(key) < 0
      if (isEmpty(value[key]) && !isNew) continue
      const at = this.#placeOf(key)
      this.#cells[at] = new Whole(value[key], () => cellFor(this.#ruleOf(key)))
    }
  }

  /** The cell of a field, made when it is first needed. */
  cell(key: string): Cell {
    const { length } = this.#names
    let at = this.#next < length ? this.#next : 0
    if (this.#names[at] !== key) at = this.#placeOf(key)
    this.#next = at + 1
    return this.#cells[at] as Cell
  }

  /** The value of a field, without making a cell; `undefined` for a field that never came. */
  peek(key: string): unknown {
    return this.#cells[this.#find(key)]?.get()
  }

  #find(key: string): number {
    const places = this.#places
    return places === undefined ? this.#names.indexOf(key) : (places.get(key) ?? -1)
  }

  #placeOf(key: string): number {
    const known = this.#find(key)
    if (known >= 0) return known
    const at = this.#names.push(key) - 1
    this.#cells.push(cellFor(this.#ruleOf(key)))
    if (this.#places !== undefined) this.#places.set(key, at)
    else if (at === MANY) this.#places = new Map(this.#names.map((name, place) => [name, place]))
    return at
  }

  #ruleOf(key: string): MergeRule {
    const custom = this.#custom
    if (custom !== undefined) {
      if (Object.hasOwn(custom, key)) return custom[key] ?? 'last'
      if (custom['*']) return custom['*']
    }
    return ruleIn(this.#rules, key)
  }

  get(): unknown {
    return this.#isObject ? this.put({}) : this.#other?.get()
  }

  flatten(): void {
    for (const cell of this.#cells) cell.flatten?.()
  }

  /** Sets every field on an object. */
  put(target: object): object {
    for (let at = 0; at < this.#names.length; at++) {
      const value = this.#cells[at]?.get()
      if (value !== undefined) setField(target, this.#names[at] ?? '', value)
    }
    return target
  }
}

/** A value that came whole. It stays as it is, unless deltas follow. */
class Whole implements Cell {
  readonly #value: unknown
  readonly #make: () => Cell
  #cell: Cell | undefined

  constructor(value: unknown, make: () => Cell) {
    this.#value = value
    this.#make = make
  }

  add(value: unknown): void {
    if (this.#cell === undefined) {
      this.#cell = this.#make()
      this.#cell.add(this.#value)
    }
    this.#cell.add(value)
  }

  get(): unknown {
    return this.#cell === undefined ? copyOf(this.#value) : this.#cell.get()
  }
}

/** The rule of a field in a table. */
export function ruleIn(rules: RuleTable, key: string): MergeRule {
  if (Object.hasOwn(rules, key)) return rules[key] ?? 'last'
  return rules['*'] ?? 'last'
}

const NO_RULES: RuleTable = {}

function cellFor(rule: MergeRule): Cell {
  switch (rule) {
    case 'last':
      return new Last()
    case 'first':
      return new First()
    case 'concat':
      return new Text()
    case 'append':
      return new List()
    case 'merge':
      return new Fields(NO_RULES)
    case 'parts':
      return new Parts()
    case 'blocks':
      return new Blocks()
    case 'replace':
      return new Indexed()
    case 'drop':
      return DROPPED
    default:
      return typeof rule === 'function' ? new Folded(rule) : new Fields(rule)
  }
}
