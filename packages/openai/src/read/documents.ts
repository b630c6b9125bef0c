import { endOfDocument } from '../json/scan.ts'

/**
 * The JSON documents that follow each other in a text, with nothing but white space between them; `undefined` for any
 * other text. Documentation prints streams without the blank lines that end events, so a conformant parser makes one
 * event of them. Text after `[DONE]` is not read.
 */
export function documentsIn(text: string): unknown[] | undefined {
  const documents: unknown[] = []
  const done = /(data:\s*)?\[DONE\]/y
  let at = 0
  while (at < text.length) {
    done.lastIndex = at
    if (done.test(text)) return [...documents, '[DONE]']
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
