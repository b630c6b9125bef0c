import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { randomSchedule } from './support/random-schedule.ts'

const RUNS = 1500

describe('simulation', () => {
  test(`${RUNS} random schedules keep every promise`, async () => {
    const seeds = fc.sample(fc.integer(), RUNS)
    for (const seed of seeds) {
      try {
        await randomSchedule(seed)
      } catch (error) {
        throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error })
      }
    }
    expect(seeds.length).toBe(RUNS)
  })
})
