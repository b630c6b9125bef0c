import type { Check } from './types.ts'

/** Runs all of them at once. A check that throws could not be made, and has failed. `lines` is what to print, in their order. */
export async function runChecks(checks: readonly Check[], root: string) {
  const all = await Promise.all(checks.map((check) => timed(check, root)))
  const red = all.filter(({ problems }) => problems.length > 0)
  const lines = all.flatMap(({ name, problems, ms }) => [
    `${problems.length > 0 ? 'red' : 'ok '}  ${name} (${ms} ms)`,
    ...problems.map((problem) => problem.replace(/^/gm, '       ')),
  ])
  const failures = red.flatMap(({ name: file, problems }) =>
    problems.map((name) => ({ file, name })),
  )
  return { lines, passed: all.length - red.length, failed: red.length, failures }
}

async function timed(check: Check, root: string) {
  const begin = performance.now()
  const made = async (): Promise<readonly string[]> => check.problems(root)
  const problems = await made().catch((error: unknown) => [
    `the check could not be made: ${error instanceof Error ? error.message : error}`,
  ])
  return { name: check.name, problems, ms: Math.round(performance.now() - begin) }
}
