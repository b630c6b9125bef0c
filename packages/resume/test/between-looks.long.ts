import fc from 'fast-check'
import { test } from 'vitest'
import { twoChanges } from './support/between-looks.ts'

test('100,000 times two things happen to a log between two looks of a reader: it gets what the log says', async () => {
  await fc.assert(twoChanges, { numRuns: 100_000 })
})
