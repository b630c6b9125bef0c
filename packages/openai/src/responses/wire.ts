/** An object from the wire. */
export type Wire = Readonly<Record<string, unknown>>
/** The same, while it is built here. */
export type Draft = Record<string, unknown>

export function isWire(value: unknown): value is Wire {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether a value says nothing: missing, null, an empty text or an empty list. */
export function isNothing(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    value === '' ||
    (Array.isArray(value) && value.length === 0)
  )
}

/** The items of a list; of anything else, none. */
export function listIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** The text in a delta: some servers wrap it in `{ text }`. A value that is not text becomes its JSON. */
export function pieceOf(value: unknown): string {
  if (typeof value === 'string') return value
  if (value === undefined || value === null) return ''
  if (isWire(value) && typeof value['text'] === 'string') return value['text']
  return JSON.stringify(value)
}

/** A copy that shares nothing with a value from the wire. Spreading, unlike assigning, keeps a key called `__proto__`. */
export function copyOf<T>(value: T): T {
  if (Array.isArray(value)) return value.map(copyOf) as T
  if (!isWire(value)) return value
  return Object.fromEntries(Object.keys(value).map((key) => [key, copyOf(value[key])])) as T
}

/**
 * What a finished value says, with what it leaves empty taken from the value that was streamed: servers close a text
 * with an empty text, and a list of log probabilities with an empty list.
 */
export function inherit(streamed: Wire | undefined, whole: Wire, fields: readonly string[]): Draft {
  const result: Draft = { ...whole }
  if (streamed === undefined) return result
  for (const field of fields)
    if (isNothing(whole[field]) && !isNothing(streamed[field])) result[field] = streamed[field]
  return result
}
