import { isEmpty, type Wire, wireIn } from '../wire.ts'

export { copyOf, isWire, type Wire, wireIn } from '../wire.ts'
/** An object from the wire, while it is built here. */
export type Draft = Record<string, unknown>

/** Whether a value says nothing: missing, null, an empty text or an empty list. */
export function isNothing(value: unknown): boolean {
  return isEmpty(value) || (Array.isArray(value) && value.length === 0)
}

/** The items of a list; of anything else, none. */
export function listIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** The text in a delta: some servers wrap it in `{ text }`. A value that is not text becomes its JSON. */
export function pieceOf(value: unknown): string {
  if (typeof value === 'string') return value
  if (isEmpty(value)) return ''
  const { text } = wireIn(value)
  return typeof text === 'string' ? text : JSON.stringify(value)
}

/**
 * What a finished value says, with what it leaves empty taken from the value that was streamed: servers close a text
 * with an empty text, and a list of log probabilities with an empty list.
 */
export function inherit(streamed: Wire, whole: Wire, fields: readonly string[]): Draft {
  const result: Draft = { ...whole }
  for (const field of fields)
    if (isNothing(whole[field]) && !isNothing(streamed[field])) result[field] = streamed[field]
  return result
}
