import { badGranularity } from '../errors.ts'
import type { Kind } from '../options.ts'

/**
 * How text is cut: into words with the space before them, into pieces of a number of characters, not at all, or by a function.
 * The pieces that a function returns must join to the text.
 */
export type Granularity = 'word' | 'whole' | number | ((text: string) => Iterable<string>)

/** The option, for which `piecesOf` has an error of its own. */
export const GRANULARITY: Kind = ['', () => true]

/** The pieces of a text; no pieces for empty text. No character is cut in two. */
export function piecesOf(text: string, granularity: Granularity): Iterable<string> {
  if (text === '') return []
  if (typeof granularity === 'function') return granularity(text)
  if (granularity === 'whole') return [text]
  if (granularity !== 'word' && !(Number.isSafeInteger(granularity) && granularity > 0))
    throw badGranularity()
  const pattern =
    granularity === 'word' ? /\s*\S+|\s+/gu : new RegExp(`[^]{1,${granularity}}`, 'gu')
  return text.match(pattern) ?? [text]
}
