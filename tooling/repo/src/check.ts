// The turbo task `check`: everything that the repository is held to beyond its tests.
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { choose, readArgs } from '../../config/command.ts'
import { repository } from '../../config/workspaces.ts'
import { changesets } from './checks/changesets.ts'
import { errors } from './checks/errors.ts'
import { functionLength } from './checks/function-length.ts'
import { graph } from './checks/graph.ts'
import { language } from './checks/language.ts'
import { format, lint, unused } from './checks/programs.ts'
import { publicNames } from './checks/public-names.ts'
import { tarballs } from './checks/tarballs.ts'
import { traces } from './checks/traces.ts'
import { workflows } from './checks/workflows.ts'
import { runChecks } from './run-checks.ts'

const checks = [
  lint,
  format,
  functionLength,
  errors,
  language,
  unused,
  graph,
  publicNames,
  tarballs,
  traces,
  workflows,
  changesets,
]

// In a container the checkout may belong to another user, which git refuses. Here it is only read.
Object.assign(process.env, {
  GIT_CONFIG_COUNT: '1',
  GIT_CONFIG_KEY_0: 'safe.directory',
  GIT_CONFIG_VALUE_0: '*',
})

const here = path.resolve(import.meta.dirname, '..')
const names = checks.map(({ name }) => name)
const usage = `node tooling/repo/src/check.ts [check …]

  check   any of ${names.join(', ')}; without one, all`
const wanted = readArgs(usage, () =>
  choose('check', parseArgs({ allowPositionals: true }).positionals, names),
)
const chosen = checks.filter(({ name }) => wanted.includes(name))
const { lines, ...result } = await runChecks(chosen, repository)
for (const line of lines) console.log(line)
if (chosen.length === checks.length) {
  mkdirSync(path.join(here, '.reports'), { recursive: true })
  const report = { ...result, skipped: 0, skips: [] }
  writeFileSync(path.join(here, '.reports/check.json'), `${JSON.stringify(report)}\n`)
}
process.exitCode = result.failed > 0 ? 1 : 0
