import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { here } from '../src/layout.ts'
import { clearReport, isGood, type Outcome, row, writeReport } from '../src/results.ts'

const task = `results-test-${process.pid}`
const report = path.join(here, `.reports/${task}.json`)

afterAll(() => clearReport(task))

const passes = (): ReturnType<typeof row> =>
  row('node20', '20', 'one', () => Promise.resolve({ passed: 2, failed: 0, failures: [] }))
const breaks = (): ReturnType<typeof row> =>
  row('node20', '20', 'two', () => Promise.reject(new Error('broken')))

const skip = { part: 'firefox', reason: 'it is missing' }

it('what breaks is a failure of its row', async () => {
  expect(await breaks()).toMatchObject({ passed: 0, failed: 1, failures: [{ message: 'broken' }] })
})

it('a run is good when nothing failed, and under CI when nothing was skipped either', async () => {
  const good: Outcome = { rows: [await passes()], skips: [] }
  const bad: Outcome = { rows: [await passes(), await breaks()], skips: [] }
  const partial: Outcome = { ...good, skips: [skip] }
  expect([good, bad, partial].map((outcome) => isGood(outcome, {}))).toEqual([true, false, true])
  expect([good, bad, partial].map((outcome) => isGood(outcome, { CI: 'true' }))).toEqual([
    true,
    false,
    false,
  ])
})

it('a run leaves a report, and one that breaks off leaves none', async () => {
  writeReport(task, { rows: [await passes(), await breaks()], skips: [skip] })
  const read = (): unknown => JSON.parse(readFileSync(report, 'utf8'))
  expect(read()).toEqual({
    passed: 2,
    failed: 1,
    skipped: 1,
    skips: ['firefox: it is missing'],
    failures: [{ file: 'node20 20', name: 'two: two', why: 'broken' }],
  })
  clearReport(task)
  expect(read).toThrow('ENOENT')
})
