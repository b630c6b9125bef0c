import { expect, test } from 'vitest'
import path from 'node:path'
import { runScript } from '../src/run-program.ts'

const here = path.resolve(import.meta.dirname, '..')

test('the packages can be used where only they are installed', async () => {
  const { status, output } = await runScript(path.join(here, 'smoke.mjs'), [], here)
  expect(output).toMatch(/^1 event, as the reference has it, on \w+ with v\d+/)
  expect(status).toBe(0)
})
