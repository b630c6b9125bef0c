/** The title of one case of `it.each`: `%s` and its kin take the values in turn, `$name` reads a property. */
export function caseTitle(template: string, values: readonly unknown[], index: number): string {
  let next = 0
  return template
    .replace(/%[%sdifjoO#$]/g, (mark) => {
      if (mark === '%%') return '%'
      if (mark === '%#') return String(index)
      if (mark === '%$') return String(index + 1)
      return next < values.length ? show(values[next++]) : mark
    })
    .replace(/\$([\p{ID_Start}_][\p{ID_Continue}.]*)/gu, (mark, path: string) => {
      const value = read(values[0], path.split('.'))
      return value === undefined ? mark : show(value)
    })
}

function read(value: unknown, path: readonly string[]): unknown {
  let at = value
  for (const key of path)
    at = at === null || at === undefined ? undefined : (at as Record<string, unknown>)[key]
  return at
}

function show(value: unknown): string {
  if (typeof value === 'string') return value
  try {
    return JSON.stringify(value) ?? String(value)
  } catch {
    // A bigint or a cycle: its kind is enough to tell cases apart, with the index.
    return String(value)
  }
}
