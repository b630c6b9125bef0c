import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { replaceBetween } from '@tooling/conformance/markdown'
import { groups as chatGroups } from './accumulators/cases.ts'
import { caseTable } from './answers/table.ts'
import { groups as responseGroups } from './responses/cases.ts'
import { type Results, readResults } from './results.ts'
import { summary } from './summary.ts'
import { inOrder, markdownNotes, markdownTable } from './tables.ts'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..')

const own = 'tooling/conformance/README.md'

/** Each table: the README it stands in, the name of its markers, and what it says. */
const places: readonly (readonly [
  readme: string,
  marker: string,
  content: (all: Results) => string,
])[] = [
  ['packages/parser/README.md', 'parsers', (all) => markdownTable('parsers', all.parsers)],
  [
    'packages/openai/README.md',
    'accumulators',
    (all) => markdownTable('accumulators', all.accumulators),
  ],
  [
    'packages/openai/docs/responses.md',
    'responses',
    (all) => markdownTable('responses', all.responses),
  ],
  ['packages/encoder/README.md', 'encoders', (all) => markdownTable('encoders', all.encoders)],
  ['packages/client/README.md', 'clients', (all) => markdownTable('clients', all.clients)],
  [own, 'client-notes', (all) => markdownNotes('clients', all.clients)],
  ['README.md', 'all', summary],
  [own, 'encoder-notes', (all) => markdownNotes('encoders', all.encoders)],
  [own, 'parser-notes', (all) => markdownNotes('parsers', all.parsers)],
  [own, 'accumulator-notes', (all) => markdownNotes('accumulators', all.accumulators)],
  [own, 'response-notes', (all) => markdownNotes('responses', all.responses)],
  [
    own,
    'response-cases',
    (all) => caseTable('####', responseGroups, inOrder('responses', all.responses.peers)),
  ],
  [
    own,
    'accumulator-cases',
    (all) => caseTable('###', chatGroups, inOrder('accumulators', all.accumulators.peers)),
  ],
]

export interface Readme {
  readonly name: string
  readonly text: string
  /** As it is when its tables say what the results say. */
  readonly wanted: string
}

export function readmes(results: Results = readResults()): Readme[] {
  return [...Map.groupBy(places, ([readme]) => readme)].map(([name, tables]) => {
    const text = readFileSync(path.join(root, name), 'utf8')
    const wanted = tables.reduce(
      (soFar, [, marker, content]) =>
        replaceBetween(soFar, `conformance:${marker}`, content(results)),
      text,
    )
    return { name, text, wanted }
  })
}

/** Brings the tables up to date, and names the READMEs that it changed. */
export function writeTables(): string[] {
  const stale = readmes().filter(({ text, wanted }) => text !== wanted)
  for (const { name, wanted } of stale) writeFileSync(path.join(root, name), wanted)
  return stale.map(({ name }) => name)
}
