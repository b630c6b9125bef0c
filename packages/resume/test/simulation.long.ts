import fc from 'fast-check'
import { expect, test } from 'vitest'
import { every } from './support/every.ts'
import { randomSchedule } from './support/random-schedule.ts'
import { two } from './support/two-producers.ts'

const RUNS = 100_000

test(`${RUNS} random schedules keep every promise`, async () => {
  const [start = 0] = fc.sample(fc.integer(), 1)
  for (let seed = start; seed < start + RUNS; seed++) {
    try {
      await randomSchedule(seed)
    } catch (error) {
      throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error })
    }
  }
})

test('every order of a start, a takeover and a reader keeps every promise', async () => {
  const runs = await every((choose) => two(choose, true))
  expect(runs).toBeGreaterThan(10_000)
})
