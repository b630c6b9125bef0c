import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type Change,
  changes,
  everyChange,
  logs,
  look,
  takenOver,
  twoChanges,
} from './support/between-looks.ts'

describe('between two looks of a reader', () => {
  test.each(Object.entries(logs))(
    'anything happens to %s: the reader gets what one state of the log says, or why it ends',
    async (_, log) => {
      expect(await everyChange(log)).toBeGreaterThan(1500)
    },
  )

  test('two things happen to a log: the reader gets what one state of the log says, or why it ends', async () => {
    await fc.assert(twoChanges, { numRuns: 3000 })
  })

  test.each([
    ['reset', ['reset {"after":"9-0"}', 'over']],
    ['reject', [undefined, 'gap']],
  ] as const)(
    'the log vanishes under a cursor that it does not have: 404 up to the third look, then `gap: %s` decides',
    async (gap, later) => {
      const reader = { log: takenOver, after: '9-0', gap, isShared: false } as const
      const seen = []
      for (let at = 1; at <= 4; at++) {
        const vanish = changes['it vanishes'] as Change
        const { told, outcome } = await look({ ...reader, changes: [[at, vanish]] })
        seen.push([told[0], outcome])
      }
      const nothing = [undefined, 'not-found']
      expect(seen).toEqual([nothing, nothing, nothing, later])
    },
  )
})
