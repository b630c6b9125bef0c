// `npm run conformance`: every peer against every case, or those of the areas that are named.
// `-- --write` keeps what comes out, in `results.generated.json` and in the tables of the READMEs.
import path from 'node:path'
import { parseArgs } from 'node:util'
import { inParallel } from '@tooling/consumers/parallel'
import { choose, readArgs, startProgress } from '../../config/command.ts'
import { readManifest } from '../../config/workspaces.ts'
import { type AreaName, areaNames, areaOf } from './areas.ts'
import { runIsolated } from './isolated.ts'
import { writeTables } from './readmes.ts'
import { type PeerResult, writeResults } from './results.ts'
import { plainTable } from './tables.ts'

const usage = `npm run conformance -- [area …] [--write]

  area      any of ${areaNames.join(', ')}; without one, all
  --write   updates the results and the tables of the READMEs`

const { write, named } = readArgs(usage, () => {
  const options = { write: { type: 'boolean', default: false } } as const
  const { values, positionals } = parseArgs({ options, allowPositionals: true })
  return { ...values, named: choose('area', positionals, areaNames) }
})

for (const area of areaNames.filter((each) => named.includes(each))) {
  const started = performance.now()
  const peers = await resultsOf(area)
  const results = {
    date: new Date().toISOString().slice(0, 10),
    node: process.versions.node,
    peers,
  }
  console.log(plainTable(area, results))
  console.log(`${((performance.now() - started) / 1000).toFixed(0)} s\n`)
  if (write) writeResults(area, results)
}
if (write) for (const name of writeTables()) console.log(`${name} is up to date`)

/** Two at a time: each is a process that mostly loads its peer. */
async function resultsOf(area: AreaName): Promise<Record<string, PeerResult>> {
  const peers = Object.entries(areaOf(area).peers)
  const results: Record<string, PeerResult> = {}
  const progress = startProgress(peers.length)
  await inParallel(peers, 2, async ([key, peer]) => {
    progress.begin(`${area}: ${key}`)
    const folder = path.join(import.meta.dirname, '../node_modules', peer.package ?? key)
    const { version = '' } = readManifest(folder)
    results[key] = { version, ...(await runIsolated(area, key)) }
  })
  progress.clear()
  return Object.fromEntries(peers.map(([key]) => [key, results[key]!]))
}
