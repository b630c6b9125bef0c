import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { closingLine, type TaskRun } from '../run/closing-line.mjs'
import { reportsOf } from '../run/reports.mjs'

const counts = (passed: number, failed = 0, skipped = 0, skips: string[] = []) => ({
  passed,
  failed,
  skipped,
  skips,
  failures: [],
})
const ran = (taskId: string, exitCode: number | null, ...reports: TaskRun['reports']): TaskRun => ({
  taskId,
  task: taskId.split('#')[1] ?? '',
  directory: '',
  command: 'node x',
  cache: { status: 'MISS' },
  execution: { exitCode },
  reports,
})
const add = (tasks: TaskRun[] | undefined, status = 0, skipsFail = false) =>
  closingLine(tasks, status, { skipsFail })

describe('the closing line', () => {
  test('adds reports up, and counts a task without one as one check', () => {
    const tasks = [ran('a#test', 0, counts(3), counts(4)), ran('a#types', 0)]
    expect(add(tasks)).toEqual({ lines: ['8 passed, 0 failed'], ok: true })
  })

  test('takes what turbo has from its cache for what it was', () => {
    const task = { ...ran('a#test', null, counts(3)), cache: { status: 'HIT' }, execution: null }
    expect(add([task])).toEqual({
      lines: ['3 passed, 0 failed'],
      ok: true,
    })
  })

  test('does not count a script that a package lacks', () => {
    const lacks = { ...ran('b#test', 0), command: '<NONEXISTENT>' }
    expect(add([ran('a#test', 0), lacks]).lines).toEqual(['1 passed, 0 failed'])
  })

  test('names what failed', () => {
    expect(add([ran('a#test', 1, counts(3, 2))], 1)).toEqual({
      lines: ['failed: a#test', '  run it again: npm test -- --filter=a', '3 passed, 2 failed'],
      ok: false,
    })
  })

  test('names the tests that failed and the command that runs their files again', () => {
    const failures = [
      { file: 'test/limits.test.ts', name: 'limits > counts bytes' },
      { file: 'test/limits.test.ts', name: 'limits > of a line', why: `${'x'.repeat(300)}\nat y` },
    ]
    const task = {
      ...ran('a#test', 1, { ...counts(3, 2), failures }),
      directory: 'packages/a',
      command: 'vitest run --config x.ts',
    }
    expect(add([task], 1).lines).toEqual([
      'failed: a#test',
      '  test/limits.test.ts: limits > counts bytes',
      '  test/limits.test.ts: limits > of a line',
      `    ${'x'.repeat(200)} …`,
      '  run them again: (cd packages/a && ../../node_modules/.bin/vitest run --config x.ts test/limits.test.ts)',
      '3 passed, 2 failed',
    ])
  })

  test('names an error outside of any test, after which all files are run again', () => {
    const failures = [{ name: '(outside any test)', why: 'broken' }]
    const command = 'vitest run --config x.ts'
    const failed = ran('a#test', 1, { ...counts(3, 1), failures })
    expect(add([{ ...failed, directory: 'packages/a', command }], 1).lines).toEqual([
      'failed: a#test',
      '  (outside any test)',
      '    broken',
      '  run them again: (cd packages/a && ../../node_modules/.bin/vitest run --config x.ts)',
      '3 passed, 1 failed',
    ])
  })

  test('names what failed where no file can be run again', () => {
    const failures = [{ file: 'bun 1', name: 'encoder: a > b', why: 'expected 1 to be 2' }]
    expect(add([ran('a#consumers', 1, { ...counts(3, 1), failures })], 1).lines).toEqual([
      'failed: a#consumers',
      '  bun 1: encoder: a > b',
      '    expected 1 to be 2',
      '  run it again: npm test -- --filter=a',
      '3 passed, 1 failed',
    ])
  })

  test('a task that failed and reports no failure is one', () => {
    expect(add([ran('a#test', 137, counts(3)), ran('b#types', 2)], 1)).toEqual({
      lines: [
        'failed: a#test ended with 137',
        '  run it again: npm test -- --filter=a',
        'failed: b#types ended with 2',
        '3 passed, 2 failed',
      ],
      ok: false,
    })
  })

  test('a task that reports failures fails, whatever it ended with', () => {
    expect(add([ran('a#test', 0, counts(3, 1))]).ok).toBe(false)
  })

  test('a task that never ran is a failure', () => {
    const never = { ...ran('b#test', 0), execution: null }
    expect(add([ran('a#build', 1), never], 1).lines).toEqual([
      'failed: a#build ended with 1',
      'failed: b#test did not run',
      '  run it again: npm test -- --filter=b',
      '0 passed, 2 failed',
    ])
  })

  test('a report that cannot be read is a failure', () => {
    expect(add([ran('a#test', 0, undefined)])).toEqual({
      lines: [
        'failed: a#test left a report that cannot be read',
        '  run it again: npm test -- --filter=a',
        '0 passed, 1 failed',
      ],
      ok: false,
    })
  })

  test('no summary and no task are failures', () => {
    expect(add(undefined).lines.at(-1)).toBe('0 passed, 1 failed')
    expect(add([]).ok).toBe(false)
  })

  test('turbo failing while every task passed is a failure', () => {
    expect(add([ran('a#test', 0)], 1).lines).toEqual([
      'failed: turbo ended with 1, though no task of it failed',
      '1 passed, 1 failed',
    ])
  })

  test('says what was skipped, which is a failure where CI is set', () => {
    const tasks = [ran('a#consumers', 0, counts(3, 0, 2, ['no browser']))]
    expect(add(tasks)).toEqual({
      lines: ['skipped: a#consumers: no browser', '3 passed, 0 failed, 2 skipped'],
      ok: true,
    })
    const inCI = add(tasks, 0, true)
    expect(inCI.ok).toBe(false)
    expect(inCI.lines.at(-1)).toBe('3 passed, 0 failed, 2 skipped')
  })
})

describe('reports', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'reports-'))
  const write = (name: string, text: string) =>
    writeFileSync(path.join(folder, '.reports', name), text)
  mkdirSync(path.join(folder, '.reports'))
  write('test.json', '{"passed":1,"failed":0,"skipped":0}')
  write('test-long.json', '{"passed":2,"failed":0}')
  write('consumers.bun.json', '{"passed":3,"failed":0,"skipped":1,"skips":["why"]}')
  write('consumers.deno.json', '{"passed":"3","failed":0}')
  write('check.json', 'half a rep')

  test('belong to the task that they are named for', () => {
    expect(reportsOf(folder, 'test')).toEqual([counts(1)])
    expect(reportsOf(folder, 'test:long')).toEqual([counts(2)])
    expect(reportsOf(folder, 'types')).toEqual([])
  })

  test('are not taken for empty when they cannot be read', () => {
    expect(reportsOf(folder, 'consumers')).toEqual([counts(3, 0, 1, ['why']), undefined])
    expect(reportsOf(folder, 'check')).toEqual([undefined])
  })
})
