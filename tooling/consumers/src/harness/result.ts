export interface Failure {
  /** The file, the suites and the test, joined by `>`. */
  readonly name: string
  readonly message: string
}

/** What a run answers: plain data, so that it can cross any wire. */
export interface RunResult {
  readonly passed: number
  readonly failed: number
  readonly failures: readonly Failure[]
  /** Tests that failed and were tried again, each with how often. */
  readonly retried?: readonly string[]
}

const longestMessage = 4000

/** The message and the first lines of the stack, shortened: a failure is read in a table, not in a debugger. */
export function describeError(error: unknown): string {
  const { name = 'Thrown', message = String(error), stack = '' } = (error ?? {}) as Partial<Error>
  // Two dialects of stack: `    at f (file:1:2)` and `f@file:1:2`. The message, which V8 repeats on top, is left out.
  const frames = stack
    .split('\n')
    .filter((line) => /^\s+at |@/.test(line) && !message.includes(line))
    .slice(0, 4)
  const text = [`${name}: ${message}`, ...frames].join('\n')
  return text.length > longestMessage ? `${text.slice(0, longestMessage)} …` : text
}
