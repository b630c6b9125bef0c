import { ruleIn } from '../accumulator/fields.ts'
import {
  choiceRules,
  chunkRules,
  deltaRules,
  type MergeRule,
  type RuleTable,
} from '../accumulator/rules.ts'
import { isEmpty, isWire, type Wire } from '../wire.ts'
import { decoder, encoder, type Literal, literalOf } from './literal.ts'
import type { Kind, Pattern } from './match.ts'
import { type Branch, type Leaf, type Leaves, leavesOf, nameOf, pathOf } from './leaves.ts'

// A template is learnt from the text of a chunk: the leaves that are known to change, and those in which it differs from
// the chunk that the template was learnt from before, are holes; everything else is literal. A chunk with the same text
// between its holes is the same chunk with other leaves.
//
// Many such chunks are pushed as one. That is the same as pushing each of them, because a literal or a hole is only
// allowed where its merge rule makes it so:
//
//   rule of the field       literal                 hole                               always a hole
//   ----------------------  ----------------------  ---------------------------------  ------------------
//   first, beside `choices` yes                     skipped, if a value came before    yes
//   first, elsewhere        yes                     no
//   last, merge             yes                     the last; a string is not empty    numbers of usage
//   concat, parts           null or an empty list   text is joined                     yes
//   drop                    yes                     skipped                            strings
//   append, blocks, parts   null or an empty list   parsed, one by one                 yes
//   name and id of a call   empty                   one by one                         yes
//
// "One by one": each chunk is pushed by itself.

/** The keys and positions that lead to a value. */
export type Path = readonly string[]

/** A place in which chunks of one shape differ. */
export interface Hole {
  readonly kind: Kind
  readonly path: Path
  readonly start: number
  readonly end: number
}

/** More holes are slower to fill than a chunk is to parse. */
const MAX_HOLES = 24

/** What the chunks of one shape have in common, as bytes to compare with and as a chunk to fill. */
export class Template implements Pattern {
  /** The text of the chunk that it was learnt from. */
  readonly text: string
  readonly literals: readonly Literal[]
  readonly fillings: readonly Hole[]
  /** Fields that are skipped because they came before. */
  readonly skips: readonly string[]
  /** Whether several chunks may be pushed as one. */
  readonly joins: boolean
  #next: Template | undefined
  #isReplaced = false
  /** How many events matched. */
  hits = 0
  #chunk: Wire | undefined

  /** `before` and `after` stand around the data of an event. */
  constructor(learner: Learner, text: string, before: string, after: string) {
    const { holes } = learner
    // A slice would keep the whole chunk from the network alive.
    this.text = decoder.decode(encoder.encode(text))
    this.joins = learner.joins
    this.skips = learner.skips
    this.fillings = holes
    this.literals = [...holes, undefined].map((hole, at) => {
      const piece = text.slice(holes[at - 1]?.end ?? 0, hole?.start)
      return literalOf((at === 0 ? before : '') + piece + (hole === undefined ? after : ''))
    })
  }

  /** The template that matched after this one when it last came. */
  get next(): Template | undefined {
    return this.#next
  }

