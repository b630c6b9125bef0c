import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { readArgs } from '../../../config/command.ts'
import { readManifest, repository } from '../../../config/workspaces.ts'
import { faults, orphans, publishedEntries, readBudgets } from './budgets.ts'
import { readmes, type Row, withSizes } from './readmes.ts'
import { weigh } from './weigh.ts'

const own = new URL('../..', import.meta.url)
const besidePeers = path.join(repository, 'tooling/conformance')
const usage = `node tooling/repo/src/sizes/check.ts [--write]

Fails on an entry that is too large, has no budget or holds what it must not, and on a README that shows other sizes.

  --write   updates the tables of the READMEs first`
const { write } = readArgs(usage, () =>
  parseArgs({ options: { write: { type: 'boolean' } } }),
).values

const failures: { file: string; name: string }[] = []
const counts = { passed: 0, failed: 0, skipped: 0, skips: [], failures }
function fail(what: string, why: string): void {
  counts.failed++
  failures.push({ file: what, name: why })
  console.error(`FAILED  ${what} ${why}`)
}

const budgets = readBudgets(new URL('budgets.json', own))
const entries = publishedEntries()
const folders = new Map(entries.map((entry) => [entry.package, entry.folder]))
const rows: Row[] = []

for (const entry of entries) {
  const { specifier } = entry
  if (entry.package in budgets.withoutBudget) continue
  const weight = await weigh(specifier, undefined, budgets.globals).catch((error: Error) =>
    fail(specifier, `cannot be bundled: is it built?\n${error.message}`),
  )
  if (weight === undefined) continue
  const budget = budgets.budgets[specifier]
  const found = faults(entry, weight, budget, folders)
  if (found.length > 0) fail(specifier, found.join('; '))
  else {
    counts.passed++
    console.log(
      `${specifier}: ${weight.minified} minified, ${weight.gzipped} gzipped of ${budget!.limit}`,
    )
  }
  const peer = budget?.peer === undefined ? undefined : await weighPeer(budget.peer)
  rows.push({ ...entry, ...weight, ...(peer && { peer }) })
}

for (const name of orphans(budgets, entries))
  fail(name, 'has a line in budgets.json and does not exist')

for (const file of readmes()) {
  const name = path.relative(repository, file)
  const text = readFileSync(file, 'utf8')
  try {
    const current = withSizes(text, rows)
    if (current === text) continue
    if (write) writeFileSync(file, current)
    else fail(name, 'shows other sizes: run `node tooling/repo/src/sizes/check.ts --write`')
  } catch (error) {
    fail(name, (error as Error).message)
  }
}

mkdirSync(new URL('.reports', own), { recursive: true })
writeFileSync(new URL('.reports/check.sizes.json', own), `${JSON.stringify(counts)}\n`)
process.exitCode = counts.failed > 0 ? 1 : 0

async function weighPeer(name: string): Promise<Row['peer']> {
  const { minified, gzipped } = await weigh(name, besidePeers)
  const version = readManifest(besidePeers).devDependencies?.[name.split('/')[0]!]
  if (version === undefined) throw new Error(`${name} is not among the peers`)
  console.log(`  ${name} ${version}: ${minified} minified, ${gzipped} gzipped`)
  return { name, version, minified, gzipped }
}
