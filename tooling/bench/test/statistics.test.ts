import { expect, it } from 'vitest'
import { geometricMean, median, spread } from '../src/statistics.ts'

it('takes the middle, or what lies between the two middles', () => {
  expect(median([5, 1, 3])).toBe(3)
  expect(median([10, 1, 3, 5])).toBe(4)
  expect(median([9, 10, 100])).toBe(10)
})

it('leaves its input in order', () => {
  const values = [3, 1, 2]
  median(values)
  expect(values).toEqual([3, 1, 2])
})

it('has twice as fast and half as fast cancel out', () => {
  expect(geometricMean([2, 0.5])).toBeCloseTo(1, 12)
  expect(geometricMean([1, 8])).toBeCloseTo(Math.sqrt(8), 12)
})

it('says how far apart the values are', () => {
  expect(spread([1.2, 0.9, 1])).toEqual({ median: 1, min: 0.9, max: 1.2 })
})

it('has no answer for nothing', () => {
  expect(() => median([])).toThrow(RangeError)
  expect(() => geometricMean([])).toThrow(RangeError)
})
