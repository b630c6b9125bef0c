import { columns as inColumns } from '../../config/command.ts'
import { type Column, table } from '@tooling/conformance/markdown'
import { groups as chatGroups } from './accumulators/cases.ts'
import { answerTable } from './answers/table.ts'
import type { Area } from './areas.ts'
import { clientTable } from './clients/table.ts'
import { encoderTable } from './encoders/table.ts'
import { parserTable } from './parsers/table.ts'
import { groups as responseGroups } from './responses/cases.ts'
import type { AreaResults, Row } from './results.ts'

/** How an area's results become a table. */
export interface AreaTable<Result> {
  /** Those of the name and the version, and one for each cell. */
  readonly columns: readonly Column[]
  readonly cells: (result: Result) => readonly string[]
  /** Which of two comes first: below zero for the first. */
  readonly better: (a: Result, b: Result) => number
}

const tables = {
  parsers: parserTable,
  accumulators: answerTable('accumulator', chatGroups, ['right', 'wrong', 'fails', 'not shown']),
  responses: answerTable('reader', responseGroups, ['right', 'wrong', 'fails']),
  encoders: encoderTable,
  clients: clientTable,
} as Readonly<Record<Area, AreaTable<never>>>

/** For a README. The rows of this repository come first, the others from the best on. */
export function markdownTable(area: Area, results: AreaResults<object>): string {
  const { columns } = tables[area]
  const rows = inOrder(area, results.peers).map((row) => [
    `\`${row.name}\``,
    isOurs(row) ? 'this one' : row.version,
    ...cellsOf(area, row),
  ])
  const { date, node } = results
  return [
    table(columns, rows),
    '',
    `Taken on ${date} with Node ${node}, by \`npm run conformance -- ${area}\`.`,
  ].join('\n')
}

/** What the rows have to add in words, of those that have anything. */
export function markdownNotes(area: Area, results: AreaResults<object>): string {
  return inOrder(area, results.peers)
    .flatMap(({ name, version, result }) => {
      const note = (result as { note?: string } | undefined)?.note
      return note === undefined ? [] : [`- \`${name}\` ${version}: ${note}`]
    })
    .join('\n')
}

/** For a terminal. */
export function plainTable(area: Area, results: AreaResults<object>): string {
  const rows = inOrder(area, results.peers).map((row) => [
    row.name,
    row.version,
    ...cellsOf(area, row),
  ])
  return inColumns([tables[area].columns.map(([title]) => title), ...rows])
}

export function isOurs({ name }: { readonly name: string }): boolean {
  return name.startsWith('@tesserae/')
}

/** Why there is no result stands in the place of the first. */
function cellsOf(area: Area, { result, lost = '' }: Row<object>): readonly string[] {
  const { cells, columns } = tables[area]
  return result === undefined
    ? columns.slice(2).map((_, at) => (at === 0 ? lost : ''))
    : cells(result as never)
}

export function inOrder<Result extends object>(
  area: Area,
  rows: readonly Row<Result>[],
): readonly Row<Result>[] {
  const { better } = tables[area]
  return rows.toSorted((a, b) => {
    if (isOurs(a) !== isOurs(b)) return isOurs(a) ? -1 : 1
    if (a.result === undefined || b.result === undefined) return a.result === undefined ? 1 : -1
    return better(a.result as never, b.result as never) || (a.file < b.file ? -1 : 1)
  })
}
