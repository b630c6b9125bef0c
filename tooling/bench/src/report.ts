import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { replaceBetween } from '@tooling/conformance/markdown'
import { repository } from '../../config/workspaces.ts'
import { withVersion } from './machine.ts'
import type { CaseResult } from './measure.ts'
import type { Options } from './options.ts'
import { type Summary, writeSummary } from './summaries.ts'
import { familyMeans, markdownTable, mixedTable, plainTable } from './table.ts'
import { improvements, isEven, noiseBand, regressions } from './regressions.ts'

/** @returns the exit code: a wrong answer, an uneven null run and a regression are failures */
export function report(
  results: readonly CaseResult[],
  machine: string,
  options: Options,
  group: string | undefined,
): number {
  const failed = results.some(({ failure }) => failure !== undefined)
  if (options.json !== undefined) writeJSON(options.json, results, machine, options.verify)
  if (options.verify) {
    console.log(plainTable(results))
    return failed ? 1 : 0
  }
  const table = readmeTable(results, machine, options)
  if (options.table && !failed) console.log(table)
  else {
    const [first, second] = results[0]!.names
    console.log(`${first} : ${second}, and how many times as fast the first is\n`)
    console.log(`${plainTable(results)}\n\n${machine}`)
  }
  if (failed) return 1
  if (options.write !== undefined && group !== undefined) {
    writeFileSync(path.resolve(repository, options.write), withTable(options.write, group, table))
    writeSummary(group, summaryOf(results, machine))
  }
  if (options.null) return reportNull(results)
  return options.compare === undefined ? 0 : reportComparison(results)
}

/** A README with a group's table in its place. It is also tried before the run, so that a run never ends without its table. */
export function withTable(file: string, group: string, table: string): string {
  try {
    const text = readFileSync(path.resolve(repository, file), 'utf8')
    return replaceBetween(text, `bench:${group}`, table)
  } catch (error) {
    const { message } = error as Error
    throw new Error(`${file} cannot take the table: ${message}`, { cause: error })
  }
}

function summaryOf(results: readonly CaseResult[], machine: string): Summary {
  const [ours, peer] = results[0]!.names
  const means = [...familyMeans(results)].map(([family, mean]) => [family, mean!] as const)
  return { ours, beside: withVersion(peer), means: Object.fromEntries(means), machine }
}

function readmeTable(results: readonly CaseResult[], machine: string, { seed }: Options): string {
  const [, peer] = results[0]!.names
  return seed === undefined
    ? markdownTable(results, `${machine}; ${withVersion(peer)}.`)
    : mixedTable(results, `${machine}; ${withVersion(peer)}; seed ${seed}.`)
}

function writeJSON(
  file: string,
  cases: readonly CaseResult[],
  machine: string,
  verify: boolean,
): void {
  const families = verify ? undefined : Object.fromEntries(familyMeans(cases))
  const content = JSON.stringify({ machine, verify, families, cases }, null, 2)
  writeFileSync(path.resolve(repository, file), `${content}\n`)
}

function reportNull(results: readonly CaseResult[]): number {
  const even = isEven(results)
  console.log(
    even ? 'Even, as it must be.' : 'Not even: no other number of this run would mean anything.',
  )
  return even ? 0 : 1
}

function reportComparison(results: readonly CaseResult[]): number {
  const [slower, faster] = [regressions(results), improvements(results)]
  const list = (cases: readonly CaseResult[]) =>
    cases.map(({ name, ratio }) => `\n  ${name} ${ratio!.median.toFixed(2)}×`).join('')
  console.log(
    `Noise band: ${noiseBand * 100} % in the median, and every process on the same side of even.`,
  )
  console.log(`Slower: ${slower.length}${list(slower)}\nFaster: ${faster.length}${list(faster)}`)
  return slower.length === 0 ? 0 : 1
}
