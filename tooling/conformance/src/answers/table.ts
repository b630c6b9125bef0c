import { table } from '@tooling/conformance/markdown'
import type { Row } from '../results.ts'
import type { AreaTable } from '../tables.ts'
import type { Case } from './case.ts'
import type { AnswerResult } from './run-cases.ts'

/** Cases by what they are about. */
export type Groups = Readonly<Record<string, readonly Case[]>>

/** @param words - the verdicts that have a column */
export function answerTable(
  title: string,
  groups: Groups,
  words: readonly string[],
): AreaTable<AnswerResult> {
  return {
    columns: [
      [title, 'text'],
      ['version', 'text'],
      ...words.map((word) => [word, 'number'] as const),
      ...Object.entries(groups).map(
        ([group, { length }]) => [`${group}, of ${length}`, 'number'] as const,
      ),
    ],
    cells: ({ verdicts }) => [
      ...words.map((word) => {
        const total = word === 'right' ? ` of ${Object.keys(verdicts).length}` : ''
        return `${countOf(verdicts, word)}${total}`
      }),
      ...Object.values(groups).map(
        (cases) => `${cases.filter(({ name }) => verdicts[name] === 'right').length}`,
      ),
    ],
    better: (a, b) => countOf(b.verdicts, 'right') - countOf(a.verdicts, 'right'),
  }
}

export function countOf(verdicts: AnswerResult['verdicts'], word: string): number {
  return Object.values(verdicts).filter((verdict) => verdict.startsWith(word)).length
}

/** A row for each case with its reason, a column for each peer. */
export function caseTable(
  heading: string,
  groups: Groups,
  peers: readonly Row<AnswerResult>[],
): string {
  return Object.entries(groups)
    .map(([group, cases]) => {
      const rows = cases.map(({ name, why }) => [
        name,
        why,
        ...peers.map(({ result }) => signs[result?.verdicts[name]?.split(':')[0] ?? ''] ?? ''),
      ])
      const columns = ['case', 'why', ...peers.map((peer) => peer.name)]
      return `${heading} ${group}\n\n${table(
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
