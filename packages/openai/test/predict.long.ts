import { describe, test } from 'vitest'
import {
  expectTheSameAmongBytes,
  expectTheSameChanged,
  expectTheSameInTurns,
  expectTheSameOfShape,
  shapes,
} from './support/prediction.ts'

// More of what `predict.test.ts` does: there each letter of a chunk takes too long, because each stream has to teach its
// shape first.

describe('the outcome is the same as without prediction', () => {
  test.each(shapes.map((shape, number) => ({ shape, number })))('for shape $number', ({ shape }) =>
    expectTheSameOfShape(shape, 200),
  )

  test('for shapes that take turns, written in other ways, and broken', () =>
    expectTheSameInTurns(5_000))

  test('for bytes that are not text, and lines that are not data, among chunks that are known', () =>
    expectTheSameAmongBytes(2_000))

  test('for each single letter that is changed in a chunk that is known', () =>
    expectTheSameChanged(shapes.slice(0, 6), 1, ['"', '\\', '0', '}', ',', '\u0001']))
})
