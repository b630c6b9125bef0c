import { endOfString, isSpace } from '../json/scan.ts'

/** A string, number, word or empty container, with the place of its text; a string without its quotes. */
export interface Leaf {
  readonly kind: 'string' | 'number' | 'word' | 'empty'
  /** The keys and positions that lead to it, each after a line feed, which no key holds. */
  readonly name: string
  readonly start: number
  readonly end: number
}

/** Where a container stands that is not empty. */
export interface Branch {
  readonly start: number
  readonly end: number
}

/** The leaves of a document, in order, and its containers by name. */
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
  return walk.value('', 0, 0) < 0 ? undefined : walk
}

/** The keys and positions in a name. */
export function pathOf(name: string): string[] {
  return name.split('\n').slice(1)
}

export function nameOf(path: readonly string[]): string {
  return path.map((key) => `\n${key}`).join('')
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
  value(name: string, from: number, depth: number): number {
    const text = this.#text
    const start = this.#skip(from)
    const first = text.charCodeAt(start)
    if (first === 0x7b || first === 0x5b) return this.#container(name, start, first === 0x5b, depth)
    if (first === 0x22) {
      const end = endOfString(text, start + 1)
      return this.#leaf('string', name, start + 1, end) ? end + 1 : -1
    }
    let end = start
    while (end < text.length && isWordLetter(text.charCodeAt(end))) end++
    return this.#leaf(first >= 0x61 ? 'word' : 'number', name, start, end) ? end : -1
  }

  #container(name: string, start: number, isList: boolean, depth: number): number {
    const text = this.#text
    if (depth >= MAX_DEPTH || this.#isTaken(name)) return -1
    const close = isList ? 0x5d : 0x7d
    let at = this.#skip(start + 1)
    if (text.charCodeAt(at) === close) {
      this.leaves.push({ kind: 'empty', name, start, end: at + 1 })
      return at + 1
    }
    for (let position = 0; ; position++) {
      let key = ''
      if (isList) key = String(position)
      else {
        const end = endOfString(text, at + 1)
        key = text.slice(at + 1, end)
        if (key.includes('\\') || key === '__proto__') return -1
        at = this.#skip(end + 1) + 1
      }
      at = this.value(`${name}\n${key}`, at, depth + 1)
      if (at < 0) return -1
      at = this.#skip(at)
      if (text.charCodeAt(at) === close) break
      at = this.#skip(at + 1)
    }
    this.branches.set(name, { start, end: at + 1 })
    return at + 1
  }

  #leaf(kind: Leaf['kind'], name: string, start: number, end: number): boolean {
    if (end < start || this.leaves.length >= MAX_LEAVES || this.#isTaken(name)) return false
    this.leaves.push({ kind, name, start, end })
    return true
  }

  #isTaken(name: string): boolean {
    if (this.#names.has(name)) return true
    this.#names.add(name)
    return false
  }

  #skip(from: number): number {
    let at = from
    while (isSpace(this.#text.charCodeAt(at))) at++
    return at
  }
}

/** Whether a number or word goes on with this letter: anything but a comma, a closing bracket or white space. */
function isWordLetter(code: number): boolean {
  return code !== 0x2c && code !== 0x5d && code !== 0x7d && !isSpace(code)
}
