import { readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import {
  type Budget,
  type Entry,
  faults,
  orphans,
  publishedEntries,
  readBudgets,
} from '../../src/sizes/budgets.ts'
import { weigh, type Weight } from '../../src/sizes/weigh.ts'

const fixtures = path.join(path.dirname(fileURLToPath(import.meta.url)), 'fixtures')
const peers = path.resolve(fixtures, '../../../../conformance')
const globals = ['Buffer', 'process', 'require', 'module', 'window', 'document']
const weighFixture = (name: string): Promise<Weight> => weigh(`./${name}.js`, fixtures, globals)

const entry: Entry = { specifier: 'fixture', package: 'fixture', folder: fixtures }
const folders = new Map([
  ['fixture', fixtures],
  ['another', path.resolve(fixtures, '../another')],
])
const check = async (name: string, budget: Budget | undefined): Promise<string[]> =>
  faults(entry, await weighFixture(name), budget, folders)

describe('weigh', () => {
  it('counts the bytes of the minified bundle, and of its gzip', async () => {
    const { minified, gzipped, exports } = await weighFixture('portable')
    const source = readFileSync(path.join(fixtures, 'portable.js'))
    expect(exports).toEqual(['text'])
    expect(minified).toBeLessThan(source.length)
    expect(gzipped).toBeLessThan(gzipSync(source).length)
  })

  it('counts what an entry brings along', async () => {
    const { minified, files } = await weighFixture('imports-another')
    expect(minified).toBeGreaterThan(80)
    expect(files.map((file) => path.basename(file))).toContain('thing.js')
  })

  it('tells a global from a string, a property and a local of the same name', async () => {
    expect((await weighFixture('portable')).globals).toEqual([])
    expect((await weighFixture('mentions-globals')).globals).toEqual(['Buffer', 'process'])
  })

  it('knows an entry that exports nothing', async () => {
    expect((await weighFixture('nothing')).exports).toEqual([])
  })

  it('compresses as well as it can: eventsource-parser 4.1.3 is 4.5 and 1.8 kB', async () => {
    const { minified, gzipped } = await weigh('eventsource-parser', peers)
    expect(Math.round(minified / 100)).toBe(45)
    expect(Math.round(gzipped / 100)).toBe(18)
  })

  it('refuses what is not there', async () => {
    await expect(weighFixture('no-such-file')).rejects.toThrow('no-such-file')
  })
})

describe('faults', () => {
  it('are none when an entry is within its budget to the byte', async () => {
    const { gzipped } = await weighFixture('portable')
    expect(await check('portable', { limit: gzipped })).toEqual([])
    expect(await check('portable', { limit: gzipped - 1 })).toEqual([
      `is ${gzipped} bytes, 1 over its budget of ${gzipped - 1}`,
    ])
  })

  it.each<[string, Budget | undefined, string]>([
    ['portable', undefined, 'has no budget'],
    ['nothing', { limit: 1000 }, 'exports nothing'],
    ['imports-node', { limit: 1000 }, 'imports node:fs'],
    ['mentions-globals', { limit: 1000, mayAskFor: ['Buffer'] }, 'mentions process'],
    [
      'imports-another',
      { limit: 1000 },
      'contains tooling/repo/test/sizes/another/thing.js, of another package',
    ],
  ])('of %s with %j', async (name, budget, sentence) => {
    expect((await check(name, budget)).join('\n')).toContain(sentence)
  })

  it.each<[string, Budget]>([
    ['imports-node', { limit: 1000, platform: 'node' }],
    ['mentions-globals', { limit: 1000, platform: 'node' }],
    ['mentions-globals', { limit: 1000, mayAskFor: ['Buffer', 'process'] }],
    ['imports-another', { limit: 1000, with: ['another'] }],
  ])('of %s are none when %j allows it', async (name, budget) => {
    expect(await check(name, budget)).toEqual([])
  })
})

describe('budgets.json', () => {
  const entries = publishedEntries()

  it('is found to have lines for what does not exist', () => {
    const limits = { 'fixture/gone': { limit: 1 }, fixture: { limit: 1 } }
    const budgets = { globals: [], budgets: limits, withoutBudget: { other: 'why' } }
    expect(orphans(budgets, [entry])).toEqual(['fixture/gone', 'other'])
  })

  it('has whole numbers of bytes for limits, and a reason for each package without', () => {
    const { budgets, withoutBudget } = readBudgets(new URL('../../budgets.json', import.meta.url))
    for (const { limit } of Object.values(budgets)) expect(Number.isInteger(limit)).toBe(true)
    for (const reason of Object.values(withoutBudget)) expect(reason).toMatch(/^[A-Z].+\.$/)
  })

  it('is held against what the packages publish', () => {
    const specifiers = entries.map(({ specifier }) => specifier)
    expect(specifiers).toContain('@tesserae/parser')
    expect(specifiers.some((specifier) => specifier.endsWith('package.json'))).toBe(false)
  })
})
