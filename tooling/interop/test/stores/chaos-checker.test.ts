import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { accepted, expected, refused } from '../support/chaos/checker-cases.ts'
import { mutants } from '../support/chaos/checker-mutants.ts'
import * as checker from '../support/chaos/checker.ts'

const file = path.resolve(import.meta.dirname, '../support/chaos/checker.ts')
const scratch = path.resolve(import.meta.dirname, '../../.scratch/checkers')

describe('the checker of chaos', () => {
  test.each(accepted)('accepts %s', (_, its, readers) => {
    expect(checker.violations({ ...expected, ...its }, readers)).toEqual([])
  })

  test.each(refused)('finds %s', (_, its, readers, problem) => {
    expect(checker.violations({ ...expected, ...its }, readers).join()).toMatch(problem)
  })
})

/** The checker with a mistake in it. */
async function plant(index: number, from: string, to: string): Promise<typeof checker> {
  const parts = readFileSync(file, 'utf8').split(from)
  expect(parts.length, `\`${from}\` stands once in checker.ts`).toBe(2)
  const settings = path.join(path.dirname(file), 'settings.ts')
  mkdirSync(scratch, { recursive: true })
  const target = path.join(scratch, `${index}.ts`)
  writeFileSync(target, parts.join(to).replace('./settings.ts', settings))
  return (await import(pathToFileURL(target).href)) as typeof checker
}

for (const [index, { name, from, to }] of mutants.entries()) {
  test(`the cases find a checker in which ${name}`, async () => {
    const { violations } = await plant(index, from, to)
    const isMisled =
      accepted.some(
        ([, its, readers]) => violations({ ...expected, ...its }, readers).length > 0,
      ) ||
      refused.some(
        ([, its, readers, problem]) =>
          !problem.test(violations({ ...expected, ...its }, readers).join()),
      )
    expect(isMisled).toBe(true)
  })
}
