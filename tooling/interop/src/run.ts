// `npm run interop`: every pair, or those whose names have one of the words given. It prints what was compared of each.
// What cannot be installed or started fails. With --quick, the pairs that `npm test` runs; of these, as everywhere in
// it, one that cannot be had on this machine is a skip, and with CI=true a skip is a failure.
import { mkdirSync, writeFileSync } from 'node:fs'
import { readArgs, startProgress } from '../../config/command.ts'
import { EngineError } from './engine/server.ts'
import type { Pair } from './pair.ts'
import { groups } from './pairs/groups.ts'
import { Sheet } from './sheet.ts'
import { SharedServers } from './shared-servers.ts'

/** For one pair, on a machine that has other things to do. */
const PATIENCE = 300_000

const usage = `npm run interop -- [word …] [--quick]

  word      only pairs whose names have one of the words
  --quick   only the pairs that npm test runs; what cannot be installed is skipped`

const { values, positionals } = readArgs(usage, {
  options: { quick: { type: 'boolean', default: false } },
  allowPositionals: true,
})
const isQuick = values.quick
const words = positionals.map((word) => word.toLowerCase())
const report = { passed: 0, failed: 0, skipped: 0, skips: [] as string[] }
const began = performance.now()
const servers = new SharedServers(isQuick)

// What was started ends with this process, which a signal would end without a word.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130))

const chosenGroups = groups
  .map((group) => ({ ...group, chosen: group.pairs.filter((pair) => isChosen(group.title, pair)) }))
  .filter(({ chosen }) => chosen.length > 0)
const progress = startProgress(chosenGroups.reduce((sum, { chosen }) => sum + chosen.length, 0))

for (const { title, chosen, stop } of chosenGroups) {
  console.log(`\n${title}\n`)
  const width = Math.max(...chosen.map(({ name }) => name.length))
  for (const pair of chosen) {
    progress.begin(pair.name)
    const { state, lines } = await resultOf(pair)
    progress.clear()
    const [summary = '', ...details] = lines
    console.log(`${state.padEnd(4)}  ${pair.name.padEnd(width)}  ${summary}`.trimEnd())
    for (const detail of details) console.log(`        ${detail.replaceAll('\n', '\n        ')}`)
  }
  await stop?.()
}
await servers.clear()

const seconds = ((performance.now() - began) / 1000).toFixed(1)
const { passed, failed, skipped } = report
const without = skipped > 0 ? `, ${skipped} skipped` : ''
const all = passed + failed
console.log(
  all + skipped === 0
    ? `No pair has a name with ${words.join(' or ')}.`
    : `\n${passed} of ${all} pairs understand each other${without} (${seconds} s)`,
)
if (words.length === 0) {
  mkdirSync('.reports', { recursive: true })
  const task = isQuick ? 'test' : 'test-long'
  writeFileSync(`.reports/${task}.interop.json`, `${JSON.stringify(report)}\n`)
}
// What is left open, such as a connection that a client keeps, is not waited for.
process.exit(failed === 0 && passed + skipped > 0 ? 0 : 1)

function isChosen(title: string, { name, quick = false }: Pair): boolean {
  if (isQuick && !quick) return false
  const text = `${title} ${name}`.toLowerCase()
  return words.length === 0 || words.some((word) => text.includes(word))
}

async function resultOf(pair: Pair): Promise<{ state: 'ok' | 'skip' | 'FAIL'; lines: string[] }> {
  const sheet = new Sheet()
  const timeout = Promise.withResolvers<never>()
  const late = new Error(`It took more than ${PATIENCE / 1000} s.`)
  const timer = setTimeout(() => timeout.reject(late), PATIENCE)
  try {
    await Promise.race([pair.run(sheet, servers), timeout.promise])
  } catch (error) {
    if (isQuick && error instanceof EngineError && error.code === 'unavailable') {
      report.skipped++
      report.skips.push(`${pair.name}: ${error.message.replaceAll('\n', ' ')}`)
      return { state: 'skip', lines: [error.message] }
    }
    sheet.failures.push(error instanceof Error ? (error.stack ?? error.message) : String(error))
  } finally {
    clearTimeout(timer)
  }
  const summary = sheet.summary()
  // A pair of which nothing was compared has shown nothing.
  if (summary === '' && sheet.passed) sheet.failures.push('nothing was compared')
  report[sheet.passed ? 'passed' : 'failed']++
  const known = sheet.notes().map((note) => `known: ${note}`)
  return { state: sheet.passed ? 'ok' : 'FAIL', lines: [summary, ...known, ...sheet.failures] }
}
