import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'

const root = path.resolve(import.meta.dirname, '../../..')
const scratch = path.join(root, 'tooling/repo/.scratch')
mkdirSync(scratch, { recursive: true })
// Inside of the workspace, so that `vitest` is found from there.
const folder = mkdtempSync(path.join(scratch, 'long-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Runs vitest, as the script `test` of a package does, over a test, a skipped test and a long suite. */
function runWith(longSuite: string): { status: number | null; counts: unknown; failures: unknown } {
  mkdirSync(path.join(folder, 'test'), { recursive: true })
  writeFileSync(path.join(folder, 'package.json'), '{ "name": "made-up", "type": "module" }')
  const head = `import { expect, test } from 'vitest'\n`
  writeFileSync(
    path.join(folder, 'test/a.test.ts'),
    `${head}test('a', () => expect(1).toBe(1)); test('c', ({ skip }) => skip('not here'))`,
  )
  writeFileSync(path.join(folder, 'test/b.long.ts'), head + longSuite)
  const vitest = path.join(root, 'node_modules/vitest/vitest.mjs')
  const config = path.join(root, 'tooling/config/vitest.config.ts')
  const { status } = spawnSync(process.execPath, [vitest, 'run', '--config', config], {
    cwd: folder,
  })
  const report = readFileSync(path.join(folder, '.reports/test.json'), 'utf8')
  const { failures, ...counts } = JSON.parse(report)
  return { status, counts, failures }
}

const broken = (why: unknown): unknown => ({
  status: 1,
  counts: { passed: 1, failed: 1, skipped: 1, skips: ['not here'] },
  failures: [{ file: 'test/b.long.ts', name: '(the file itself)', why }],
})

describe('the short run', () => {
  it('loads a long suite, executes none of its tests, and counts it as one', () => {
    const suite = `test('b', () => { throw new Error('executed') })`
    expect(runWith(suite)).toEqual({
      status: 0,
      counts: { passed: 2, failed: 0, skipped: 1, skips: ['not here'] },
      failures: [],
    })
  })

  it('fails when a long suite cannot load', () => {
    const suite = `test('b', () => expect(1).toBe(1))\nthrow new Error('broken')`
    expect(runWith(suite)).toEqual(broken('broken'))
  })

  it('fails when a long suite declares no test', () => {
    expect(runWith('')).toEqual(broken(expect.stringContaining('No test suite found')))
  })
})
