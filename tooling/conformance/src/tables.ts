import { columns as inColumns } from '../../config/command.ts'
import { type Column, table, titleOf } from '@tooling/conformance/markdown'
import { type AreaName, areaOf } from './areas.ts'
import { type AreaResults, isOurs, type Row, rowsOf } from './results.ts'

/** For a README. */
export function markdownTable(name: AreaName, results: AreaResults): string {
  const rows = rowsOf(name, results).map((row) => [
    `\`${row.name}\``,
    isOurs(row) ? 'this one' : row.version,
    ...cellsOf(name, row),
  ])
  const { date, node } = results
  return [
    table(columnsOf(name), rows),
    '',
    `Taken on ${date} with Node ${node}, by \`npm run conformance -- ${name}\`.`,
  ].join('\n')
}

/** What the rows have to add in words, of those that have anything. */
export function markdownNotes(name: AreaName, results: AreaResults): string {
  return rowsOf(name, results)
    .filter(({ note }) => note !== undefined)
    .map(({ name, version, note }) => `- \`${name}\` ${version}: ${note}`)
    .join('\n')
}

/** For a terminal. */
export function plainTable(name: AreaName, results: AreaResults): string {
  const titles = columnsOf(name).map(titleOf)
  const rows = rowsOf(name, results).map((row) => [row.name, row.version, ...cellsOf(name, row)])
  return inColumns([titles, ...rows])
}

function columnsOf(name: AreaName): Column[] {
  const { title, columns } = areaOf(name)
  return [title, 'version', ...columns]
}

/** Why there is no result stands in the place of the first. */
function cellsOf(name: AreaName, { result, lost = '' }: Row): readonly string[] {
  const { cells, columns } = areaOf(name)
  return result === undefined ? columns.map((_, at) => (at === 0 ? lost : '')) : cells(result)
}
