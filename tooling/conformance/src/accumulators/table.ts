import { table } from '@tooling/conformance/markdown'
import type { Row } from '../results.ts'
import type { AreaTable } from '../tables.ts'
import { groups } from './cases.ts'
import type { AccumulatorResult } from './run-peer.ts'

export const accumulatorTable: AreaTable<AccumulatorResult> = {
  columns: [
    ['accumulator', 'text'],
    ['version', 'text'],
    ['right', 'number'],
    ['wrong', 'number'],
    ['fails', 'number'],
    ['not shown', 'number'],
    ...Object.entries(groups).map(
      ([group, { length }]) => [`${group}, of ${length}`, 'number'] as const,
    ),
  ],
  cells: ({ verdicts }) => [
    `${count(verdicts, 'right')} of ${Object.keys(verdicts).length}`,
    `${count(verdicts, 'wrong')}`,
    `${count(verdicts, 'fails')}`,
    `${count(verdicts, 'not shown')}`,
    ...Object.values(groups).map(
      (cases) => `${cases.filter(({ name }) => verdicts[name] === 'right').length}`,
    ),
  ],
  better: (a, b) => count(b.verdicts, 'right') - count(a.verdicts, 'right'),
}

export function count(verdicts: AccumulatorResult['verdicts'], word: string): number {
  return Object.values(verdicts).filter((verdict) => verdict.startsWith(word)).length
}

/** A row for each case with why it is judged so, a column for each peer. */
export function caseTable(peers: readonly Row<AccumulatorResult>[]): string {
  return Object.entries(groups)
    .map(([group, cases]) => {
      const rows = cases.map(({ name, why }) => [
        name,
        why,
        ...peers.map(({ result }) => signs[result?.verdicts[name]?.split(':')[0] ?? ''] ?? ''),
      ])
      const columns = ['case', 'why', ...peers.map((peer) => peer.name)]
      return `### ${group}\n\n${table(
        columns.map((title) => [title, 'text'] as const),
        rows,
      )}`
    })
    .join('\n\n')
}

const signs: Readonly<Record<string, string>> = {
  right: '✓',
  wrong: '✗',
  fails: '!',
  'not shown': '–',
}
