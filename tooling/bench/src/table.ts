import { table } from '@tooling/conformance/markdown'
import type { CaseResult } from './measure.ts'
import { geometricMean } from './statistics.ts'
import { factor } from './summaries.ts'

/** Of each family, the geometric mean of its cases' ratios; none for a family with a failed case. */
export function familyMeans(results: readonly CaseResult[]): Map<string, number | undefined> {
  const families = new Set(results.flatMap((result) => result.families))
  return new Map(
    [...families].map((family) => {
      const members = results.filter((result) => result.families.includes(family))
      const ratios = members.flatMap(({ ratio }) => (ratio === undefined ? [] : [ratio.median]))
      return [family, ratios.length === members.length ? geometricMean(ratios) : undefined]
    }),
  )
}

/** For a terminal: a line for each case. */
export function plainTable(results: readonly CaseResult[]): string {
  const width = Math.max(...results.map(({ name }) => name.length))
  const lines = results.map((result) => {
    const name = result.name.padEnd(width)
    if (result.failure !== undefined) return `${name}  FAILED  ${result.failure}`
    if (result.ratio === undefined) return `${name}  right`
    const sides = [0, 1].map(
      (side) =>
        `${time(result.nsPerEvent![side]!).padStart(8)} ${result.megabytesPerSecond![side]!.toFixed(0).padStart(6)} MB/s`,
    )
    return `${name}  ${sides.join('  ')}  ${ratioWithSpread(result)}`
  })
  if (results.every(({ ratio }) => ratio === undefined)) return lines.join('\n')
  const means = [...familyMeans(results)].map(
    ([family, mean]) => `${`geometric mean: ${family}`.padEnd(width)}  ${factor(mean)}`,
  )
  return [...lines, ...means].join('\n')
}

/**
 * For a README: a row for each stream and chunking, a pair of columns for each kind of work. The names are
 * those of the cases, so that a reader who doubts a row can run it alone.
 */
export function markdownTable(results: readonly CaseResult[], machine: string): string {
  const kinds = [...new Set(results.map(({ name }) => name.split('/').at(-1)!))]
  const rows = Map.groupBy(results, ({ name }) => name.split('/').slice(1, -1).join('/'))
  const [ours, peer] = results[0]!.names
  const cells = [...rows].map(([row, members]) => [
    `\`${row}\``,
    ...kinds.flatMap((kind) => {
      const member = members.find(({ name }) => name.endsWith(`/${kind}`))
      if (member?.nsPerEvent === undefined) return ['', member === undefined ? '' : 'failed']
      const [first, second] = member.nsPerEvent
      return [`${nanoseconds(first)} : ${nanoseconds(second)}`, ratioWithSpread(member)]
    }),
  ])
  const columns = kinds.flatMap(
    (kind) =>
      [
        [`${kind}: ns/event`, 'number'],
        ['times as fast', 'number'],
      ] as const,
  )
  const means = [...familyMeans(results)].map(([family, mean]) => `${family} ${factor(mean)}`)
  return [
    table(['case', ...columns], cells),
    '',
    `\`${ours}\` : \`${peer}\`. Geometric means: **${means.join(', ')}**.`,
    machine,
  ].join('\n')
}

/** Of the mixed mode: a row for each shape, a column for each chunking. What is slowest is named. */
export function mixedTable(results: readonly CaseResult[], machine: string): string {
  const partsOf = ({ name }: CaseResult) => name.split('/') as [string, string, string, string]
  const chunkings = [...new Set(results.map((result) => partsOf(result)[2]))]
  const rows = Map.groupBy(results, (result) => partsOf(result)[1])
  const cells = [...rows].map(([shape, members]) => [
    `\`${shape}\``,
    ...chunkings.map((chunking) =>
      members
        .filter((member) => partsOf(member)[2] === chunking)
        .map(({ ratio }) => (ratio === undefined ? 'failed' : ratio.median.toFixed(2)))
        .join(' · '),
    ),
  ])
  const means = [...familyMeans(results)].map(([family, mean]) => {
    const members = results.filter(({ families }) => families.includes(family))
    return `- **${family} ${factor(mean)}**, ${worstOf(members)}`
  })
  const [ours, peer] = results[0]!.names
  return [
    table(['shape', ...chunkings.map((title) => [title, 'number'] as const)], cells),
    '',
    `How many times as fast \`${ours}\` is as \`${peer}\`, read · unread. Geometric means, and the worst case of each:`,
    '',
    ...means,
    '',
    machine,
  ].join('\n')
}

function worstOf(results: readonly CaseResult[]): string {
  const timed = results.flatMap(({ name, ratio }) => (ratio === undefined ? [] : [{ name, ratio }]))
  const [worst] = timed.toSorted((one, other) => one.ratio.median - other.ratio.median)
  if (worst === undefined) return 'nothing was measured'
  const [, shape, chunking] = worst.name.split('/')
  return `at worst ${factor(worst.ratio.median)} with \`${shape}/${chunking}\``
}

function ratioWithSpread({ ratio }: CaseResult): string {
  return `${factor(ratio!.median)} (${ratio!.min.toFixed(2)}–${ratio!.max.toFixed(2)})`
}

function time(ns: number): string {
  return ns < 1e4 ? `${ns.toFixed(ns < 100 ? 1 : 0)} ns` : `${(ns / 1e3).toFixed(0)} µs`
}

function nanoseconds(ns: number): string {
  return ns < 100 ? ns.toFixed(1) : Math.round(ns).toLocaleString('en-US')
}
