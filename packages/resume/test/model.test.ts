import fc from 'fast-check'
import { test } from 'vitest'
import { modelHolds } from './support/model.ts'

test('after any commands every reader got what the model of the log says', async () => {
  await fc.assert(modelHolds, { numRuns: 500 })
})
