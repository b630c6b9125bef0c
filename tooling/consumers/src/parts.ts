import type { Plan } from './arguments.ts'
import { type Control, runControl } from './control.ts'
import { checkDeclarations, compilers, compilerVersion } from './declarations.ts'
import { checkEntries } from './entries.ts'
import type { RunResult } from './harness/result.ts'
import { checkManifest } from './manifest.ts'
import type { Prepared } from './prepare.ts'
import { type Outcome, row } from './results.ts'
import { moreRuntimes, runtimes } from './runtimes/index.ts'
import type { Runtime } from './runtimes/runtime.ts'
import type { Settings } from './settings.ts'
import { runSuite } from './suites.ts'

/** A part of a run: adds its rows, or why it could not run. */
export type Part = (outcome: Outcome) => Promise<void>

/** The parts that a plan asks for: the tarballs, the declarations for each compiler, each runtime. */
export function makeParts(
  plan: Plan,
  packages: readonly Prepared[],
  control: Control,
  scratch: string,
): Part[] {
  const parts: [name: string, part: Part][] = [['tarball', tarballPart(packages)]]
  for (const runtime of plan.long ? [...runtimes, ...moreRuntimes] : runtimes)
    parts.push([runtime.name, runtimePart(runtime, packages, control, plan.settings)])
  for (const compiler of compilers) parts.push(['types', typesPart(compiler, packages, scratch)])
  const names = [...new Set(parts.map(([name]) => name))]
  for (const name of plan.only)
    if (!names.includes(name))
      throw new Error(`There is no part "${name}"; there are ${names.join(', ')}.`)
  return parts
    .filter(([name]) => plan.only.length === 0 || plan.only.includes(name))
    .map(([, part]) => part)
}

function tarballPart(packages: readonly Prepared[]): Part {
  return async ({ rows }) => {
    for (const { installed } of packages)
      rows.push(await row('tarball', '', installed.package.short, () => checkManifest(installed)))
  }
}

function typesPart(
  compiler: (typeof compilers)[number],
  packages: readonly Prepared[],
  scratch: string,
): Part {
  const installed = packages.map((each) => each.installed)
  return async ({ rows }) => {
    if (installed.length === 0) return
    const version = compilerVersion(compiler)
    rows.push(
      await row('types', version, 'all declarations', () =>
        checkDeclarations(installed, compiler, scratch),
      ),
    )
  }
}

function runtimePart(
  runtime: Runtime,
  packages: readonly Prepared[],
  control: Control,
  settings: Settings,
): Part {
  return async ({ rows, skips }) => {
    const reason = await runtime.available()
    if (reason !== undefined) {
      skips.push({ part: runtime.name, reason })
      return
    }
    const version = await runtime.version()
    rows.push(
      await row(runtime.name, version, 'control', () => runControl(runtime, control, settings)),
    )
    for (const each of packages)
      rows.push(
        await row(runtime.name, version, each.installed.package.short, () =>
          runPackage(runtime, each, settings),
        ),
      )
  }
}

/** All that a runtime can say of a package. */
async function runPackage(
  runtime: Runtime,
  { installed, bundles }: Prepared,
  settings: Settings,
): Promise<RunResult> {
  const results = [await runSuite(runtime, bundles.portable, settings)]
  if (runtime.command !== undefined) results.push(await checkEntries(installed, runtime.command))
  if (runtime.command?.isNode === true && bundles.node !== undefined)
    results.push(await runSuite(runtime, bundles.node, settings))
  return {
    passed: results.reduce((sum, { passed }) => sum + passed, 0),
    failed: results.reduce((sum, { failed }) => sum + failed, 0),
    failures: results.flatMap(({ failures }) => failures),
    seed: settings.seed,
  }
}
