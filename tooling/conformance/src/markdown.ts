/** Of text, which is set left, or of numbers, which are set right. */
export type Column = string | readonly [title: string, content: 'number']

export const titleOf = (column: Column): string => (typeof column === 'string' ? column : column[0])

export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  return [
    columns.map(titleOf),
    columns.map((column) => (typeof column === 'string' ? '---' : '--:')),
    ...rows,
  ]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
}

/** Replaces what stands between a pair of markers, which must be there exactly once: `<!-- size:parser -->`, `<!-- /size -->`. */
export function replaceBetween(text: string, name: string, content: string): string {
  const open = `<!-- ${name} -->`
  const close = `<!-- /${name.split(':')[0]} -->`
  const [before, after, ...more] = text.split(open)
  const end = after?.indexOf(close) ?? -1
  if (after === undefined || more.length > 0 || end < 0)
    throw new Error(`needs ${open} and, below it, ${close}, once`)
  return `${before}${open}\n\n${content}\n\n${after.slice(end)}`
}
