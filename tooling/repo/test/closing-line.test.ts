import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { closingLine, type TaskRun } from '../run/closing-line.mjs'
import { reportsOf } from '../run/reports.mjs'
import { lacksTools } from '../run/set-up.mjs'

const counts = (passed: number, failed = 0, skipped = 0, skips: string[] = []) => ({
  passed,
  failed,
  skipped,
  skips,
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
      lines: ['failed: a#test', '3 passed, 2 failed'],
      ok: false,
    })
  })

  test('a task that failed and reports no failure is one', () => {
    expect(add([ran('a#test', 137, counts(3)), ran('b#types', 2)], 1)).toEqual({
      lines: [
        'failed: a#test ended with 137',
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
      '0 passed, 2 failed',
    ])
  })

  test('a report that cannot be read is a failure', () => {
    expect(add([ran('a#test', 0, undefined)])).toEqual({
      lines: ['failed: a#test left a report that cannot be read', '0 passed, 1 failed'],
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

describe('a system whose tools the lock file lacks', () => {
  const root = mkdtempSync(path.join(tmpdir(), 'lock-'))
  writeFileSync(path.join(root, 'pnpm-lock.yaml'), "  '@turbo/linux-64@2.0.0':\n")

  test.each([
    ['linux', 'x64', undefined],
    ['linux', 'arm64', /no build tools for linux on arm64/],
    ['darwin', 'arm64', /no build tools for darwin on arm64.+container/],
    ['sunos', 'x64', /no build tools for sunos/],
  ])('%s %s', (platform, arch, sentence) => {
    const said = lacksTools(root, { platform, arch })
    if (sentence === undefined) expect(said).toBeUndefined()
    else expect(said).toMatch(sentence)
  })
})
