import fc from 'fast-check'
import { expect, test } from 'vitest'
import { every } from './support/every.ts'
import { forgetful } from './support/forgetful.ts'
import { randomSchedule } from './support/random-schedule.ts'
import { two } from './support/two-producers.ts'

const RUNS = 100_000
const FORGETFUL_RUNS = 5000

async function manySeeds(count: number, run: (seed: number) => Promise<unknown>): Promise<void> {
  const [start = 0] = fc.sample(fc.integer(), 1)
  for (let seed = start; seed < start + count; seed++) {
    try {
      await run(seed)
    } catch (error) {
      throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error })
    }
  }
}

test(`${RUNS} random schedules keep every promise`, () => manySeeds(RUNS, randomSchedule))

test('whatever the store forgets, a client that starts over at `reset` has what the log has', () =>
  manySeeds(FORGETFUL_RUNS, forgetful))

test('every order of a start, a takeover and a reader keeps every promise', async () => {
  const runs = await every((choose) => two(choose, true))
  expect(runs).toBeGreaterThan(10_000)
})
