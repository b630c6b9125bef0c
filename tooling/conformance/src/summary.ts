import { table } from '@tooling/conformance/markdown'
import { countOf } from './answers/area.ts'
import { altered, isOpen } from './encoders/area.ts'
import { type AreaName } from './areas.ts'
import { type AreaResults, isOurs, type Results, rowsOf } from './results.ts'

/** For the README of all: a line for each kind. */
export function summary({ parsers, accumulators, encoders }: Results): string {
  const right = split('parsers', parsers, ({ everyCut }) => everyCut)
  const whole = split('accumulators', accumulators, ({ verdicts }) => countOf(verdicts, 'right'))
  const open = split('encoders', encoders, (result) => Number(isOpen(result)))
  const changed = split('encoders', encoders, altered)
  const { vectors } = Object.values(parsers.peers)[0]?.result ?? {}
  const { verdicts = {} } = Object.values(accumulators.peers)[0]?.result ?? {}
  const rows = [
    ['parsers', `${vectors} vectors, right at every cut`, ...right.map(range)],
    [
      'accumulators',
      `${Object.keys(verdicts).length} streams as servers send them, right`,
      ...whole.map(range),
    ],
    ['encoders', 'line ends in each field of text, something injected', ...open.map(howMany)],
    ['', 'values changed without an error', ...changed.map(range)],
  ]
  const counts = [right, whole, open].map(([, others]) => others.length)
  return [
    table(['', 'what is counted', ['here', 'number'], ['others', 'number']], rows),
    '',
    `Others are ${counts[0]} parsers, ${counts[1]} accumulators and ${counts[2]} encoders, in their versions of ` +
      `${[parsers, accumulators, encoders].map(({ date }) => date).toSorted()[0]}. The READMEs of the packages list each.`,
  ].join('\n')
}

/** A number of each result: of ours, and of the others. */
function split<Result extends object>(
  name: AreaName,
  results: AreaResults<Result>,
  measure: (result: Result) => number,
): [ours: number[], others: number[]] {
  const measured = (ours: boolean): number[] =>
    rowsOf(name, results).flatMap((row) =>
      row.result === undefined || isOurs(row) !== ours ? [] : [measure(row.result)],
    )
  return [measured(true), measured(false)]
}

function howMany(flags: readonly number[]): string {
  return `${flags.filter(Boolean).length} of ${flags.length}`
}

function range(numbers: readonly number[]): string {
  const least = Math.min(...numbers)
  const most = Math.max(...numbers)
  return least === most ? `${most}` : `${least} to ${most}`
}
