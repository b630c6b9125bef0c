import { factor, readSummaries } from '@tooling/bench/summaries'
import { table } from '@tooling/conformance/markdown'

/** The geometric means of all groups of benchmarks, as `npm run bench -- <group> --write <readme>` left them. */
export function speedTable(): string {
  const summaries = Object.entries(readSummaries())
  if (summaries.length === 0)
    return 'No table has been written yet: measuring wants a quiet machine.'
  const rows = summaries.flatMap(([group, { ours, beside, means }]) =>
    Object.entries(means).map(([family, mean]) => [
      group,
      family,
      `\`${ours}\``,
      beside,
      factor(mean),
    ]),
  )
  return [
    table(['group', 'cases', 'ours', 'beside', ['times as fast', 'number']], rows),
    '',
    ...new Set(summaries.map(([, { machine }]) => `${machine}.`)),
  ].join('\n')
}
