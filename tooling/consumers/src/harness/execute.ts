import { expect, newAssertions, settleAssertions } from './expect.ts'
import { describeError, type Failure } from './result.ts'
import { strict } from './strict.ts'
import { StrayErrors } from './stray.ts'
import { type Hook, isSuite, type Suite, type Test } from './tree.ts'

// Taken before any test can replace them.
const { setTimeout, clearTimeout } = globalThis

/** How many tests of a file may not finish. Those after them fail without a try: each would cost its whole timeout. */
const patience = 3

class Unfinished extends Error {}

/** What a test is given as its first parameter: `expect`, and nothing that only vitest has. */
const context: object = strict('The test context', { expect })

/**
 * Runs the tests of a file one after another; returns how many passed, adds what failed to `failures`, and what was
 * tried again to `retried`.
 */
export async function execute(
  file: Suite,
  testTimeout: number,
  failures: Failure[],
  retried: string[],
  report: (test: string) => void,
): Promise<number> {
  let passed = 0
  let unfinished = 0
  const stray = new StrayErrors()
  await runSuite(file, file.name)
  // An unhandled rejection is reported in a task of its own, after the last test has ended.
  await new Promise((resolve) => setTimeout(resolve))
  for (const error of stray.stop())
    failures.push({ name: file.name, message: describeError(error) })
  return passed

  async function runSuite(suite: Suite, path: string): Promise<void> {
    const undo: Hook[] = []
    try {
      for (const hook of suite.beforeAll) await runHook(hook, undo, testTimeout)
    } catch (error) {
      failures.push({ name: `${path} > beforeAll`, message: describeError(error) })
      return
    }
    for (const child of suite.children) {
      const name = `${path} > ${child.name}`
      if (isSuite(child)) await runSuite(child, name)
      else await runOne(child, suite, name)
    }
    const errors = await runAll([...undo, ...suite.afterAll].reverse(), testTimeout)
    for (const error of errors)
      failures.push({ name: `${path} > afterAll`, message: describeError(error) })
  }

  async function runOne(test: Test, suite: Suite, name: string): Promise<void> {
    if (unfinished === patience) {
      failures.push({ name, message: `Not run: ${patience} tests before it did not finish.` })
      return
    }
    const { retry } = test
    for (let attempt = 0; ; attempt++) {
      report(attempt === 0 ? name : `${name} (retry ${attempt} of ${retry})`)
      const errors = await attemptOne(test, suite)
      const isUnfinished = errors.some((error) => error instanceof Unfinished)
      if (errors.length > 0 && !isUnfinished && attempt < retry) continue
      if (isUnfinished) unfinished++
      if (errors.length === 0) passed++
      else failures.push({ name, message: errors.slice(0, 3).map(describeError).join('\n') })
      if (attempt > 0) retried.push(`${name}: ${attempt} of ${retry} retries`)
      return
    }
  }

  async function attemptOne(test: Test, suite: Suite): Promise<unknown[]> {
    const timeout = test.timeout ?? testTimeout
    const errors: unknown[] = []
    const undo: Hook[] = []
    newAssertions()
    try {
      for (const hook of outermostFirst(suite, 'beforeEach')) await runHook(hook, undo, timeout)
      await within(timeout, () => test.body(context))
      await within(timeout, settleAssertions)
    } catch (error) {
      errors.push(error)
    }
    const after = [...undo, ...outermostFirst(suite, 'afterEach')].reverse()
    errors.push(...(await runAll(after, timeout)))
    errors.push(...stray.take())
    return errors
  }
}

function outermostFirst(suite: Suite, kind: 'beforeEach' | 'afterEach'): Hook[] {
  return [...(suite.parent === undefined ? [] : outermostFirst(suite.parent, kind)), ...suite[kind]]
}

async function runHook(hook: Hook, undo: Hook[], timeout: number): Promise<void> {
  const returned = await within(timeout, () => hook(context))
  if (typeof returned === 'function') undo.push(returned as Hook)
}

/** Every hook gets its turn, also after one before it has failed. */
async function runAll(hooks: readonly Hook[], timeout: number): Promise<unknown[]> {
  const errors: unknown[] = []
  for (const hook of hooks) {
    try {
      await within(timeout, () => hook(context))
    } catch (error) {
      errors.push(error)
    }
  }
  return errors
}

/** What `body` returns or throws, or an error once it has taken `ms`. A body that never yields is the runner's to kill. */
async function within(ms: number, body: () => unknown): Promise<unknown> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Unfinished(`Not finished after ${ms} ms.`)), ms)
  })
  try {
    return await Promise.race([body(), late])
  } finally {
    clearTimeout(timer)
  }
}
