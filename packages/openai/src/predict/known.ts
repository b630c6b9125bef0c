import { copyOf, setField, type Wire } from '../wire.ts'
import { nameOf } from './leaves.ts'
import { Letters } from './letters.ts'
import { type Literal, literalOf } from './literal.ts'
import type { Filling, Pattern } from './match.ts'
import type { Hole, Path, Template } from './template.ts'

/** A filling with the place in the chunk that it belongs to. */
interface Place extends Filling {
  readonly path: Path
  /** The value in the event that was taken last. */
  taken: unknown
}

/** A template in use: matches events, and makes the chunk that says the same as all that were taken. */
export class Known implements Pattern {
  readonly literals: readonly Literal[]
  readonly fillings: readonly Place[]
  readonly joins: boolean
  /** The template that matched after this one when it last came. */
  next: Known | undefined
  /** How many events matched. */
  hits = 0
  readonly #text: string
  #waits = false
  /** A chunk of its own, filled again and again. */
  #chunk: Record<string, unknown> | undefined
  readonly #setters: ((value: unknown) => void)[] = []

  constructor(template: Template, literals: readonly Literal[]) {
    this.literals = literals
    this.#text = template.text
    this.joins = template.joins
    this.fillings = template.holes.map(({ kind, path }) => ({
      kind,
      path,
      letters: kind === 'text' || kind === 'string' ? new Letters() : undefined,
      value: undefined,
      taken: undefined,
    }))
  }

  /** Takes the event that was matched. Returns whether what waits should be pushed now. */
  take(): boolean {
    this.hits++
    this.#waits = true
    let isFull = !this.joins
    for (const filling of this.fillings) {
      const { letters } = filling
      if (letters === undefined) filling.taken = filling.value
      else {
        letters.length = letters.end
        if (filling.kind === 'string') filling.taken = letters.take()
        else isFull ||= letters.isHalfFull
      }
    }
    return isFull
  }

  /** The chunk that says what all events said that were taken since the last one; `undefined` if there were none. */
  chunk(): Wire | undefined {
    if (!this.#waits) return undefined
    this.#waits = false
    const chunk = (this.#chunk ??= this.#prepare())
    let at = 0
    for (const { kind, letters, taken } of this.fillings)
      if (kind === 'text') this.#setters[at++]?.(letters?.take())
      else if (kind === 'string' || kind === 'number' || kind === 'parsed')
        this.#setters[at++]?.(taken)
    return chunk
  }

  #prepare(): Record<string, unknown> {
    const chunk = JSON.parse(this.#text) as Record<string, unknown>
    const copied = new Set<string>()
    for (const { kind, path } of this.fillings)
      if (!kind.startsWith('skipped'))
        this.#setters.push(setter(chunk, path, keptAt(kind, path), copied))
    return chunk
  }
}

/**
 * Sets a leaf of a chunk. The accumulator reads the containers of deltas and keeps none of them, so they are filled in
 * place. It keeps objects that it does not know, so those are copied before the first leaf in them is set.
 */
function setter(
  chunk: Record<string, unknown>,
  path: Path,
  kept: number,
  copied: Set<string>,
): (value: unknown) => void {
  const parent = at(chunk, path.slice(0, kept))
  const name = path[kept] ?? ''
  if (kept === path.length - 1) return (value) => setField(parent, name, value)
  const inner = path.slice(kept + 1, -1)
  const last = path.at(-1) ?? ''
  const root = nameOf(path.slice(0, kept + 1))
  const isFirst = !copied.has(root)
  copied.add(root)
  return (value) => {
    if (isFirst) setField(parent, name, copyOf((parent as Wire)[name]))
    setField(at((parent as Wire)[name] as object, inner), last, value)
  }
}

/** The position in a path of the field whose value the accumulator keeps. */
function keptAt(kind: Hole['kind'], path: Path): number {
  // The path of what adds up ends at the field that the rule is about: what stands around it is read and not kept.
  if (kind === 'text' || kind === 'parsed') return path.length - 1
  if (path[0] !== 'choices') return 0
  if (path[2] !== 'delta') return 2
  return path[3] === 'tool_calls' ? path.length - 1 : 3
}

function at(value: object, path: Path): object {
  let found: unknown = value
  for (const key of path) found = (found as Wire)[key]
  return found as object
}

/** Makes a template ready for use; `before` and `after` stand around the data of an event. */
export function knownOf(template: Template, before: string, after: string): Known {
  const { text, holes } = template
  const literals: Literal[] = []
  let from = 0
  for (let number = 0; number <= holes.length; number++) {
    const hole = holes[number]
    const start = number === 0 ? before : ''
    const end = hole === undefined ? after : ''
    literals.push(literalOf(start + text.slice(from, hole?.start) + end))
    from = hole?.end ?? from
  }
  return new Known(template, literals)
}
