import { readFileSync } from 'node:fs'
import { vectors } from '@tesserae/testkit/vectors'
import { describe, expect, test } from 'vitest'
import { cases } from '../src/accumulators/cases.ts'
import { cases as responseCases } from '../src/responses/cases.ts'
import { areas, loadPeer, peersOf, runPeer } from '../src/areas.ts'
import { trialsOf } from '../src/encoders/corpus.ts'
import { fields } from '../src/encoders/peer.ts'
import { readmes } from '../src/readmes.ts'
import { readResults, type Row } from '../src/results.ts'
import { isOurs } from '../src/tables.ts'

const results = readResults()
const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
const versions = Object.values(manifest.devDependencies as Record<string, string>).map((version) =>
  version.replace(/^npm:.+@/, ''),
)

describe.each(areas)('results of %s', (area) => {
  const { date } = results[area]
  const peers: readonly Row<object>[] = results[area].peers

  test('have a day', () => {
    expect(date).toMatch(/^20\d\d-\d\d-\d\d$/)
  })

  test('are there for every peer, and for no other', () => {
    expect(peers.map(({ file }) => file)).toEqual(peersOf(area))
    expect(peers.filter(({ lost }) => lost !== undefined)).toEqual([])
  })

  test('are, of the packages here, what comes out now', async () => {
    const own = peers.filter((peer) => isOurs(peer))
    expect(own.length).toBeGreaterThan(0)
    for (const { file, result } of own)
      expect(await runPeer(area, await loadPeer(area, file))).toEqual(result)
  })

  test('are of the versions that are installed', () => {
    const others = peers.filter((peer) => !isOurs(peer))
    expect(others.filter(({ version }) => !versions.includes(version))).toEqual([])
  })
})

test('results are of all the cases that there are now', () => {
  for (const { result } of results.parsers.peers) expect(result?.vectors).toBe(vectors.length)
  for (const { result } of results.accumulators.peers)
    expect(Object.keys(result?.verdicts ?? {})).toEqual(cases.map(({ name }) => name))
  for (const { result } of results.responses.peers)
    expect(Object.keys(result?.verdicts ?? {})).toEqual(responseCases.map(({ name }) => name))
  for (const { result } of results.encoders.peers)
    for (const field of fields)
      expect(result?.fields[field]?.trials ?? trialsOf(field).length).toBe(trialsOf(field).length)
})

test.each(readmes(results))('the tables in $name say what the results say', ({ text, wanted }) => {
  // `npm run conformance -- --write` brings them up to date.
  expect(text).toBe(wanted)
})
