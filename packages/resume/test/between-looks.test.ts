import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { changes, everyChange, logs, look, takenOver, twoChanges } from './support/between-looks.ts'

describe('between two looks of a reader', () => {
  test.each(Object.entries(logs))(
    'anything happens to %s: the reader gets what one state of the log says, or is told',
    async (_, log) => {
      expect(await everyChange(log)).toBeGreaterThan(1500)
    },
  )

  test('two things happen to a log: the reader gets what one state of the log says, or is told', async () => {
    await fc.assert(twoChanges, { numRuns: 3000 })
  })

  test('the log vanishes under a forged cursor: 404 before the first look, `gone` up to the third, `reset` after it', async () => {
    const reader = { log: takenOver, after: '9-0', gap: 'reset', isShared: false } as const
    const seen = []
    for (let at = 1; at <= 4; at++) {
      const { told, outcome } = await look({
        ...reader,
        changes: [[at, changes['it vanishes'] as (typeof changes)[string]]],
      })
      seen.push([told[0], outcome])
    }
    expect(seen).toEqual([
      [undefined, 'not-found'],
      ['failed {"reason":"gone"}', 'over'],
      ['failed {"reason":"gone"}', 'over'],
      ['reset {"after":"9-0"}', 'over'],
    ])
  })
})
