import { diffArrays } from 'diff'

/** A line of two texts that are compared: in both, or only in one. */
export interface DiffLine {
  readonly left: string | undefined
  readonly right: string | undefined
}

/** Texts that differ so much that the search takes longer are compared line by line in place. */
const MOST_MS = 1_000

/** Two texts line by line, equal lines next to each other, with as many of them as there can be. */
export function diffLines(left: string, right: string): DiffLine[] {
  const one = left.split('\n')
  const other = right.split('\n')
  const found = diffArrays(one, other, { timeout: MOST_MS })
  if (found)
    return found.flatMap(({ value, added, removed }) =>
      value.map((line) => ({
        left: added ? undefined : line,
        right: removed ? undefined : line,
      })),
    )
  return Array.from({ length: Math.max(one.length, other.length) }, (_, at) => ({
    left: one[at],
    right: other[at],
  }))
}

/** A value as text whose lines can be compared: keys in order. */
export function comparable(value: unknown): string {
  return JSON.stringify(sorted(value), null, 2) ?? ''
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, inner]) => [key, sorted(inner)] as const)
  return Object.fromEntries(entries.toSorted(([one], [other]) => (one < other ? -1 : 1)))
}
