import { isDeepStrictEqual } from 'node:util'

/** What was compared of one pair, and what came of it. */
export class Sheet {
  readonly #equal = new Map<string, number>()
  readonly #known = new Map<string, string[]>()
  readonly #delays: number[] = []
  readonly failures: string[] = []

  /**
   * Compares.
   *
   * @param what - what is compared, in the plural: these are counted
   * @param name - which of them this is
   * @param known - why it is not the whole truth that is expected, if it is not
   */
  compare(what: string, name: string, actual: unknown, expected: unknown, known?: string): void {
    if (!isDeepStrictEqual(plain(actual), plain(expected)))
      this.failures.push(`${what}, ${name}: ${difference(plain(actual), plain(expected))}`)
    else if (known === undefined) add(this.#equal, what)
    else this.#known.set(known, [...(this.#known.get(known) ?? []), name])
  }

  /** Counts something that holds, or says what does not. */
  check(what: string, holds: boolean, otherwise: string): void {
    if (holds) add(this.#equal, what)
    else this.failures.push(otherwise)
  }

  /** How long the first event took. */
  delay(milliseconds: number): void {
    this.#delays.push(milliseconds)
  }

  get passed(): boolean {
    return this.failures.length === 0
  }

  /** What was equal, in the order in which it was first compared. */
  summary(): string {
    const parts = [...this.#equal].map(
      ([what, count]) => `${count} ${count === 1 ? what.slice(0, -1) : what}`,
    )
    const known = [...this.#known.values()].flat().length
    if (known > 0) parts.push(`${known} as known`)
    if (this.#delays.length > 0)
      parts.push(`first event after ${Math.max(...this.#delays).toFixed(1)} ms`)
    return parts.join(', ')
  }

  /** What is known not to be the whole truth. */
  notes(): string[] {
    return [...this.#known].map(([known, names]) => {
      const [first = ''] = names
      return `${first}${names.length > 1 ? `, and ${names.length - 1} more` : ''}: ${known}`
    })
  }
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

/** As it would stand in JSON: a field that is undefined is none. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value))
}

/** The first place where two values differ. */
export function difference(actual: unknown, expected: unknown, place = ''): string {
  if (isObject(actual) && isObject(expected) && Array.isArray(actual) === Array.isArray(expected)) {
    for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)]))
      if (!isDeepStrictEqual(actual[key], expected[key]))
        return difference(actual[key], expected[key], place === '' ? key : `${place}.${key}`)
  }
  const from =
    typeof actual === 'string' && typeof expected === 'string' ? parting(actual, expected) : 0
  return `${place === '' ? 'it' : place} is ${shown(actual, from)}, not ${shown(expected, from)}`
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

/** Where two texts part, with some of what they have in common before it. */
function parting(one: string, other: string): number {
  let at = 0
  while (at < one.length && one[at] === other[at]) at++
  return Math.max(0, at - 40)
}

function shown(value: unknown, from: number): string {
  const text = JSON.stringify(typeof value === 'string' ? value.slice(from) : value) ?? 'missing'
  const start = from > 0 ? `${text[0]}…${text.slice(1)}` : text
  return start.length > 200 ? `${start.slice(0, 200)}…` : start
}
