/**
 * How text is cut: into words with the space before them, into so many characters, not at all, or as you say. The pieces
 * that you give have to join to the text.
 */
export type Granularity = 'word' | 'whole' | number | ((text: string) => Iterable<string>)

/** Text in pieces; of none, none. No character is cut in two. */
export function piecesOf(text: string, granularity: Granularity): Iterable<string> {
  if (text === '') return []
  if (typeof granularity === 'function') return granularity(text)
  if (granularity === 'whole') return [text]
  if (granularity !== 'word' && !(Number.isSafeInteger(granularity) && granularity > 0))
    throw new RangeError(
      "granularity has to be 'word', 'whole', a whole number from 1, or a function.",
    )
  const pattern =
    granularity === 'word' ? /\s*\S+|\s+/gu : new RegExp(`[^]{1,${granularity}}`, 'gu')
  return text.match(pattern) ?? [text]
}
