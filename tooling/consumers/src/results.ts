import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { columns } from '../../config/command.ts'
import type { RunResult } from './harness/result.ts'
import { here } from './layout.ts'

/** A line of the table: what was run where, and what came of it. */
export interface Row extends RunResult {
  /** A runtime, a compiler, or the checks of the tarball. */
  readonly part: string
  readonly version: string
  readonly subject: string
  readonly ms: number
}

/** A part that could not run, and why. */
export interface Skip {
  readonly part: string
  readonly reason: string
}

/** What a run has come to so far. */
export interface Outcome {
  readonly rows: Row[]
  readonly skips: Skip[]
}

/** Runs something and adds a row of it. What it throws is a failure of the row. */
export async function addRow(
  { rows }: Outcome,
  part: string,
  version: string,
  subject: string,
  work: () => Promise<RunResult>,
): Promise<void> {
  const start = performance.now()
  const result = await work().catch((error: unknown) => {
    const failures = [{ name: subject, message: (error as Error).message }]
    return { passed: 0, failed: 1, failures }
  })
  rows.push({ part, version, subject, ms: Math.round(performance.now() - start), ...result })
}

export function printOutcome({ rows, skips }: Outcome): void {
  console.log(`\n${table(rows)}`)
  for (const { part, version, subject, retried = [] } of rows)
    for (const test of retried) console.log(`\nretried in ${part} ${version}: ${subject}: ${test}`)
  for (const [what, where] of sameFailures(rows))
    console.log(`\nfailed in ${where.join(', ')}: ${what}`)
  for (const { part, reason } of skips) console.log(`\nskipped: ${part}: ${reason}`)
}

/** Each failure once, with the parts that it was seen in: what is wrong in a package is often wrong everywhere. */
function sameFailures(rows: readonly Row[]): Map<string, string[]> {
  const seen = new Map<string, { text: string; where: Set<string> }>()
  for (const { part, version, subject, failures } of rows)
    for (const { name, message } of failures) {
      const key = JSON.stringify([subject, name])
      const found = seen.get(key) ?? { text: `${subject}: ${name}\n${message}`, where: new Set() }
      found.where.add(`${part} ${version}`.trim())
      seen.set(key, found)
    }
  return new Map([...seen.values()].map(({ text, where }) => [text, [...where]]))
}

/** Whether all that was asked for is known to work. */
export function isGood({ rows, skips }: Outcome, env: NodeJS.ProcessEnv = process.env): boolean {
  // In CI a skip is a failure: what could not be checked is not known to work.
  return rows.every(({ failed }) => failed === 0) && (skips.length === 0 || !env['CI'])
}

function table(rows: readonly Row[]): string {
  // Parts finish in any order; their rows stand together.
  const parts = [...new Set(rows.map(({ part }) => part))]
  const sorted = rows.toSorted((one, other) => parts.indexOf(one.part) - parts.indexOf(other.part))
  const cells = [
    ['where', 'version', 'what', 'passed', 'failed', 'ms'],
    ...sorted.map((each) => [
      each.part,
      each.version,
      each.subject,
      String(each.passed),
      String(each.failed),
      String(each.ms),
    ]),
  ]
  return columns(cells, (column) => column > 2)
}

function reportOf(task: string): string {
  return path.join(here, '.reports', `${task.replaceAll(':', '-')}.json`)
}

/** A run that breaks off leaves no report: an old one must not be read in its place. */
export function clearReport(task: string): void {
  rmSync(reportOf(task), { force: true })
}

/** Leaves the counts where the closing line of `npm test` adds them up. */
export function writeReport(task: string, { rows, skips }: Outcome): void {
  const sum = (kind: 'passed' | 'failed'): number =>
    rows.reduce((total, each) => total + each[kind], 0)
  const report = {
    passed: sum('passed'),
    failed: sum('failed'),
    skipped: skips.length,
    skips: skips.map(({ part, reason }) => `${part}: ${reason}`),
    failures: rows.flatMap(({ part, version, subject, failures }) =>
      failures.map(({ name, message }) => ({
        file: `${part} ${version}`.trim(),
        name: `${subject}: ${name}`,
        why: message,
      })),
    ),
  }
  mkdirSync(path.dirname(reportOf(task)), { recursive: true })
  writeFileSync(reportOf(task), `${JSON.stringify(report)}\n`)
}
