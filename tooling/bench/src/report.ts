import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { replaceBetween } from '@tooling/conformance/markdown'
import { repository } from './bundle.ts'
import { withVersion } from './machine.ts'
import type { CaseResult } from './measure.ts'
import type { Options } from './options.ts'
import { type Summary, writeSummary } from './summaries.ts'
import { familyMeans, markdownTable, mixedTable, plainTable } from './table.ts'
import { improvements, isEven, noiseBand, regressions } from './verdict.ts'

/** @returns the exit code: a wrong answer, an uneven null run and a regression are failures */
export function report(
  results: readonly CaseResult[],
  machine: string,
  options: Options,
  readme: Readme | undefined,
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
  readme?.write(table, summaryOf(results, machine))
  if (options.null) return reportNull(results)
  return options.compare === undefined ? 0 : reportComparison(results)
}

export interface Readme {
  write(table: string, summary: Summary): void
}

/** Finds the place for a group's table now, and not when everything has been measured. */
export function openReadme(file: string, group: string): Readme {
  const target = path.resolve(repository, file)
  const withTable = (table: string) =>
    replaceBetween(readFileSync(target, 'utf8'), `bench:${group}`, table)
  try {
    withTable('')
  } catch (error) {
    const { message } = error as Error
    throw new Error(`${file} cannot take the table: ${message}`, { cause: error })
  }
  return {
    write(table, summary) {
      writeFileSync(target, withTable(table))
      writeSummary(group, summary)
    },
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
