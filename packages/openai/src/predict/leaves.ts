import { endOfString, isSpace } from '../json/scan.ts'

/** The keys and positions that lead to a value. */
export type Path = readonly (string | number)[]

/** A string, number, word or empty container, with the place of its text; a string without its quotes. */
export interface Leaf {
  readonly kind: 'string' | 'number' | 'word' | 'empty'
  readonly path: Path
  /** The path as one string, to compare by. */
  readonly name: string
  readonly start: number
  readonly end: number
}

/** Where a container stands that is not empty. */
export interface Branch {
  readonly start: number
  readonly end: number
}

/** The leaves of a document in order, and its containers by name. */
export interface Leaves {
  readonly leaves: readonly Leaf[]
  readonly branches: ReadonlyMap<string, Branch>
}

/** Larger documents are not worth learning. */
const MAX_DEPTH = 16
const MAX_LEAVES = 400

/**
 * Finds the leaves of a JSON document that is known to be valid, in one pass over its text. `undefined` for a document
 * that is too large, or in which a key stands twice or is written with escapes, so that its path is not certain.
 */
export function leavesOf(text: string): Leaves | undefined {
  const walk = new Walk(text)
  return walk.value([], 0) < 0 ? undefined : walk
}

export function nameOf(path: Path): string {
  return path.join('\n')
}

class Walk implements Leaves {
  readonly leaves: Leaf[] = []
  readonly branches = new Map<string, Branch>()
  readonly #names = new Set<string>()
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  /** Takes the value that stands at or after `from`, and returns the place after it; -1 to give up. */
  value(path: Path, from: number): number {
    const text = this.#text
    const start = this.#skip(from)
    const first = text.charCodeAt(start)
    if (first === 0x7b || first === 0x5b) return this.#container(path, start, first === 0x5b)
    if (first === 0x22) {
      const end = endOfString(text, start + 1)
      return this.#leaf('string', path, start + 1, end) ? end + 1 : -1
    }
    let end = start
    while (end < text.length && !/[\s,\]}]/.test(text.charAt(end))) end++
    const kind = first >= 0x61 ? 'word' : 'number'
    return this.#leaf(kind, path, start, end) ? end : -1
  }

  #container(path: Path, start: number, isList: boolean): number {
    const text = this.#text
    if (path.length >= MAX_DEPTH) return -1
    const close = isList ? 0x5d : 0x7d
    let at = this.#skip(start + 1)
    if (text.charCodeAt(at) === close) return this.#leaf('empty', path, start, at + 1) ? at + 1 : -1
    for (let position = 0; ; position++) {
      let key: string | number = position
      if (!isList) {
        const end = endOfString(text, at + 1)
        key = text.slice(at + 1, end)
        if (key.includes('\\') || key === '__proto__') return -1
        at = this.#skip(end + 1) + 1
      }
      at = this.value([...path, key], at)
      if (at < 0) return -1
      at = this.#skip(at)
      if (text.charCodeAt(at) === close) break
      at = this.#skip(at + 1)
    }
    const name = nameOf(path)
    if (this.#names.has(name)) return -1
    this.#names.add(name)
    this.branches.set(name, { start, end: at + 1 })
    return at + 1
  }

  #leaf(kind: Leaf['kind'], path: Path, start: number, end: number): boolean {
    const name = nameOf(path)
    if (end < start || this.#names.has(name) || this.leaves.length >= MAX_LEAVES) return false
    this.#names.add(name)
    this.leaves.push({ kind, path, name, start, end })
    return true
  }

  #skip(from: number): number {
    let at = from
    while (isSpace(this.#text.charCodeAt(at))) at++
    return at
  }
}
