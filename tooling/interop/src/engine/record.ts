// `npm run record`: records llama-server again and says what is different from the recordings that are committed.

import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { RecorderError } from '@tesserae/testkit/recorder'
import { writeTranscript } from '@tesserae/testkit/transcript'
import { choose, readArgs, startProgress } from '../../../config/command.ts'
import { repository } from '../../../config/workspaces.ts'
import { scratch } from '../programs.ts'
import { cases } from './cases.ts'
import { compare, missing, type Comparison } from './compare.ts'
import { ServerError } from '../until-ready.ts'
import { runCases } from './run-cases.ts'

const LONGEST_DIFF = 40
const LONGEST_LINE = 200

const names = cases.map(({ name }) => name)
const usage = `npm run record -- [case …] [--write]

  case      only these: ${names.join(', ')}
  --write   what is new or changed goes among the committed recordings, not into .scratch/recordings`

const { write, named } = readArgs(usage, () => {
  const options = { write: { type: 'boolean', default: false } } as const
  const { values, positionals } = parseArgs({ options, allowPositionals: true })
  return { ...values, named: choose('case', positionals, names) }
})
const wanted = cases.filter(({ name }) => named.includes(name))
const committed = path.join(repository, 'packages/testkit/data/recordings/llama-server')
const folder = write ? committed : path.join(scratch, 'recordings')

try {
  process.exitCode = await main()
} catch (error) {
  if (!(error instanceof ServerError) && !(error instanceof RecorderError)) throw error
  console.error(`\nNothing more can be recorded. ${error.message}`)
  process.exitCode = 2
}

async function main(): Promise<number> {
  mkdirSync(folder, { recursive: true })
  const comparisons: Comparison[] = []
  let engine = ''
  const progress = startProgress(wanted.length)
  for await (const recorded of runCases(wanted, progress.begin)) {
    progress.clear()
    if (engine === '') console.log((engine = recorded.transcript.provenance['engine'] ?? ''))
    const comparison = compare(recorded)
    comparisons.push(comparison)
    print(comparison)
    if (!write || comparison.state !== 'same') {
      const file = path.join(folder, `${recorded.name}.transcript`)
      writeFileSync(file, writeTranscript(recorded.transcript))
    }
  }
  const gone = wanted.length === cases.length ? missing(comparisons.map(({ name }) => name)) : []
  for (const name of gone)
    console.log(`missing  ${name}: committed, and not among the cases any more`)
  const count = (state: Comparison['state']): number =>
    comparisons.filter((each) => each.state === state).length
  const [changed, added] = [count('changed'), count('new')]
  console.log(
    `\n${count('same')} same, ${changed} changed, ${added} new, ${gone.length} missing. They are in ${folder}.`,
  )
  if (write) return gone.length === 0 ? 0 : 1
  return changed + added + gone.length === 0 ? 0 : 1
}

function print({ name, state, lines }: Comparison): void {
  console.log(`${state.padEnd(8)} ${name}`)
  for (const line of lines.slice(0, LONGEST_DIFF)) {
    console.log(
      `           ${line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line}`,
    )
  }
  if (lines.length > LONGEST_DIFF)
    console.log(`           … and ${lines.length - LONGEST_DIFF} more lines`)
}
