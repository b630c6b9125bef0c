import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fitExponent, measureExponent, TestkitError, type MeasureOptions } from '@tesserae/testkit'

/** Work that takes time by a clock of its own: `cost(size)` milliseconds and sometimes a disturbance. */
function simulated(cost: (size: number) => number, disturbance: () => number = () => 0) {
  let time = 0
  let runs = 0
  const makeWork = (size: number) => () => {
    runs++
    time += cost(size) + disturbance()
  }
  return {
    measure: (options: MeasureOptions = {}) =>
      measureExponent(makeWork, { now: () => time, ...options }),
    runs: () => runs,
  }
}

const code = async (promise: Promise<unknown>) => {
  try {
    await promise
    return 'no error'
  } catch (error) {
    return error instanceof TestkitError ? error.code : error
  }
}

describe('fitExponent', () => {
  test('finds the exponent of a power, whatever its factor', () => {
    const exponents = fc.double({ min: -3, max: 3, noNaN: true })
    const factors = fc.double({ min: 1e-6, max: 1e6, noNaN: true })
    const sizes = fc.uniqueArray(fc.integer({ min: 1, max: 1_000_000 }), {
      minLength: 2,
      maxLength: 8,
    })
    fc.assert(
      fc.property(exponents, factors, sizes, (exponent, factor, sizes) => {
        const points = sizes.map((size) => ({ size, cost: factor * size ** exponent }))
        expect(fitExponent(points)).toBeCloseTo(exponent, 4)
      }),
    )
  })

  test('lies between, where the costs do not lie on one line', () => {
    const points = [1, 2, 4, 8].map((size) => ({ size, cost: 100 * size + size ** 2 }))
    expect(fitExponent(points)).toBeGreaterThan(1)
    expect(fitExponent(points)).toBeLessThan(1.1)
  })

  test.each([
    ['no points', []],
    ['one point', [{ size: 1, cost: 1 }]],
    [
      'one size',
      [
        { size: 1, cost: 1 },
        { size: 1, cost: 2 },
      ],
    ],
    [
      'a cost of 0',
      [
        { size: 1, cost: 0 },
        { size: 2, cost: 2 },
      ],
    ],
    [
      'a size of 0',
      [
        { size: 0, cost: 1 },
        { size: 2, cost: 2 },
      ],
    ],
    [
      'a cost that is not a number',
      [
        { size: 1, cost: Number.NaN },
        { size: 2, cost: 2 },
      ],
    ],
  ])('%s are refused', (_what, points) => {
    expect(() => fitExponent(points)).toThrow(TestkitError)
  })
})

describe('measureExponent', () => {
  test.each([0.5, 1, 1.5, 2])('finds an exponent of %d', async (exponent) => {
    const {
      exponent: found,
      rounds,
      points,
    } = await simulated((size) => size ** exponent).measure()
    expect(found).toBeCloseTo(exponent, 2)
    expect(rounds).toBe(20)
    expect(points.map(({ size }) => size)).toEqual([256, 512, 1024, 2048])
  })

  test('makes all sizes larger until the smallest is measurable', async () => {
    const { points } = await simulated((size) => size / 100_000).measure({
      sizes: [10, 40],
      shortest: 2,
    })
    expect(points.map(({ size }) => size)).toEqual([327_680, 1_310_720])
    expect(points.map(({ cost }) => Math.round(cost))).toEqual([3, 13])
  })

  test('wants fifty steps of a coarse clock from the smallest size', async () => {
    let time = 0
    const now = () => Math.floor((time += 0.01) / 2) * 2
    const { points } = await measureExponent((size) => () => (time += size / 1000), { now })
    expect(points[0]?.cost).toBeGreaterThanOrEqual(100)
    expect(points[0]?.cost).toBeLessThan(200)
  })

  test('is not misled by disturbances that most runs suffer from', async () => {
    let run = 0
    const { measure } = simulated(
      (size) => size,
      // Two runs in three are disturbed, as long as the largest size takes, out of step with the sizes.
      () => (++run % 3 === 0 ? 0 : 2048 * ((run * 7919) % 13)),
    )
    const { exponent } = await measure()
    expect(exponent).toBeCloseTo(1, 1)
  })

  test('takes more rounds while they change the result', async () => {
    let run = 0
    // All that is measured early is slow, as before a compiler has seen the work; it is four sizes to a round.
    const { measure } = simulated(
      (size) => size,
      () => Math.max(0, 200_000 - 5000 * run++),
    )
    const { exponent, rounds } = await measure({ rounds: 3, tolerance: 0.01 })
    expect(rounds).toBeGreaterThan(3)
    expect(exponent).toBeCloseTo(1, 1)
  })

  test('gives up on what does not come to rest', async () => {
    let run = 0
    const { measure } = simulated((size) => size * 0.5 ** (run++ % 4 === 3 ? run : 0))
    expect(await code(measure({ rounds: 3, maxRounds: 12, tolerance: 0.001 }))).toBe(
      'not-measurable',
    )
  })

  test('gives up on a clock that stands still', async () => {
    const { measure, runs } = simulated(() => 0)
    expect(await code(measure({ maxSize: 2 ** 20 }))).toBe('not-measurable')
    expect(runs()).toBeLessThan(100)
  })

  test('gives up on a clock that stops', async () => {
    let time = 0
    let calls = 0
    // It goes for as long as the sizes are chosen, and no longer.
    const work = (size: number) => () => {
      if (++calls <= 3) time += size
    }
    expect(await code(measureExponent(work, { now: () => time }))).toBe('not-measurable')
  })

  test('does not make sizes larger than it may', async () => {
    let largest = 0
    const work = (size: number) => {
      largest = Math.max(largest, size)
      return () => {}
    }
    expect(await code(measureExponent(work, { now: () => 0, maxSize: 5000 }))).toBe(
      'not-measurable',
    )
    expect(largest).toBe(512)
  })

  test('waits for work that is asynchronous', async () => {
    let time = 0
    const { exponent } = await measureExponent(
      (size) => async () => {
        await null
        time += size ** 2
      },
      { now: () => time },
    )
    expect(exponent).toBeCloseTo(2, 2)
  })

  test('prepares inputs outside the time, and each size once for all rounds', async () => {
    let time = 0
    const prepared: number[] = []
    const { exponent } = await measureExponent(
      (size) => {
        prepared.push(size)
        time += size ** 3
        return () => (time += size)
      },
      { now: () => time, sizes: [100, 200] },
    )
    expect(exponent).toBeCloseTo(1, 2)
    expect(prepared).toEqual([100, 100, 200])
  })

  test.each([[[]], [[5]], [[5, 5]], [[0, 5]]])('sizes of %j are refused', async (sizes) => {
    expect(await code(simulated((size) => size).measure({ sizes }))).toBe('invalid-argument')
  })
})
