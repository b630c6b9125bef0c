import type { RunnerTask, RunnerTestFile } from 'vitest'
import { describeError, type Failure } from './result.ts'

export interface Outcome {
  passed: number
  readonly failures: Failure[]
  /** Tests that were tried again, each with how often. */
  readonly retried: string[]
}

/** The file, the suites and the test, joined by `>`. */
export function nameOf(task: RunnerTask): string {
  if (task === task.file) return task.file.filepath
  return `${nameOf(task.suite ?? task.file)} > ${task.name}`
}

/**
 * What vitest's runner has found in a file. Nothing passes that was not executed: a test that was skipped, for whatever
 * reason, is a failure.
 */
export function outcomeOf(file: RunnerTestFile): Outcome {
  const outcome: Outcome = { passed: 0, failures: [], retried: [] }
  const add = (task: RunnerTask): void => {
    const { state, errors = [], retryCount = 0 } = task.result ?? {}
    const children = task.type === 'suite' ? task.tasks : []
    if (task.type === 'test' && state === 'pass') outcome.passed++
    else if (errors.length > 0) {
      const message = errors.slice(0, 3).map(describeError).join('\n')
      outcome.failures.push({ name: nameOf(task), message })
    } else if (children.length === 0)
      outcome.failures.push({ name: nameOf(task), message: 'It was not executed.' })
    if (task.type === 'test' && retryCount > 0)
      outcome.retried.push(`${nameOf(task)}: ${retryCount} of ${task.retry} retries`)
    children.forEach(add)
  }
  add(file)
  return outcome
}

/** A file that was only imported is one test, which passes if the file declares any. */
export function outcomeOfLoading({ filepath, result, tasks }: RunnerTestFile): Outcome {
  const [error = new Error('The file declares no test.')] = result?.errors ?? []
  if (result?.errors === undefined && tasks.length > 0)
    return { passed: 1, failures: [], retried: [] }
  return { passed: 0, failures: [{ name: filepath, message: describeError(error) }], retried: [] }
}
