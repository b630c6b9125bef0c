import { globSync } from 'node:fs'
import path from 'node:path'
import { bundleTests, type TestBundle } from './bundler.ts'
import { assertSame, Checks } from './checks.ts'
import type { RunResult } from './harness/result.ts'
import { here } from './layout.ts'
import { readPackage } from '../../config/workspaces.ts'
import type { Runtime } from './runtimes/runtime.ts'
import type { Settings } from './settings.ts'
import { runSuite } from './suites.ts'
import { install, pack } from './tarballs.ts'

/** What fails in `fixtures/pebble/red`: all of it, in every runtime. */
const expectedFailures = [
  'red/empty.test.ts',
  'red/load.test.ts',
  'red/red.test.ts > asserts what is not so',
  'red/red.test.ts > throws',
  'red/red.test.ts > rejects after a while',
  'red/red.test.ts > does not finish',
  'red/red.test.ts > asserts less than it said',
  'red/red.test.ts > does not wait for its assertion',
  'red/red.test.ts > is not executed',
  'red/red.test.ts > uses a matcher that does not exist',
  'red/red.test.ts > after it > fails in a hook',
  'red/rejection.test.ts > leaves a rejection behind',
]

export interface Control {
  readonly green: TestBundle
  readonly red: TestBundle
}

/** Packs, installs and bundles the fixture, as every package is. */
export async function prepareControl(scratch: string): Promise<Control> {
  const pebble = readPackage(path.join(here, 'fixtures/pebble'))
  const tarball = await pack(pebble, path.join(scratch, 'tarballs'))
  const bundle = async (tests: string): Promise<TestBundle> => {
    const project = path.join(scratch, `control-${tests}`)
    await install(project, [tarball])
    const folder = path.join(pebble.folder, tests)
    const files = globSync(`${folder}/*.test.ts`).toSorted()
    return bundleTests({ name: pebble.name, tests: folder, files, project }, 'portable')
  }
  return { green: await bundle('test'), red: await bundle('red') }
}

/**
 * Runs the fixture: its good tests pass, and each of its bad ones is reported by name. Only then do the results of
 * this runtime mean anything.
 */
export async function runControl(
  runtime: Runtime,
  control: Control,
  settings: Settings,
): Promise<RunResult> {
  const checks = new Checks()
  const green = await runSuite(runtime, control.green, settings)
  await checks.check('what is right passes', () => {
    if (green.failed > 0 || green.passed === 0) throw new Error(JSON.stringify(green.failures))
  })
  const red = await runSuite(runtime, control.red, settings)
  await checks.check('what is wrong fails', () => {
    assertSame(
      'Failures',
      red.failures.map(({ name }) => name),
      expectedFailures,
    )
    if (red.passed > 0) throw new Error(`${red.passed} tests passed that cannot.`)
  })
  return checks.result()
}
