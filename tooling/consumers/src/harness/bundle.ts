import { execute } from './execute.ts'
import { configureProperties } from './fast-check.ts'
import { describeError, type Failure, type RunResult } from './result.ts'
import { collectFile } from './tree.ts'

/** What a run is asked for. */
export interface RunOptions {
  /** One of the bundle's files; without it, all of them. */
  readonly file?: string
  /** Seed of every fast-check property. */
  readonly seed: number
  /** How many cases a property tries, where its test does not say. */
  readonly runs: number
  /** Milliseconds that one test may take. */
  readonly testTimeout: number
  /** Only import the file and count it as one test that passed: it loads, and declares tests. */
  readonly loadOnly?: boolean
}

/** What a bundle exports. */
export interface Bundle {
  readonly files: readonly string[]
  /** @param report - gets the name of each test before it starts, so that a hang has a name */
  readonly run: (options: RunOptions, report?: (test: string) => void) => Promise<RunResult>
}

/** @param loads - for each test file of the bundle, what imports it */
export function makeBundle(loads: Record<string, () => Promise<unknown>>): Bundle {
  const files = Object.keys(loads)

  async function run(
    options: RunOptions,
    report: (test: string) => void = () => {},
  ): Promise<RunResult> {
    const failures: Failure[] = []
    const retried: string[] = []
    let passed = 0
    for (const file of options.file === undefined ? files : [options.file]) {
      const before = passed + failures.length
      try {
        const load = loads[file]
        if (load === undefined) throw new Error('The bundle has no such file.')
        configureProperties(options.seed, options.runs)
        const suite = await collectFile(file, load)
        if (options.loadOnly === true) passed += suite.children.length > 0 ? 1 : 0
        else passed += await execute(suite, options.testTimeout, failures, retried, report)
        if (passed + failures.length === before) throw new Error('The file declares no test.')
      } catch (error) {
        failures.push({ name: file, message: describeError(error) })
      }
    }
    if (passed + failures.length === 0)
      failures.push({ name: 'bundle', message: 'The bundle has no test file.' })
    return { passed, failed: failures.length, failures, retried, seed: options.seed }
  }

  return { files, run }
}
