import type { Failure, RunResult } from './harness/result.ts'

/** Named checks, one after another: each that throws is a failure, and the others still run. */
export class Checks {
  #passed = 0
  readonly #failures: Failure[] = []

  async check(name: string, body: () => unknown): Promise<void> {
    try {
      await body()
      this.#passed++
    } catch (error) {
      this.#failures.push({ name, message: (error as Error).message })
    }
  }

  result(): RunResult {
    const failures = [...this.#failures]
    return { passed: this.#passed, failed: failures.length, failures }
  }
}

/** Throws with what is missing and what is too much. */
export function assertSame(
  what: string,
  found: readonly string[],
  expected: readonly string[],
): void {
  const missing = expected.filter((name) => !found.includes(name))
  const unexpected = found.filter((name) => !expected.includes(name))
  if (missing.length + unexpected.length === 0) return
  const list = (names: readonly string[]): string =>
    names.length === 0 ? 'nothing' : names.join(', ')
  throw new Error(`${what}: ${list(missing)} missing, ${list(unexpected)} unexpected.`)
}
