import type { TestBundle } from './bundler.ts'
import { within } from './deadline.ts'
import type { Failure, RunResult } from './harness/result.ts'
import type { Runtime, Session } from './runtimes/runtime.ts'
import type { Settings } from './settings.ts'

/**
 * Runs every file of a bundle in a runtime. A file that hangs or takes the runtime down costs itself: it counts as
 * one failure, and the next file gets a runtime that was started anew.
 *
 * @param loadOnly - whether each file is only imported, to see that it can be
 * @param end - the time, by `Date.now()`, from which on no further file is run, and each counts as a failure
 */
export async function runSuite(
  runtime: Runtime,
  bundle: TestBundle,
  settings: Settings,
  end: number = Infinity,
  loadOnly = false,
): Promise<RunResult> {
  const { seed, runs, testTimeout } = settings
  const failures: Failure[] = []
  const retried: string[] = []
  let passed = 0
  let session: Session | undefined
  const close = async (): Promise<void> => {
    await session?.close()
    session = undefined
  }
  for (const file of bundle.files) {
    let last = 'before its first test'
    try {
      if (Date.now() > end) throw new Error('Not run: the time of the runtime is used up.')
      session ??= await runtime.open(bundle)
      const options = { file, seed, runs, testTimeout, loadOnly }
      const work = session.run(options, (test) => (last = `in "${test}"`))
      const result = await within(settings.fileTimeout, 'finish', work)
      passed += result.passed
      failures.push(...result.failures)
      retried.push(...(result.retried ?? []))
      if (bundle.apart) await close()
    } catch (error) {
      failures.push({ name: file, message: `${last}: ${(error as Error).message}` })
      await close()
    }
  }
  await close()
  return { passed, failed: failures.length, failures, retried }
}
