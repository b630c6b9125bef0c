import fc from 'fast-check'
import { test } from 'vitest'
import { modelHolds } from './support/model.ts'

test('after any of many commands every reader got what the model of the log says', async () => {
  await fc.assert(modelHolds, { numRuns: 20_000 })
})
