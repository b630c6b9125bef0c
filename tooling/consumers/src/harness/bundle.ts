import { chai } from 'vitest'
import { collectTests, setSafeTimers, startTests } from 'vitest/internal/browser'
import type { Settings } from '../settings.ts'
import { configureProperties } from './fast-check.ts'
import { outcomeOf, outcomeOfLoading } from './outcome.ts'
import { describeError, type RunResult } from './result.ts'
import { type Loads, makeRunner } from './runner.ts'
import { StrayErrors } from './stray.ts'

/** What a run is asked for. */
export interface RunOptions extends Pick<Settings, 'seed' | 'runs' | 'testTimeout'> {
  /** One of the bundle's files. */
  readonly file: string
  /** Only import the file and count it as one test that passed: it loads, and declares tests. */
  readonly loadOnly?: boolean
}

// Before any test can replace them.
setSafeTimers()
const { setTimeout } = globalThis

// A failure in a runtime far away is read, not debugged: enough of both values to see what differs.
chai.config.truncateThreshold = 400

/**
 * Runs a test file of a bundle. The runner comes from the entry that vitest's own browser mode uses: an update of vitest
 * may change it, and then the control of every runtime says so.
 *
 * @param loads - for each file what imports it
 * @param report - gets the name of each test before it starts, so that a hang has a name
 */
export async function runFile(
  loads: Loads,
  { file, seed, runs, testTimeout, loadOnly = false }: RunOptions,
  report: (test: string) => void = () => {},
): Promise<RunResult> {
  configureProperties(seed, runs)
  const stray = new StrayErrors()
  const runner = makeRunner({ loads, testTimeout, stray, report })
  const [task] = await (loadOnly ? collectTests : startTests)([file], runner)
  // An unhandled rejection is reported in a task of its own, after the last test has ended.
  await new Promise((resolve) => setTimeout(resolve))
  const { passed, failures, retried } = loadOnly ? outcomeOfLoading(task!) : outcomeOf(task!)
  for (const error of stray.stop()) failures.push({ name: file, message: describeError(error) })
  return { passed, failed: failures.length, failures, retried }
}
