import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { mutants } from './support/mutants.ts'

// The mutants themselves are run in `mutants.long.ts`. One that fits nowhere would be noticed only there.
test.each(mutants)('the place in the source is there where $name', ({ file, from }) => {
  const source = readFileSync(new URL(`../src/${file}`, import.meta.url), 'utf8')
  expect(source.split(from).length).toBe(2)
})
