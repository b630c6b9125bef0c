import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { mutants } from './support/mutants.ts'

// The mutants themselves are run in `mutants.long.ts`. One that fits nowhere would be noticed only there.
test('each mutant fits one place of the source', () => {
  const places = mutants.map(({ name, file, from }) => {
    const source = readFileSync(new URL(`../src/${file}`, import.meta.url), 'utf8')
    return [name, source.split(from).length - 1]
  })
  expect(places).toEqual(mutants.map(({ name }) => [name, 1]))
})
