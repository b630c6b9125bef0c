import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { published, repository } from '../../config/workspaces.ts'
import { scratch } from '../src/bundle.ts'
import { packagesOf } from '../src/case.ts'
import { cases, mixedCases } from '../src/cases.ts'
import type { CaseResult } from '../src/measure.ts'

mkdirSync(scratch, { recursive: true })
const folder = mkdtempSync(path.join(scratch, 'test-'))
afterAll(() => rmSync(folder, { recursive: true }))

function bench(...args: string[]): {
  status: number | null
  output: string
  results: CaseResult[]
} {
  const json = path.join(folder, 'results.json')
  rmSync(json, { force: true })
  const run = spawnSync(process.execPath, ['src/run.ts', ...args, '--json', json], {
    encoding: 'utf8',
  })
  expect(readdirSync(scratch).filter((entry) => entry.startsWith(`run-${run.pid}-`))).toEqual([])
  const results = existsSync(json) ? JSON.parse(readFileSync(json, 'utf8')).cases : []
  return { status: run.status, output: run.stdout + run.stderr, results }
}

it('each case has a name of its own, in four parts', () => {
  const names = [...cases, ...mixedCases].map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
  for (const name of names) expect(name).toMatch(/^[\w-]+\/[\w-]+\/[\w-]+\/[\w-]+$/)
})

it('each case names the package of this project that --compare builds for it', () => {
  const packages = new Set(published(repository).map(({ manifest }) => manifest.name))
  const built = new Map(
    [...cases, ...mixedCases].map(({ name, ours }) => [name, packagesOf([{ ours }])]),
  )
  for (const [name, names] of built) {
    expect(names, name).toHaveLength(1)
    expect(packages, name).toContain(names[0])
  }
  expect(built.get('hub/topics/10000x10/deliver')).toEqual(['@tesserae/encoder'])
  expect(built.get('compat/openai/each/read')).toEqual(['@tesserae/parser'])
})

it('each parser stream is read and left unread; live are those that come an event at a time', () => {
  const families = new Map(cases.map(({ name, families }) => [name, families.join()]))
  for (const [name, family] of families) {
    if (!name.startsWith('parser/')) continue
    expect(families.has(name.replace(/unread$/, 'read'))).toBe(true)
    expect(families.has(name.replace(/\/read$/, '/unread'))).toBe(true)
    expect(family).toBe(
      name.endsWith('/each/read') ? 'live,read' : name.endsWith('/read') ? 'read' : 'unread',
    )
  }
})

it('each case runs, and both implementations give all that is in the stream', () => {
  const { status, output, results } = bench('--verify')
  expect(results.map(({ name, failure }) => [name, failure])).toEqual(
    cases.map(({ name }) => [name, undefined]),
  )
  expect(status, output).toBe(0)
})

it('so does each mixed case', () => {
  const { status, output, results } = bench('--mixed', '--verify')
  expect(results.map(({ name, failure }) => [name, failure])).toEqual(
    mixedCases.map(({ name }) => [name, undefined]),
  )
  expect(status, output).toBe(0)
})

it('mixed cases that are timed have numbers, and say the seed of their order', () => {
  const words = ['/tiny/16k/', '/comments-only/16k/', '--mixed', '--seed', '5', '--processes', '1']
  const { status, output, results } = bench(...words)
  expect(status, output).toBe(0)
  expect(output).toContain('--seed 5')
  expect(results).toHaveLength(4)
  for (const { ratio, nsPerEvent } of results) {
    expect(ratio!.median).toBeGreaterThan(0)
    expect(Math.min(...nsPerEvent!)).toBeGreaterThan(0)
  }
})

it('a case that is timed has numbers that fit together', () => {
  // The ratio is the median of paired rounds, so it is near the ratio of the medians and seldom the same. On a busy machine
  // the two may be far apart, but not each time; the other numbers follow from each other.
  const quotients: number[] = []
  const isNear = (quotient: number): boolean => quotient > 0.3 && quotient < 3
  while (!quotients.some(isNear) && quotients.length < 3) {
    const [result] = bench('parser/tiny/64k/read', '--processes', '1').results
    const { nsPerEvent, megabytesPerSecond, ratio, events, bytes } = result!
    for (const side of [0, 1])
      expect(nsPerEvent![side]! * events * megabytesPerSecond![side]!).toBeCloseTo(bytes * 1e3, 0)
    quotients.push(ratio!.median / (nsPerEvent![1] / nsPerEvent![0]))
  }
  expect(quotients).toSatisfy(() => quotients.some(isNear))
})

it('what cannot be measured is not: no such case, no such commit, no such file to write to', () => {
  expect(bench('no-such-case')).toMatchObject({ status: 2, results: [] })
  const noCommit = bench('--compare', 'no-such-commit')
  expect(noCommit).toMatchObject({ status: 2, results: [] })
  expect(noCommit.output).toContain('There is no commit "no-such-commit"')
  const partial = bench('tiny', '--write', 'README.md')
  expect(partial).toMatchObject({ status: 2, results: [] })
  expect(partial.output).toContain('all the cases of one group')
})
