/** A line that only one of two texts has, with the sign of the one that has it. */
export type DiffLine = `- ${string}` | `+ ${string}`

/**
 * The fewest lines to take away from one text and to add to it that make the other of it: the longest common
 * subsequence, by the table of the textbook. Quadratic, and the texts have some hundred lines.
 */
export function diff(before: readonly string[], after: readonly string[]): DiffLine[] {
  const width = after.length + 1
  // Length of the longest common subsequence of what begins at each pair of lines.
  const common = new Uint32Array((before.length + 1) * width)
  const at = (row: number, column: number): number => common[row * width + column] as number
  for (let row = before.length - 1; row >= 0; row--) {
    for (let column = after.length - 1; column >= 0; column--) {
      common[row * width + column] =
        before[row] === after[column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1))
    }
  }
  const lines: DiffLine[] = []
  let row = 0
  let column = 0
  while (row < before.length || column < after.length) {
    if (row < before.length && column < after.length && before[row] === after[column]) {
      row++
      column++
    } else if (
      column === after.length ||
      (row < before.length && at(row + 1, column) >= at(row, column + 1))
    ) {
      lines.push(`- ${before[row++]}`)
    } else {
      lines.push(`+ ${after[column++]}`)
    }
  }
  return lines
}
