// `npm run conformance`: every peer against every case, or those of the areas that are named.
// `-- --write` keeps what comes out, in `results.generated.json` and in the tables of the READMEs.
import { inParallel } from '@tooling/consumers/parallel'
import { readArgs, refuse, startProgress } from '../../config/command.ts'
import { type Area, areas, peersOf } from './areas.ts'
import { runIsolated } from './isolated.ts'
import { writeTables } from './readmes.ts'
import { type Row, writeResults } from './results.ts'
import { plainTable } from './tables.ts'
import { versionOf } from './versions.ts'

const usage = `npm run conformance -- [area …] [--write]

  area      any of ${areas.join(', ')}; without one, all
  --write   updates the results and the tables of the READMEs`

const { values, positionals: named } = readArgs(usage, {
  options: { write: { type: 'boolean', default: false } },
  allowPositionals: true,
})
const { write } = values
const unknown = named.find((arg) => !areas.includes(arg as Area))
if (unknown !== undefined) refuse(`There is no area "${unknown}".`, usage)

for (const area of areas.filter((each) => named.length === 0 || named.includes(each))) {
  const started = performance.now()
  const peers = await rows(area)
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
async function rows(area: Area): Promise<Row<object>[]> {
  const files = peersOf(area)
  const done: Row<object>[] = []
  const progress = startProgress(files.length)
  await inParallel(files, 2, async (file) => {
    progress.begin(`${area}: ${file}`)
    const { name = file, package: from, result, lost } = await runIsolated(area, file)
    const version = from === undefined ? '' : versionOf(from)
    done.push({ file, name, version, ...(result === undefined ? { lost } : { result }) })
  })
  progress.clear()
  return done.toSorted((a, b) => (a.file < b.file ? -1 : 1))
}
