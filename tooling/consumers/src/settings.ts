/** The settings of a run of test suites. Each has one default, here. */
export interface Settings {
  /** Seed of every fast-check property: printed, and set by `--seed` or `FC_SEED`. */
  readonly seed: number
  /**
   * How many cases a property tries where its test does not say: `--runs` or `FC_RUNS`. The default is fast-check's
   * own for the long run, and a fifth of it for the short one, which tries every property in eight runtimes.
   */
  readonly runs: number
  /** Milliseconds that one test may take: what it may take under vitest. For what hangs, not for what is slow. */
  readonly testTimeout: number
  /** Milliseconds after which a runtime that has not finished a test file is killed. */
  readonly fileTimeout: number
  /** Milliseconds after which a runtime is given no further test file. */
  readonly runtimeTimeout: number
}

export function defaultSettings(long: boolean, env: NodeJS.ProcessEnv = process.env): Settings {
  return {
    seed: Number(env['FC_SEED'] ?? Date.now() % 2 ** 31),
    runs: Number(env['FC_RUNS'] ?? (long ? 100 : 20)),
    testTimeout: 300_000,
    fileTimeout: long ? 1_200_000 : 600_000,
    runtimeTimeout: long ? 3_600_000 : 1_800_000,
  }
}
