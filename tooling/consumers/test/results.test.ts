import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { here } from '../src/layout.ts'
import { addRow, clearReport, isGood, type Outcome, writeReport } from '../src/results.ts'

const task = `results-test-${process.pid}`
const report = path.join(here, `.reports/${task}.json`)

afterAll(() => clearReport(task))

const skip = { part: 'firefox', reason: 'it is missing' }

/** A run with a row of each of these kinds. */
async function outcomeOf(kinds: readonly ('passes' | 'breaks')[]): Promise<Outcome> {
  const outcome: Outcome = { rows: [], skips: [] }
  for (const kind of kinds)
    await addRow(outcome, 'node20', '20', kind, () =>
      kind === 'passes'
        ? Promise.resolve({ passed: 2, failed: 0, failures: [] })
        : Promise.reject(new Error('broken')),
    )
  return outcome
}

it('what breaks is a failure of its row', async () => {
  const { rows } = await outcomeOf(['breaks'])
  expect(rows).toMatchObject([{ passed: 0, failed: 1, failures: [{ message: 'broken' }] }])
})

it('a run is good when nothing failed, and under CI when nothing was skipped either', async () => {
  const good = await outcomeOf(['passes'])
  const bad = await outcomeOf(['passes', 'breaks'])
  const partial: Outcome = { ...good, skips: [skip] }
  expect([good, bad, partial].map((outcome) => isGood(outcome, {}))).toEqual([true, false, true])
  expect([good, bad, partial].map((outcome) => isGood(outcome, { CI: 'true' }))).toEqual([
    true,
    false,
    false,
  ])
})

it('a run leaves a report, and one that breaks off leaves none', async () => {
  writeReport(task, { ...(await outcomeOf(['passes', 'breaks'])), skips: [skip] })
  const read = (): unknown => JSON.parse(readFileSync(report, 'utf8'))
  expect(read()).toEqual({
    passed: 2,
    failed: 1,
    skipped: 1,
    skips: ['firefox: it is missing'],
    failures: [{ file: 'node20 20', name: 'breaks: breaks', why: 'broken' }],
  })
  clearReport(task)
  expect(read).toThrow('ENOENT')
})
