/**
 * The JSON documents that stand one behind the other in a text, with nothing but white space between them; `undefined` if
 * it is anything else. Documentation prints streams without the blank lines that end events: a conformant parser makes one
 * event of such a print. What stands behind `[DONE]` does not count.
 */
export function documentsIn(text: string): unknown[] | undefined {
  const documents: unknown[] = []
  let at = 0
  while (at < text.length) {
    if (text.startsWith('[DONE]', at)) return [...documents, '[DONE]']
    const end = endOfDocument(text, at)
    if (end < 0) return undefined
    try {
      documents.push(JSON.parse(text.slice(at, end)))
    } catch {
      return undefined
    }
    at = end
    while (/\s/.test(text.charAt(at))) at++
  }
  return documents
}

/** Where the object or list that begins here ends, by its brackets. */
export function endOfDocument(text: string, from: number): number {
  let depth = 0
  let inString = false
  for (let at = from; at < text.length; at++) {
    const character = text.charAt(at)
    if (inString) {
      if (character === '\\') at++
      else if (character === '"') inString = false
    } else if (character === '"') inString = true
    else if (character === '{' || character === '[') depth++
    else if ((character === '}' || character === ']') && --depth === 0) return at + 1
    if (depth === 0) return -1
  }
  return -1
}
