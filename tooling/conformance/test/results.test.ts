import { readFileSync } from 'node:fs'
import { vectors } from '@tesserae/testkit/vectors'
import { describe, expect, test } from 'vitest'
import { groups as chatGroups } from '../src/accumulators/area.ts'
import type { Groups } from '../src/answers/area.ts'
import { areaNames, areaOf } from '../src/areas.ts'
import { trialsOf } from '../src/encoders/corpus.ts'
import { fields } from '../src/encoders/peer.ts'
import { readmes } from '../src/readmes.ts'
import { groups as responseGroups } from '../src/responses/area.ts'
import { type AreaResults, isOurs, readResults } from '../src/results.ts'

const results = readResults()
const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
const versions = Object.values(manifest.devDependencies as Record<string, string>).map((version) =>
  version.replace(/^npm:.+@/, ''),
)

describe.each(areaNames)('results of %s', (area) => {
  const { date, peers }: AreaResults = results[area]
  const [own, others] = [true, false].map((ours) =>
    Object.entries(peers).filter(([name]) => isOurs({ name }) === ours),
  )

  test('have a day', () => {
    expect(date).toMatch(/^20\d\d-\d\d-\d\d$/)
  })

  test('are there for every peer, and for no other', () => {
    expect(Object.keys(peers)).toEqual(Object.keys(areaOf(area).peers))
    expect(Object.values(peers).filter(({ lost }) => lost !== undefined)).toEqual([])
  })

  test('are, of the packages here, what comes out now', async () => {
    expect(own!.length).toBeGreaterThan(0)
    for (const [key, { result }] of own!)
      expect(await areaOf(area).run(areaOf(area).peers[key]!)).toEqual(result)
  })

  test('are of the versions that are installed', () => {
    expect(others!.filter(([, { version }]) => !versions.includes(version))).toEqual([])
  })
})

test('results are of all the cases that there are now', () => {
  const names = (groups: Groups): string[] =>
    Object.values(groups).flatMap((cases) => cases.map(({ name }) => name))
  const { parsers, accumulators, responses, encoders } = results
  for (const { result } of Object.values(parsers.peers))
    expect(result?.vectors).toBe(vectors.length)
  for (const { result } of Object.values(accumulators.peers))
    expect(Object.keys(result?.verdicts ?? {})).toEqual(names(chatGroups))
  for (const { result } of Object.values(responses.peers))
    expect(Object.keys(result?.verdicts ?? {})).toEqual(names(responseGroups))
  for (const { result } of Object.values(encoders.peers))
    for (const field of fields)
      expect(result?.fields[field]?.trials ?? trialsOf(field).length).toBe(trialsOf(field).length)
})

test.each(readmes())('the tables in $name say what the results say', ({ text, wanted }) => {
  // `npm run conformance -- --write` brings them up to date.
  expect(text).toBe(wanted)
})
