import { expect, type RunnerTestCase } from 'vitest'
import type { SerializedConfig, VitestRunner } from 'vitest/runtime'
import { nameOf } from './outcome.ts'
import type { StrayErrors } from './stray.ts'

/** How many tests of a file may not finish. Those after them are not executed: each would cost its whole timeout. */
const patience = 3

/** What vitest's own process would tell a test at this point: no assertion has been made, and none is expected. */
const noAssertions = {
  assertionCalls: 0,
  isExpectingAssertions: false,
  isExpectingAssertionsError: null,
  expectedAssertionsNumber: null,
  expectedAssertionsNumberErrorGen: null,
}

/** For each file of a bundle what imports it. */
export type Loads = Readonly<Record<string, () => Promise<unknown>>>

interface RunnerOptions {
  readonly loads: Loads
  readonly testTimeout: number
  readonly stray: StrayErrors
  readonly report: (test: string) => void
}

/**
 * Connects vitest's runner of tests to a bundle. Vitest has an adapter of its own for each place that it runs in, which
 * talks to vitest's server; this one needs the globals of the web alone.
 */
export function makeRunner({ loads, testTimeout, stray, report }: RunnerOptions): VitestRunner {
  let unfinished = 0
  return {
    config: {
      root: '',
      setupFiles: [],
      passWithNoTests: false,
      allowOnly: false,
      sequence: { seed: 0, hooks: 'stack', setupFiles: 'list' },
      maxConcurrency: 5,
      testTimeout,
      hookTimeout: testTimeout,
      retry: 0,
      tags: [],
    } as Partial<SerializedConfig> as SerializedConfig,
    importFile: (file) => loads[file]!(),
    onBeforeRunTask(test) {
      if (unfinished === patience) test.mode = 'skip'
    },
    onBeforeTryTask(test, { retry }) {
      report(retry === 0 ? nameOf(test) : `${nameOf(test)} (retry ${retry} of ${test.retry})`)
      expect.setState(noAssertions)
    },
    onAfterTryTask: assertExpectations,
    onAfterRetryTask() {
      const errors = stray.take()
      if (errors.length > 0) throw new AggregateError(errors, 'Not handled by the test.')
    },
    onAfterRunTask(test) {
      if (isUnfinished(test)) unfinished++
    },
  }
}

/** Throws if the test has made fewer assertions, or more, than it said. */
function assertExpectations(): void {
  const state = expect.getState()
  const { assertionCalls, expectedAssertionsNumber } = state
  if (expectedAssertionsNumber !== null && assertionCalls !== expectedAssertionsNumber)
    throw state.expectedAssertionsNumberErrorGen!()
  if (state.isExpectingAssertions && assertionCalls === 0) throw state.isExpectingAssertionsError
}

function isUnfinished({ result }: RunnerTestCase): boolean {
  return result?.errors?.some(({ message }) => /^(Test|Hook) timed out/.test(message)) ?? false
}
