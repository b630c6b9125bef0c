import { table } from '@tooling/conformance/markdown'
import type { Row } from '../results.ts'
import type { AreaTable } from '../tables.ts'
import { groups } from './cases.ts'
import type { ResponseResult } from './run-peer.ts'

export const responseTable: AreaTable<ResponseResult> = {
  columns: [
    ['reader', 'text'],
    ['version', 'text'],
    ['right', 'number'],
    ['wrong', 'number'],
    ['fails', 'number'],
    ...Object.entries(groups).map(
      ([group, { length }]) => [`${group}, of ${length}`, 'number'] as const,
    ),
  ],
  cells: ({ verdicts }) => [
    `${countOf(verdicts, 'right')} of ${Object.keys(verdicts).length}`,
    `${countOf(verdicts, 'wrong')}`,
    `${countOf(verdicts, 'fails')}`,
    ...Object.values(groups).map(
      (cases) => `${cases.filter(({ name }) => verdicts[name] === 'right').length}`,
    ),
  ],
  better: (a, b) => countOf(b.verdicts, 'right') - countOf(a.verdicts, 'right'),
}

function countOf(verdicts: ResponseResult['verdicts'], word: string): number {
  return Object.values(verdicts).filter((verdict) => verdict.startsWith(word)).length
}

/** A row for each case with its reason, a column for each peer. */
export function responseCaseTable(peers: readonly Row<ResponseResult>[]): string {
  return Object.entries(groups)
    .map(([group, cases]) => {
      const rows = cases.map(({ name, why }) => [
        name,
        why,
        ...peers.map(({ result }) => signs[result?.verdicts[name]?.split(':')[0] ?? ''] ?? ''),
      ])
      const columns = ['case', 'why', ...peers.map((peer) => peer.name)]
      return `#### ${group}\n\n${table(
        columns.map((title) => [title, 'text'] as const),
        rows,
      )}`
    })
    .join('\n\n')
}

const signs: Readonly<Record<string, string>> = { right: '✓', wrong: '✗', fails: '!' }
