import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { replaceBetween } from '@tooling/conformance/markdown'
import { repository } from '../../config/workspaces.ts'
import { groups as chatGroups } from './accumulators/area.ts'
import { caseTable } from './answers/area.ts'
import { areaNames, areaOf } from './areas.ts'
import { groups as responseGroups } from './responses/area.ts'
import { readResults, rowsOf } from './results.ts'
import { summary } from './summary.ts'
import { markdownNotes, markdownTable } from './tables.ts'

const own = 'tooling/conformance/README.md'

/** Those with tables of results. `wanted` is the text whose tables say what the results say. */
export function readmes() {
  const all = readResults()
  const tables: [readme: string, marker: string, content: string][] = [
    ['README.md', 'all', summary(all)],
    [own, 'responses-cases', caseTable('####', responseGroups, rowsOf('responses', all.responses))],
    [
      own,
      'accumulators-cases',
      caseTable('###', chatGroups, rowsOf('accumulators', all.accumulators)),
    ],
  ]
  for (const name of areaNames) {
    tables.push([areaOf(name).readme, name, markdownTable(name, all[name])])
    tables.push([own, `${name}-notes`, markdownNotes(name, all[name])])
  }
  return [...Map.groupBy(tables, ([readme]) => readme)].map(([name, its]) => {
    const text = readFileSync(path.join(repository, name), 'utf8')
    const wanted = its.reduce(
      (soFar, [, marker, content]) => replaceBetween(soFar, `conformance:${marker}`, content),
      text,
    )
    return { name, text, wanted }
  })
}

/** Brings the tables up to date, and names the READMEs that it changed. */
export function writeTables(): string[] {
  const stale = readmes().filter(({ text, wanted }) => text !== wanted)
  for (const { name, wanted } of stale) writeFileSync(path.join(repository, name), wanted)
  return stale.map(({ name }) => name)
}
