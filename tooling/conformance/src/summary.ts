import { table } from '@tooling/conformance/markdown'
import { countOf } from './answers/table.ts'
import { altered, isOpen } from './encoders/table.ts'
import type { Results, Row } from './results.ts'
import { isOurs } from './tables.ts'

/** For the README of all: a line for each kind. */
export function summary({ parsers, accumulators, encoders }: Results): string {
  const right = split(parsers.peers, ({ everyCut }) => everyCut)
  const whole = split(accumulators.peers, ({ verdicts }) => countOf(verdicts, 'right'))
  const open = split(encoders.peers, (result) => Number(isOpen(result)))
  const changed = split(encoders.peers, altered)
  const rows = [
    [
      'parsers',
      `${parsers.peers[0]?.result?.vectors} vectors, right at every cut`,
      range(right.ours),
      range(right.others),
    ],
    [
      'accumulators',
      `${Object.keys(accumulators.peers[0]?.result?.verdicts ?? {}).length} streams as servers send them, right`,
      range(whole.ours),
      range(whole.others),
    ],
    [
      'encoders',
      'line ends in each field of text, something injected',
      howMany(open.ours),
      howMany(open.others),
    ],
    ['', 'values changed without an error', range(changed.ours), range(changed.others)],
  ]
  const counts = [right, whole, open].map(({ others }) => others.length)
  return [
    table(
      [
        ['', 'text'],
        ['what is counted', 'text'],
        ['here', 'number'],
        ['others', 'number'],
      ],
      rows,
    ),
    '',
    `Others are ${counts[0]} parsers, ${counts[1]} accumulators and ${counts[2]} encoders, in their versions of ` +
      `${[parsers, accumulators, encoders].map(({ date }) => date).toSorted()[0]}. The READMEs of the packages list each.`,
  ].join('\n')
}

function split<Result>(
  peers: readonly Row<Result>[],
  measure: (result: Result) => number,
): { ours: number[]; others: number[] } {
  const measured = (rows: readonly Row<Result>[]): number[] =>
    rows.flatMap(({ result }) => (result === undefined ? [] : [measure(result)]))
  return {
    ours: measured(peers.filter((peer) => isOurs(peer))),
    others: measured(peers.filter((peer) => !isOurs(peer))),
  }
}

function howMany(flags: readonly number[]): string {
  return `${flags.filter(Boolean).length} of ${flags.length}`
}

function range(numbers: readonly number[]): string {
  const least = Math.min(...numbers)
  const most = Math.max(...numbers)
  return least === most ? `${most}` : `${least} to ${most}`
}
