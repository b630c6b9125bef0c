import { describe, expect, it } from 'vitest'
import { type CaseResult, summarise } from '../src/measure.ts'

import { familyMeans, markdownTable, mixedTable, plainTable } from '../src/table.ts'
import { improvements, isEven, regressions } from '../src/regressions.ts'
import type { Report } from '../src/worker.ts'

const names = ['ours', 'theirs'] as const
const size = { case: 'group/stream/1k/read', events: 100, bytes: 10_000 }
const timed = (nanoseconds: [number, number], ratio: number): Report => ({
  ...size,
  result: { nanoseconds, ratio },
})
const named = { name: size.case, families: ['read'] }

function result(
  name: string,
  families: string[],
  median: number,
  min = median,
  max = median,
): CaseResult {
  return {
    name,
    families,
    names,
    events: 100,
    bytes: 10_000,
    ratio: { median, min, max },
    nsPerEvent: [50, 50 * median],
    megabytesPerSecond: [2000, 2000 / median],
  }
}

const failed: CaseResult = {
  name: 'group/stream/1k/unread',
  families: ['unread'],
  names,
  events: 100,
  bytes: 10_000,
  failure: 'ours gave 1 event',
}

describe('summarise', () => {
  it('takes medians over the processes', () => {
    const summary = summarise(named, names, [
      timed([10_000, 20_000], 2),
      timed([20_000, 30_000], 1.5),
      timed([40_000, 120_000], 3),
    ])
    expect(summary.ratio).toEqual({ median: 2, min: 1.5, max: 3 })
    expect(summary.nsPerEvent).toEqual([200, 300])
    expect(summary.megabytesPerSecond![0]).toBeCloseTo(500, 9)
    expect(summary.failure).toBeUndefined()
  })

  it('has no numbers when one process of many found a wrong answer', () => {
    const summary = summarise(named, names, [
      timed([10_000, 20_000], 2),
      { ...size, failure: 'theirs gave 99 events' },
    ])
    expect(summary.failure).toBe('theirs gave 99 events')
    expect(summary.ratio).toBeUndefined()
    expect(summary.nsPerEvent).toBeUndefined()
  })

  it('has neither numbers nor a failure after a verify run', () => {
    const summary = summarise(named, names, [size])
    expect(summary.failure).toBeUndefined()
    expect(summary.ratio).toBeUndefined()
    expect(plainTable([summary])).toBe('group/stream/1k/read  right')
  })
})

describe('families', () => {
  const results = [
    result('g/a/each/read', ['live', 'read'], 2),
    result('g/b/1k/read', ['read'], 0.5),
    result('g/b/1k/unread', ['unread'], 3),
  ]

  it('have the geometric mean of their cases', () => {
    const means = familyMeans(results)
    expect(means.get('live')).toBeCloseTo(2, 9)
    expect(means.get('read')).toBeCloseTo(1, 9)
    expect(means.get('unread')).toBeCloseTo(3, 9)
  })

  it('have none when a case of theirs failed', () => {
    const means = familyMeans([...results, failed])
    expect(means.get('unread')).toBeUndefined()
    expect(means.get('read')).toBeCloseTo(1, 9)
  })
})

describe('tables', () => {
  const results = [
    result('group/a/1k/read', ['read'], 2, 1.9, 2.125),
    result('group/a/1k/unread', ['unread'], 0.5),
    result('group/b/1k/read', ['read'], 1),
  ]

  it('for a README: a row for each stream, columns for each kind of work', () => {
    expect(markdownTable(results, 'A machine.')).toBe(
      [
        '| case | read: ns/event | times as fast | unread: ns/event | times as fast |',
        '| --- | --: | --: | --: | --: |',
        '| `a/1k` | 50.0 : 100 | 2.00× (1.90–2.13) | 50.0 : 25.0 | 0.50× (0.50–0.50) |',
        '| `b/1k` | 50.0 : 50.0 | 1.00× (1.00–1.00) |  |  |',
        '',
        '`ours` : `theirs`. Geometric means: **read 1.41×, unread 0.50×**.',
        'A machine.',
      ].join('\n'),
    )
  })

  it('for a README: a failed case has no number, nor has its family', () => {
    const table = markdownTable([...results, failed], 'A machine.')
    expect(table).toContain('| `stream/1k` |  |  |  | failed |')
    expect(table).toContain('unread failed')
  })

  it('of the mixed mode: a row for each shape, and the worst case of each family by its name', () => {
    const mixed = [...results, result('group/b/each/read', ['live', 'read'], 0.5)]
    expect(mixedTable(mixed, 'A machine.')).toBe(
      [
        '| shape | 1k | each |',
        '| --- | --: | --: |',
        '| `a` | 2.00 · 0.50 |  |',
        '| `b` | 1.00 | 0.50 |',
        '',
        'How many times as fast `ours` is as `theirs`, read · unread. Geometric means, and the worst case of each:',
        '',
        '- **read 1.00×**, at worst 0.50× with `b/each`',
        '- **unread 0.50×**, at worst 0.50× with `a/1k`',
        '- **live 0.50×**, at worst 0.50× with `b/each`',
        '',
        'A machine.',
      ].join('\n'),
    )
  })

  it('for a terminal: a line for each case', () => {
    expect(plainTable([...results, failed])).toBe(
      `
group/a/1k/read          50.0 ns   2000 MB/s    100 ns   1000 MB/s  2.00× (1.90–2.13)
group/a/1k/unread        50.0 ns   2000 MB/s   25.0 ns   4000 MB/s  0.50× (0.50–0.50)
group/b/1k/read          50.0 ns   2000 MB/s   50.0 ns   2000 MB/s  1.00× (1.00–1.00)
group/stream/1k/unread  FAILED  ours gave 1 event
geometric mean: read    1.41×
geometric mean: unread  failed`.slice(1),
    )
  })
})

describe('verdicts', () => {
  const slower = result('g/slower', [], 0.9, 0.88, 0.95)
  const unsure = result('g/unsure', [], 0.9, 0.8, 1.01)
  const hardly = result('g/hardly', [], 0.97, 0.96, 0.98)
  const faster = result('g/faster', [], 1.2, 1.1, 1.3)

  it('call a regression what is past the band in the median and slower in every process', () => {
    expect(regressions([slower, unsure, hardly, faster, failed])).toEqual([slower])
    expect(improvements([slower, unsure, hardly, faster, failed])).toEqual([faster])
  })

  it('call even what is within the noise as a whole, and nothing with a failure', () => {
    const close = [result('g/a', [], 1.03), result('g/b', [], 0.98)]
    expect(isEven(close)).toBe(true)
    expect(isEven([...close, failed])).toBe(false)
    expect(isEven([result('g/a', [], 1.04), result('g/b', [], 1.03)])).toBe(false)
    expect(isEven([result('g/a', [], 0.97), result('g/b', [], 0.96)])).toBe(false)
    expect(isEven([faster, slower])).toBe(false)
  })
})
