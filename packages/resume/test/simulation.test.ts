import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { forgetful } from './support/forgetful.ts'
import { randomSchedule } from './support/random-schedule.ts'

const RUNS = 1500
const FORGETFUL_RUNS = 150

describe('simulation', () => {
  test('whatever the store forgets, a client that starts over at `reset` has what the log has', async () => {
    let [resets, damaged, continued] = [0, 0, 0]
    for (const seed of fc.sample(fc.integer(), FORGETFUL_RUNS)) {
      try {
        const run = await forgetful(seed)
        resets += run.resets
        damaged += Number(run.isDamaged)
        continued += run.continued
      } catch (error) {
        throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error })
      }
    }
    expect(resets).toBeGreaterThan(FORGETFUL_RUNS / 5)
    expect(damaged).toBeGreaterThan(FORGETFUL_RUNS / 50)
    expect(continued).toBeGreaterThan(FORGETFUL_RUNS / 5)
  })

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
