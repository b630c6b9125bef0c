// The second part of `npm test` here: a live llama-server still says what the committed recordings say.
// Where none can be had, that is a skip, with the reason; with CI=true a skip is a failure.

import { mkdirSync, writeFileSync } from 'node:fs'
import { cases } from './cases.ts'
import { meaningDifference } from './compare.ts'
import { EngineError } from './errors.ts'
import { runCases } from './run-cases.ts'

const CHECKED = [
  'plain',
  'plain-usage',
  'unicode',
  'line-breaks',
  'content-looks-like-sse',
  'reasoning',
  'length',
  'tools-parallel',
  'text-then-tool',
  'tool-escapes',
  'completions',
  'responses',
  'messages-tool',
  'error-bad-json',
]
/** Measures time: on a busy machine the server may finish before the client leaves. It is tried again, visibly. */
const TIMED = ['abort-by-client']
const ATTEMPTS = 3

const report = { passed: 0, failed: 0, skipped: 0, skips: [] as string[] }
const start = performance.now()
try {
  await compare(CHECKED)
  for (let attempt = 1; ; attempt++) {
    try {
      await compare(TIMED)
      break
    } catch (error) {
      const isLate = error instanceof EngineError && error.code !== 'unavailable'
      if (!isLate || attempt === ATTEMPTS) throw error
      console.log(`retried: ${error.message.split('\n', 1)[0]}`)
    }
  }
} catch (error) {
  if (!(error instanceof EngineError)) throw error
  const reason = `no live llama-server: ${error.message.replaceAll('\n', ' ')}`
  if (error.code === 'unavailable') {
    report.skipped++
    report.skips.push(reason)
  } else {
    report.failed++
  }
  console.log(reason)
}

async function compare(names: readonly string[]): Promise<void> {
  for await (const recorded of runCases(cases.filter(({ name }) => names.includes(name)))) {
    const lines = meaningDifference(recorded)
    report[lines.length === 0 ? 'passed' : 'failed']++
    if (lines.length > 0) console.log([`${recorded.name} has changed:`, ...lines].join('\n  '))
  }
}

mkdirSync('.reports', { recursive: true })
writeFileSync('.reports/test.live.json', `${JSON.stringify(report)}\n`)
const seconds = ((performance.now() - start) / 1000).toFixed(1)
console.log(
  `${report.passed} answers of a live llama-server are as recorded, ${report.failed} are not (${seconds} s)`,
)
process.exitCode = report.failed === 0 ? 0 : 1
