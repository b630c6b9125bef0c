import { existsSync, readFileSync, writeFileSync } from 'node:fs'

/** What one group's last measurement for a README came to, as it is committed. */
export interface Summary {
  readonly ours: string
  /** With its version. */
  readonly beside: string
  /** The geometric mean of the ratios of each family. */
  readonly means: Readonly<Record<string, number>>
  /** Node, processor, date. */
  readonly machine: string
}

const file = new URL('../results.generated.json', import.meta.url)

/** By group, in the order of their names. */
export function readSummaries(): Readonly<Record<string, Summary>> {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
}

/** Puts one group's summary in the place of its last. */
export function writeSummary(group: string, summary: Summary): void {
  const all = Object.entries({ ...readSummaries(), [group]: summary })
  const sorted = Object.fromEntries(all.toSorted(([one], [other]) => (one < other ? -1 : 1)))
  writeFileSync(file, `${JSON.stringify(sorted, undefined, 1)}\n`)
}

/** As it stands in tables. */
export function factor(ratio: number | undefined): string {
  return ratio === undefined ? 'failed' : `${ratio.toFixed(2)}×`
}
