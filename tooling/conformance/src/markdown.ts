/** A column is text, set left, or numbers, set right. */
export type Column = readonly [title: string, content: 'text' | 'number']

export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  return [
    columns.map(([title]) => title),
    columns.map(([, content]) => (content === 'text' ? '---' : '--:')),
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
