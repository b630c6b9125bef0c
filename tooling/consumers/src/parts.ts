import type { Choices, Plan } from './arguments.ts'
import { type Control, runControl } from './control.ts'
import {
  checkDeclarations,
  type Compiler,
  compilers,
  compilerVersion,
  moreCompilers,
} from './declarations.ts'
import { checkEntries } from './entries.ts'
import type { RunResult } from './harness/result.ts'
import { checkManifest } from './manifest.ts'
import type { Prepared } from './prepare.ts'
import { addRow, type Outcome } from './results.ts'
import { moreRuntimes, runtimes } from './runtimes/index.ts'
import { nodes } from './runtimes/node.ts'
import type { Runtime } from './runtimes/runtime.ts'
import { runSuite } from './suites.ts'

/** What every part needs. */
export interface Job {
  readonly plan: Plan
  readonly packages: readonly Prepared[]
  readonly control: Control
  readonly scratch: string
  readonly outcome: Outcome
}

export const partChoices: Omit<Choices, 'packages'> = {
  parts: [...runtimes.map(({ name }) => name), 'types', 'tarball'],
  moreParts: moreRuntimes.map(({ name }) => name),
  // The oldest Node and the newest one run everything.
  briefParts: nodes.slice(1, -1).map(({ name }) => name),
}

export interface Work {
  readonly name: string
  /** Adds its rows to the outcome, or why it could not run. */
  readonly run: () => Promise<void>
}

/** What the plan asks for, the slowest first. */
export function makeWork(job: Job): Work[] {
  const wanted = (name: string): boolean => job.plan.parts.includes(name)
  const work: Work[] = []
  for (const runtime of [...moreRuntimes, ...runtimes.toReversed()])
    if (wanted(runtime.name)) work.push({ name: runtime.name, run: () => runRuntime(job, runtime) })
  if (wanted('types'))
    for (const compiler of job.plan.long ? [...moreCompilers, ...compilers] : compilers)
      work.push({
        name: `types, TypeScript ${compilerVersion(compiler)}`,
        run: () => runCompiler(job, compiler),
      })
  if (wanted('tarball')) work.push({ name: 'tarball', run: () => runManifests(job) })
  return work
}

/**
 * The tests that measure how time grows. The long run executes them last, one after another, because they need the
 * machine for themselves. The short run only loads them, so that one that cannot load fails `npm test`.
 */
export async function measure({ plan, packages, outcome }: Job): Promise<void> {
  for (const runtime of nodes) {
    if (!plan.parts.includes(runtime.name) || (await runtime.available()) !== undefined) continue
    const version = await runtime.version()
    for (const { installed, bundles } of packages) {
      const { measuring } = bundles
      if (measuring === undefined) continue
      const subject = `${installed.package.short}: ${plan.long ? 'measured' : 'what measures loads'}`
      const run = (): Promise<RunResult> =>
        runSuite(runtime, measuring, plan.settings, Infinity, !plan.long)
      await addRow(outcome, runtime.name, version, subject, run)
    }
  }
}

async function runManifests({ packages, outcome }: Job): Promise<void> {
  for (const { installed } of packages)
    await addRow(outcome, 'tarball', '', installed.package.short, () => checkManifest(installed))
}

async function runCompiler({ packages, scratch, outcome }: Job, compiler: Compiler): Promise<void> {
  if (packages.length === 0) return
  const installed = packages.map((each) => each.installed)
  const check = (): Promise<RunResult> => checkDeclarations(installed, compiler, scratch)
  await addRow(outcome, 'types', compilerVersion(compiler), 'declarations', check)
}

async function runRuntime(
  { plan, packages, control, outcome }: Job,
  runtime: Runtime,
): Promise<void> {
  const { name } = runtime
  const reason = await runtime.available()
  if (reason !== undefined) {
    outcome.skips.push({ part: name, reason })
    return
  }
  // A runtime that cannot even say its version fails at what comes next.
  const version = await runtime.version().catch(() => '?')
  const end = Date.now() + plan.settings.runtimeTimeout
  await addRow(outcome, name, version, 'control', () => runControl(runtime, control, plan.settings))
  for (const each of packages)
    await addRow(outcome, name, version, each.installed.package.short, () =>
      runPackage(runtime, each, plan, end),
    )
}

/** All that a runtime can say of a package. One that is brief only loads the portable tests. */
async function runPackage(
  runtime: Runtime,
  { installed, bundles }: Prepared,
  { settings, brief }: Plan,
  end: number,
): Promise<RunResult> {
  const { name, command } = runtime
  const loadOnly = brief.includes(name)
  const results = [await runSuite(runtime, bundles.portable, settings, end, loadOnly)]
  if (command !== undefined) results.push(await checkEntries(installed, { name, command }))
  if (command?.isNode === true && bundles.node !== undefined)
    results.push(await runSuite(runtime, bundles.node, settings, end))
  return {
    passed: results.reduce((sum, { passed }) => sum + passed, 0),
    failed: results.reduce((sum, { failed }) => sum + failed, 0),
    failures: results.flatMap(({ failures }) => failures),
    retried: results.flatMap(({ retried = [] }) => retried),
  }
}
