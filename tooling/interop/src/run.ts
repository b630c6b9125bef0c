// `npm run interop`: every pair, or, with --quick, those that need nothing but packages from npm; or those whose names
// have the words given. It prints what was compared of each. What cannot be installed or started fails.
import { mkdirSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { groups } from './pairs/groups.ts'
import { Sheet } from './sheet.ts'
import { Stage } from './stage.ts'

/** For one pair, on a machine that has other things to do. */
const PATIENCE = 300_000

const { values, positionals } = parseArgs({
  options: { quick: { type: 'boolean', default: false } },
  allowPositionals: true,
})
// What was started ends with this process, which a signal would end without a word.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130))

const words = positionals.map((word) => word.toLowerCase())
const report = { passed: 0, failed: 0, skipped: 0, skips: [] }
const began = performance.now()
const stage = new Stage()

for (const { title, pairs } of groups) {
  const chosen = pairs.filter(
    ({ name, quick = false }) =>
      (quick || !values.quick) &&
      (words.length === 0 || words.some((word) => `${title} ${name}`.toLowerCase().includes(word))),
  )
  if (chosen.length === 0) continue
  console.log(`\n${title}\n`)
  const width = Math.max(...chosen.map(({ name }) => name.length))
  for (const pair of chosen) {
    const sheet = new Sheet()
    const timeout = Promise.withResolvers<never>()
    const late = new Error(`It took more than ${PATIENCE / 1000} s.`)
    const timer = setTimeout(() => timeout.reject(late), PATIENCE)
    try {
      await Promise.race([pair.run(sheet, stage), timeout.promise])
    } catch (error) {
      sheet.failures.push(error instanceof Error ? (error.stack ?? error.message) : String(error))
    }
    clearTimeout(timer)
    const summary = sheet.summary()
    // A pair of which nothing was compared has shown nothing.
    if (summary === '' && sheet.passed) sheet.failures.push('nothing was compared')
    report[sheet.passed ? 'passed' : 'failed']++
    console.log(`${sheet.passed ? 'ok  ' : 'FAIL'}  ${pair.name.padEnd(width)}  ${summary}`)
    for (const note of sheet.notes()) console.log(`        known: ${note}`)
    for (const failure of sheet.failures)
      console.log(`        ${failure.replaceAll('\n', '\n        ')}`)
  }
}
await stage.clear()

const seconds = ((performance.now() - began) / 1000).toFixed(1)
console.log(
  `\n${report.passed} pairs understand each other, ${report.failed} do not (${seconds} s)`,
)
if (words.length === 0) {
  mkdirSync('.reports', { recursive: true })
  const task = values.quick ? 'test' : 'test-long'
  writeFileSync(`.reports/${task}.interop.json`, `${JSON.stringify(report)}\n`)
}
// What is left open, such as a connection that a client keeps, is not waited for.
process.exit(report.failed === 0 && report.passed > 0 ? 0 : 1)
