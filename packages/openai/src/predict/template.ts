import { ruleIn } from '../accumulator/fields.ts'
import {
  choiceRules,
  chunkRules,
  deltaRules,
  type MergeRule,
  type RuleTable,
} from '../accumulator/rules.ts'
import { isEmpty, isWire, type Wire } from '../wire.ts'
import { type Branch, type Leaf, type Leaves, leavesOf, nameOf, pathOf } from './leaves.ts'

// A template is learnt from two chunks of one shape: the leaves in which they differ, and all text that grows, are
// holes; everything else is literal. A chunk with the same bytes between its holes is the same chunk with other leaves.
//
// Many such chunks are pushed as one. That is the same as pushing each of them, because a literal or a hole is only
// allowed where its merge rule makes it so:
//
//   rule of the field       literal                 hole
//   ----------------------  ----------------------  ----------------------------------------------------------
//   first, drop             yes                     skipped; of `first`, only if a value came before
//   last, merge             yes                     the last value counts; a string must not be empty
//   concat, parts           null or an empty list   text is joined
//   append, blocks, parts   null or an empty list   the field is parsed, and each chunk is pushed by itself

/** The keys and positions that lead to a value. */
export type Path = readonly string[]

/** A place in which chunks of one shape differ. */
export interface Hole {
  readonly kind: 'text' | 'string' | 'number' | 'skipped string' | 'skipped number' | 'parsed'
  readonly path: Path
  readonly start: number
  readonly end: number
}

/** What the chunks of one shape have in common. */
export interface Template {
  /** The text of the chunk that it was learnt from. */
  readonly text: string
  readonly holes: readonly Hole[]
  /** Whether several chunks may be pushed as one. */
  readonly joins: boolean
}

/** More holes are slower to fill than a chunk is to parse. */
const MAX_HOLES = 24

/**
 * Learns the template of two chunks.
 *
 * @param before - the text of an earlier chunk
 * @param text - the text of a later one
 * @param chunk - the later one
 * @param varying - names of leaves that differed earlier; those that differ now are added
 */
export function learn(
  before: string,
  text: string,
  chunk: Wire,
  varying: Set<string>,
): Template | undefined {
  // An event without line ends: data of several lines is written differently.
  if (/[\r\n]/.test(text) || !hasDistinctChoices(chunk['choices'])) return undefined
  // Bytes cannot express half a character.
  if (!isWellFormed(text)) return undefined
  const [old, found] = [leavesOf(before), leavesOf(text)]
  if (old === undefined || found === undefined) return undefined
  const byName = new Map(old.leaves.map((leaf) => [leaf.name, leaf]))
  const learner = new Learner(found, chunk)
  for (const leaf of found.leaves) {
    const earlier = byName.get(leaf.name)
    const value = text.slice(leaf.start, leaf.end)
    const differs = earlier === undefined || before.slice(earlier.start, earlier.end) !== value
    if (differs) varying.add(leaf.name)
    if (!learner.take(leaf, value, differs || varying.has(leaf.name))) return undefined
  }
  const { holes } = learner
  if (holes.length === 0 || holes.length > MAX_HOLES) return undefined
  return { text, holes, joins: learner.joins }
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
  return indexes.every(Number.isSafeInteger) && new Set(indexes).size === indexes.length
}

class Learner {
  readonly holes: Hole[] = []
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
    switch (rule) {
      case undefined:
        return false
      case 'literal':
        return !differs
      case 'last':
      case 'merge':
        return !differs || this.#last(leaf, path)
      case 'first':
        return !differs || this.#skipped(leaf, path, 1)
      case 'drop':
        return (!differs && !isPadding(leaf, path)) || this.#skipped(leaf, path, 0)
      case 'concat':
        return value === 'null' ? !differs : this.#text(leaf, path, root)
      case 'parts':
        if (this.#text(leaf, path, root)) return true
        break
      default:
    }
    return value === 'null' || value === '[]' ? !differs : this.#parsed(root)
  }

  #hole(kind: Hole['kind'], path: Path, { start, end }: Branch): boolean {
    this.holes.push({ kind, path, start, end })
    return true
  }

  #text(leaf: Leaf, path: Path, root: Path): boolean {
    return leaf.kind === 'string' && path.length === root.length && this.#hole('text', path, leaf)
  }

  #last(leaf: Leaf, path: Path): boolean {
    if (leaf.kind === 'string') return leaf.end > leaf.start && this.#hole('string', path, leaf)
    return leaf.kind === 'number' && this.#hole('number', path, leaf)
  }

  #skipped(leaf: Leaf, path: Path, least: number): boolean {
    if (leaf.kind === 'string')
      return leaf.end - leaf.start >= least && this.#hole('skipped string', path, leaf)
    return leaf.kind === 'number' && this.#hole('skipped number', path, leaf)
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
  #ruleOf(path: Path): { rule: MergeRule | 'literal' | undefined; root: Path } {
    const [top, position, field, name] = path
    if (top === 'usage') return { rule: 'last', root: ['usage'] }
    if (top === 'error') return { rule: path.length === 1 ? 'literal' : undefined, root: path }
    // What these two say decides how a chunk is read.
    if (top === 'object') return { rule: 'literal', root: path }
    if (top !== 'choices') return within(chunkRules, path, 0)
    if (position === undefined || field === undefined) return { rule: undefined, root: path }
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
  #ruleOfCall(path: Path, choice: Wire): MergeRule | 'literal' | undefined {
    const [, , , , position, key, name] = path
    if (position === undefined) return 'literal'
    const entries = (choice['delta'] as Wire)['tool_calls']
    if (!Array.isArray(entries) || entries.length > 1 || !isWire(entries[0])) return undefined
    const { id, type, function: body } = entries[0]
    if (type === 'custom' || !isWire(body)) return undefined
    // The resolver may see another call in a fragment that names one: each is pushed by itself.
    if (!isEmpty(id) || !isEmpty(body['name'])) this.joins = false
    if (key === 'function' && name === 'arguments')
      return typeof body['arguments'] === 'string' ? 'concat' : 'literal'
    const isKnown = key === 'index' || key === 'id' || key === 'type'
    return isKnown || (key === 'function' && name === 'name') ? 'literal' : undefined
  }
}

/** Padding is a hole even where two neighbours happen to have the same. */
function isPadding({ kind }: Leaf, path: Path): boolean {
  return kind === 'string' && path.length < 5
}

/** Follows tables of rules along a path whose first field of a table stands at `from`. */
function within(
  rules: RuleTable,
  path: Path,
  from: number,
): { rule: MergeRule | 'literal' | undefined; root: Path } {
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
