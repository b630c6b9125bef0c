import { expect, it } from 'vitest'
import { readArguments } from '../src/arguments.ts'

const choices = {
  parts: ['node20', 'types'],
  moreParts: ['firefox'],
  briefParts: ['node20'],
  packages: ['parser', 'openai'],
}
const read = (...args: string[]) => readArguments(args, choices, {})

it('without any, a run has the parts and the packages of every run', () => {
  expect(read()).toMatchObject({
    task: 'consumers',
    parts: ['node20', 'types'],
    packages: choices.packages,
  })
})

it('--all adds parts, and tries more cases', () => {
  const all = read('--all')
  expect(all).toMatchObject({ task: 'consumers:all', parts: ['node20', 'types', 'firefox'] })
  expect(all.settings.runs).toBeGreaterThan(read().settings.runs)
})

it('a part is brief in the short run, unless it was asked for', () => {
  expect(read().brief).toEqual(['node20'])
  expect(read('--package', 'parser').brief).toEqual(['node20'])
  expect(read('--only', 'node20').brief).toEqual([])
  expect(read('--all').brief).toEqual([])
})

it('parts, packages, seed and runs can be chosen', () => {
  const plan = read('--only', 'firefox', '--package', 'openai,parser', '--seed=-5', '--runs', '1')
  expect(plan).toMatchObject({ parts: ['firefox'], packages: ['openai', 'parser'] })
  expect(plan.settings).toMatchObject({ seed: -5, runs: 1 })
})

it.each([
  [['--only', 'netscape'], 'There is no part "netscape"; there are node20, types, firefox.'],
  [['--only', ''], 'There is no part ""'],
  [['--package', 'x'], 'There is no package "x"; there are parser, openai.'],
  [['--seed', 'x'], 'The seed must be a whole number'],
  [['--runs', '0'], 'The number of runs must be a whole number'],
  [['--nonsense'], 'nonsense'],
])('%j is refused', (args, message) => {
  expect(() => read(...args)).toThrow(message)
})

it('the environment sets seed and runs, and an argument goes before it', () => {
  const env = { FC_SEED: '7', FC_RUNS: '8' }
  expect(readArguments([], choices, env).settings).toMatchObject({ seed: 7, runs: 8 })
  expect(readArguments(['--runs', '9'], choices, env).settings).toMatchObject({ seed: 7, runs: 9 })
  expect(() => readArguments([], choices, { FC_RUNS: 'many' })).toThrow('number of runs')
})
