import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { type Mutant, mutants } from './support/mutants.ts'

const run = promisify(execFile)
const folder = path.resolve(import.meta.dirname, '..')
const scratch = path.join(folder, '.scratch/mutants')
const vitest = path.join(folder, 'node_modules/vitest/vitest.mjs')
const config = path.resolve(folder, '../../tooling/config/vitest.config.ts')

/** A mutant that makes the tests wait for ever is found by this: so many times as long as they take without a mistake. */
const PATIENCE = 5
let longest = 0

/** A copy of the package with one mistake in it. */
function plant({ file, from, to }: Mutant, index: number): string {
  const place = path.join(scratch, `${index}`)
  mkdirSync(place, { recursive: true })
  cpSync(path.join(folder, 'src'), path.join(place, 'src'), { recursive: true })
  cpSync(path.join(folder, 'package.json'), path.join(place, 'package.json'))
  symlinkSync(path.join(folder, 'test'), path.join(place, 'test'))
  const target = path.join(place, 'src', file)
  const parts = readFileSync(target, 'utf8').split(from)
  expect(parts.length, `\`${from}\` stands once in ${file}`).toBe(2)
  writeFileSync(target, parts.join(to))
  return place
}

async function testsPass(cwd: string): Promise<boolean> {
  const args = [vitest, 'run', '--config', config, '--bail', '1', '--maxWorkers', '1']
  const env = { ...process.env, VITEST: undefined }
  try {
    await run(process.execPath, args, { cwd, env, timeout: longest })
    return true
  } catch (error) {
    const { code, killed } = error as { code?: unknown; killed?: boolean }
    // Anything else says that the tests could not be run.
    if (code === 1 || killed) return false
    throw error
  }
}

afterAll(() => rmSync(scratch, { recursive: true, force: true }))

test('without a mistake the tests pass where the mutants are run', async () => {
  rmSync(scratch, { recursive: true, force: true })
  const nothing = {
    name: '',
    file: 'index.ts',
    from: 'export { createStreams }',
    to: 'export { createStreams }',
  }
  const began = performance.now()
  expect(await testsPass(plant(nothing, 0))).toBe(true)
  longest = Math.ceil(PATIENCE * (performance.now() - began))
})

for (const [index, mutant] of mutants.entries()) {
  test(`the tests find that ${mutant.name}`, async () => {
    expect(await testsPass(plant(mutant, index + 1))).toBe(false)
  })
}
