import type { CaseResult } from './measure.ts'
import { geometricMean } from './statistics.ts'

/** What two runs of the same code still differ by here: `--null` shows it. */
export const noiseBand = 0.05

/** Slower by more than the band, and slower in every single process: neither alone is evidence. */
export function regressions(results: readonly CaseResult[]): CaseResult[] {
  return results.filter(
    ({ ratio }) => ratio !== undefined && ratio.median < 1 - noiseBand && ratio.max < 1,
  )
}

export function improvements(results: readonly CaseResult[]): CaseResult[] {
  return results.filter(
    ({ ratio }) => ratio !== undefined && ratio.median > 1 + noiseBand && ratio.min > 1,
  )
}

/** Whether an implementation against itself comes out even, as it must for any other number here to mean something. */
export function isEven(results: readonly CaseResult[]): boolean {
  const ratios = results.flatMap(({ ratio }) => (ratio === undefined ? [] : [ratio.median]))
  return (
    ratios.length === results.length &&
    Math.abs(Math.log(geometricMean(ratios))) < Math.log(1 + noiseBand / 2) &&
    regressions(results).length === 0
  )
}