  /** One that was replaced may be in use for a while, but keeps no other alive. */
  precede(template: Template): void {
    if (!this.#isReplaced) this.#next = template
  }

  replace(): void {
    this.#isReplaced = true
    this.#next = undefined
  }

  /** A chunk with these values in its holes, apart from those that are skipped. What leads to them is copied, and everything else is shared. */
  chunkWith(values: readonly unknown[]): Wire {
    const whole = (this.#chunk ??= JSON.parse(this.text) as Fields)
    const chunk = { ...whole }
    const { fillings } = this
    for (let number = 0; number < fillings.length; number++) {
      if (values[number] === undefined) continue
      const { path } = fillings[number] as Hole
      let copy = chunk
      let from = whole
      const last = path.length - 1
      for (let at = 0; at < last; at++) {
        const key = path[at] as string
        const inner = from[key] as Fields
        if (copy[key] === inner) copy[key] = Array.isArray(inner) ? inner.slice() : { ...inner }
        copy = copy[key] as Fields
        from = inner
      }
      copy[path[last] as string] = values[number]
    }
    return chunk
  }
}

type Fields = Record<string, unknown>

/**
 * Learns a template.
 *
 * @param text - the text of a chunk
 * @param chunk - what it says
 * @param before - the text of an earlier chunk of the same shape
 * @param varying - names of leaves that differed earlier; those that differ now are added
 * @param around - what stands before and after the data of an event
 */
export function learn(
  text: string,
  chunk: Wire,
  before: string | undefined,
  varying: Set<string>,
  around: readonly [before: string, after: string],
): Template | undefined {
  // An event without line ends: data of several lines is written differently.
  if (/[\r\n]/.test(text) || !hasDistinctChoices(chunk['choices'])) return undefined
  // Bytes cannot express half a character.
  if (!isWellFormed(text)) return undefined
  const found = leavesOf(text)
  if (found === undefined) return undefined
  const old = before === undefined ? undefined : leavesOf(before)
  const byName = new Map(
    old?.leaves.map(({ name, start, end }) => [name, before?.slice(start, end)]),
  )
  const learner = new Learner(found, chunk)
  for (const leaf of found.leaves) {
    const value = text.slice(leaf.start, leaf.end)
    if (old !== undefined && byName.get(leaf.name) !== value) varying.add(leaf.name)
    if (!learner.take(leaf, value, varying.has(leaf.name))) return undefined
  }
  return learner.holes.length > MAX_HOLES ? undefined : new Template(learner, text, ...around)
}

/** Node 20 has the method, and so do the browsers of these years: where it is missing, events are parsed. */
export function isWellFormed(text: string): boolean {
  return (text as { isWellFormed?(): boolean }).isWellFormed?.() ?? false
}

/** Texts of two choices with one index would be joined in another order than they came. */
function hasDistinctChoices(choices: unknown): boolean {
  if (!Array.isArray(choices)) return false
  const indexes = choices.map((choice) => (isWire(choice) ? choice['index'] : undefined))
  if (indexes.length === 1) return indexes[0] === undefined || Number.isSafeInteger(indexes[0])
  // A negative index counts as none: the choice is that of its position, which may be the index of another.
  const isIndex = (index: unknown): boolean => Number.isSafeInteger(index) && Number(index) >= 0
  return indexes.every(isIndex) && new Set(indexes).size === indexes.length
}

type LeafRule = MergeRule | 'literal' | 'one by one'

class Learner {
  readonly holes: Hole[] = []
  readonly skips: string[] = []
  joins = true
  readonly #found: Leaves
  readonly #chunk: Wire
  /** The field that is parsed as a whole, by the end of its text. */
  #parsedTo = -1

  constructor(found: Leaves, chunk: Wire) {
    this.#found = found
    this.#chunk = chunk
  }

  /** Decides what a leaf is; `false` if the chunk cannot be learnt. */
  take(leaf: Leaf, value: string, differs: boolean): boolean {
    if (leaf.start < this.#parsedTo) return true
    const path = pathOf(leaf.name)
    const { rule, root } = this.#ruleOf(path)
    const isString = leaf.kind === 'string'
    const isNull = leaf.kind === 'word' && value === 'null'
    // Constants: V8 compares them as pointers, but a string that was joined letter by letter.
    const hole = (string: Kind = 'string', number: Kind = 'number'): boolean =>
      (isString || leaf.kind === 'number') && this.#hole(isString ? string : number, path, leaf)
    const skipped = (): boolean => hole('skipped string', 'skipped number')
    switch (rule) {
      case undefined:
        return false
      case 'literal':
        return !differs
      case 'last':
      case 'merge': {
        if (isString && value === '') return !differs
        const counts = leaf.kind === 'number' && path.includes('usage')
        return !(differs || counts) || hole()
      }
      case 'first':
        if (path.length === 1 && value !== '' && value !== '0' && skipped())
          this.skips.push(leaf.name.slice(1))
        return true
      case 'drop':
        return (!differs && !isString) || skipped()
      case 'one by one':
        return hole()
      case 'concat':
        return isNull ? !differs : this.#text(leaf, path, root)
      case 'parts':
        if (this.#text(leaf, path, root)) return true
        break
      default:
    }
    return isNull || (leaf.kind === 'empty' && value === '[]') ? !differs : this.#parsed(root)
  }

  #hole(kind: Kind, path: Path, { start, end }: Branch): boolean {
    this.holes.push({ kind, path, start, end })
    return true
  }

  #text(leaf: Leaf, path: Path, root: Path): boolean {
    return leaf.kind === 'string' && path.length === root.length && this.#hole('text', path, leaf)
  }

  /** A field whose values add up: the whole of it is parsed. */
  #parsed(root: Path): boolean {
    const branch = this.#found.branches.get(nameOf(root))
    if (branch === undefined) return false
    this.joins = false
    this.#parsedTo = branch.end
    return this.#hole('parsed', root, branch)
  }

  /** The merge rule of a leaf, and the path of the field that the rule is about. */
  #ruleOf(path: Path): { rule: LeafRule | undefined; root: Path } {
    const [top, position, field, name] = path
    if (top === 'usage') return { rule: 'last', root: ['usage'] }
    if (top === 'error') return { rule: path.length === 1 ? 'literal' : undefined, root: path }
    // What these two say decides how a chunk is read.
    if (top === 'object') return { rule: 'literal', root: path }
    if (top !== 'choices') return within(chunkRules, path, 0)
    if (position === undefined) return { rule: 'literal', root: path }
    if (field === undefined) return { rule: undefined, root: path }
    const choice = (this.#chunk['choices'] as Wire[])[Number(position)] ?? {}
    const hasDelta = isWire(choice['delta'])
    if (field === 'delta') {
      if (name === undefined) return { rule: 'literal', root: path }
      if (name === 'tool_calls') return { rule: this.#ruleOfCall(path, choice), root: path }
      return within(deltaRules, path, 3)
    }
    if (field === 'index' || field === 'finish_reason' || field === 'error')
      return { rule: path.length === 3 ? 'literal' : undefined, root: path }
    if (field === 'message') return { rule: hasDelta ? 'drop' : undefined, root: path }
    if (field === 'text' && hasDelta) return { rule: 'drop', root: path }
    if (field === 'usage') return { rule: 'last', root: path.slice(0, 3) }
    return within(choiceRules, path, 2)
  }

  /** Only one call may go on in a chunk, and only its arguments may differ. */
  #ruleOfCall(path: Path, choice: Wire): LeafRule | undefined {
    const [, , , , position, key, name] = path
    if (position === undefined) return 'literal'
    const entries = (choice['delta'] as Wire)['tool_calls']
    if (!Array.isArray(entries) || entries.length > 1 || !isWire(entries[0])) return undefined
    const { id, type, function: body } = entries[0]
    if (type === 'custom' || !isWire(body)) return undefined
    // The resolver may see another call in a fragment that names one: each is pushed by itself.
    if (!isEmpty(id) || !isEmpty(body['name'])) this.joins = false
    if (key === 'function' && name === 'arguments') {
      const { arguments: piece } = body
      // Anything but text adds its JSON, each time.
      return typeof piece === 'string' ? 'concat' : isEmpty(piece) ? 'literal' : undefined
    }
    if (key === 'index' || key === 'type') return 'literal'
    if (key === 'id') return isEmpty(id) ? 'literal' : 'one by one'
    if (key !== 'function' || (name !== 'name' && name !== undefined)) return undefined
    return isEmpty(body['name']) ? 'literal' : 'one by one'
  }
}

/** Follows tables of rules along a path whose first field of a table stands at `from`. */
function within(
  rules: RuleTable,
  path: Path,
  from: number,
): { rule: LeafRule | undefined; root: Path } {
  let table = rules
  for (let at = from; at < path.length; at++) {
    const rule = ruleIn(table, path[at] ?? '')
    if (typeof rule === 'function') return { rule: undefined, root: path }
    if (typeof rule !== 'object') return { rule, root: path.slice(0, at + 1) }
    table = rule
  }
  // An object stands in the place of a table: null, or nothing in it.
  return { rule: 'literal', root: path }
}
