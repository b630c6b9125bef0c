import type { Check } from './types.ts'

export interface Result {
  /** What to print, in the order of the checks. */
  readonly lines: readonly string[]
  readonly passed: number
  readonly failed: number
  readonly failures: readonly { file: string; name: string }[]
}

/** Runs all of them at once. A check that throws could not be made, and has failed. */
export async function runChecks(checks: readonly Check[], root: string): Promise<Result> {
  const all = await Promise.all(
    checks.map(async (check) => ({ check, ...(await timed(check, root)) })),
  )
  const red = all.filter(({ problems }) => problems.length > 0)
  const lines = all.flatMap(({ check, problems, ms }) => [
    `${problems.length > 0 ? 'red' : 'ok '}  ${check.name} (${ms} ms)`,
    ...problems.map((problem) => problem.replace(/^/gm, '       ')),
  ])
  const failures = red.flatMap(({ check, problems }) =>
    problems.map((name) => ({ file: check.name, name })),
  )
  return { lines, passed: all.length - red.length, failed: red.length, failures }
}

async function timed(
  check: Check,
  root: string,
): Promise<{ problems: readonly string[]; ms: number }> {
  const begin = performance.now()
  let problems: readonly string[]
  try {
    problems = await check.problems(root)
  } catch (error) {
    problems = [`the check could not be made: ${error instanceof Error ? error.message : error}`]
  }
  return { problems, ms: Math.round(performance.now() - begin) }
}
