import type { AreaTable } from '../tables.ts'
import type { ParserResult } from './run-peer.ts'
import { topicOf } from './topics.ts'

export const parserTable: AreaTable<ParserResult> = {
  columns: [
    ['parser', 'text'],
    ['version', 'text'],
    ['right in one piece', 'number'],
    ['right at every cut', 'number'],
    ['wrong about', 'text'],
  ],
  cells: (result) => [
    `${result.whole} of ${result.vectors}`,
    `${result.everyCut}`,
    aboutWhat(result),
  ],
  better: (a, b) => b.everyCut - a.everyCut || b.whole - a.whole,
}

/** More would be too long to read. */
const shown = 4

/** Counts by topic, the most frequent first; what is handed on unfinished is a topic of its own. */
function aboutWhat({ wrong }: ParserResult): string {
  const topics = Map.groupBy(Object.entries(wrong), ([vector, { fault }]) =>
    fault === 'unfinished' ? 'unfinished events' : topicOf(vector),
  )
  const counts = [...topics]
    .map(([topic, { length }]) => [topic, length] as const)
    .toSorted(([, a], [, b]) => b - a)
  const rest = counts.slice(shown).reduce((sum, [, count]) => sum + count, 0)
  return [...counts.slice(0, shown), ...(rest > 0 ? [['other', rest] as const] : [])]
    .map(([topic, count]) => `${topic} ${count}`)
    .join(', ')
}
