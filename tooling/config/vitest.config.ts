import { existsSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { CountsReporter } from './vitest/counts-reporter.ts'
import { runs, seed } from './vitest/seed.ts'
import { readPackage } from './workspaces.ts'

const root = process.cwd()
const { entries, manifest } = readPackage(root)

/**
 * Tests import the package by its own name, as its users do. Here that name means the source, so that a
 * failure points at it; in `tooling/consumers` the same tests run on the packed tarball.
 */
const alias = entries
  .filter(({ source }) => existsSync(source))
  .map(({ specifier, source }) => ({ find: new RegExp(`^${specifier}$`), replacement: source }))

const here = path.dirname(fileURLToPath(import.meta.url))
/** Only where there is fast-check are there properties to seed. */
const properties =
  'fast-check' in { ...manifest.dependencies, ...manifest.devDependencies }
    ? {
        env: { FC_SEED: String(seed), FC_RUNS: String(runs) },
        globalSetup: path.join(here, 'vitest/print-seed.ts'),
        setupFiles: path.join(here, 'vitest/properties.ts'),
      }
    : { env: {} }

/** `vitest --mode long` runs the `*.long.ts` files, and tells the tests so in `LONG`. */
export default defineConfig(({ mode }) => {
  const isLong = mode === 'long'
  return {
    root,
    resolve: { alias },
    test: {
      ...properties,
      env: { ...properties.env, ...(isLong ? { LONG: '1' } : {}) },
      include: isLong ? ['test/**/*.long.ts'] : ['test/**/*.test.ts', 'test/**/*.long.ts'],
      ...(isLong ? {} : { runner: path.join(here, 'vitest/load-long-suites.ts') }),
      reporters: ['default', new CountsReporter(isLong ? 'test-long' : 'test')],
      // Two cores, and the suites are short: threads start faster than processes.
      pool: 'threads',
      // They end what hangs. A machine with ten times the work to do must not fail what only takes long.
      hookTimeout: 300_000,
      testTimeout: isLong ? 3_600_000 : 300_000,
    },
  }
})
