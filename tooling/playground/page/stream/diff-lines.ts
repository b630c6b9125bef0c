/** A line of two texts that are compared: in both, or only in one. */
export interface DiffLine {
  readonly left: string | undefined
  readonly right: string | undefined
}

/** Longer texts are compared line by line in place: the table of the comparison grows with the product. */
const MOST_LINES = 1500

/** Two texts line by line, equal lines next to each other, with as many of them as there can be. */
export function diffLines(left: string, right: string): DiffLine[] {
  const one = left.split('\n')
  const other = right.split('\n')
  if (one.length > MOST_LINES || other.length > MOST_LINES) return inPlace(one, other)
  const common = commonLengths(one, other)
  const lines: DiffLine[] = []
  let at = 0
  let to = 0
  while (at < one.length || to < other.length) {
    if (at < one.length && to < other.length && one[at] === other[to])
      lines.push({ left: one[at++], right: other[to++] })
    else if (
      to === other.length ||
      (at < one.length && common[at + 1]![to]! >= common[at]![to + 1]!)
    )
      lines.push({ left: one[at++], right: undefined })
    else lines.push({ left: undefined, right: other[to++] })
  }
  return lines
}

/** For each two places: how many lines two texts have in common from there on. */
function commonLengths(one: readonly string[], other: readonly string[]): Uint16Array[] {
  const table = Array.from({ length: one.length + 1 }, () => new Uint16Array(other.length + 1))
  for (let at = one.length - 1; at >= 0; at--)
    for (let to = other.length - 1; to >= 0; to--)
      table[at]![to] =
        one[at] === other[to]
          ? table[at + 1]![to + 1]! + 1
          : Math.max(table[at + 1]![to]!, table[at]![to + 1]!)
  return table
}

function inPlace(one: readonly string[], other: readonly string[]): DiffLine[] {
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
