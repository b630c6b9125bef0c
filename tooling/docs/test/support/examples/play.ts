import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { availableParallelism } from 'node:os'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { instrument } from './instrument.ts'
import type { Outcome } from './example-process.ts'
import { turnstile } from './turnstile.ts'
import type { Example, Line } from './types.ts'

const here = path.resolve(import.meta.dirname, '../../..')
const exampleProcess = path.join(here, '.scratch/example-process.mjs')
mkdirSync(path.dirname(exampleProcess), { recursive: true })
writeFileSync(
  exampleProcess,
  stripTypeScriptTypes(
    readFileSync(path.join(here, 'test/support/examples/example-process.ts'), 'utf8'),
  ),
)

/** The module's lines: everything that an example consists of, in order. */
export function moduleOf(example: Example): Line[] {
  return [...example.lines, ...example.epilogue]
}

/** Where the module of an example is written, so that its imports resolve as a user's would. */
export function placeFor(example: Example, purpose: 'run' | 'types'): string {
  const folder = path.join(here, '.scratch', purpose)
  mkdirSync(folder, { recursive: true })
  const name = example.file.replace(/[^\w.]+/g, '-')
  const ending = purpose === 'types' && example.language !== 'js' ? example.language : 'mjs'
  return path.join(folder, `${name}-${example.line}.${ending}`)
}

/** `README.md:12`: the line that the reader of the document sees. */
export function placeOf(example: Example, index: number): string {
  return `${example.file}:${moduleOf(example)[index]?.line ?? example.line}`
}

/** As many processes at a time as there are processors, so that the time limit is about the example. */
const inTurn = turnstile(availableParallelism())

/** Runs an example in a process of its own; gives one sentence for each thing that is not as it says. */
export function play(example: Example, limitMs = 60_000): Promise<string[]> {
  return inTurn(() => run(example, limitMs))
}

/** What cannot be erased, or read at all, is left for Node to say. */
function withoutTypes(code: string): string {
  try {
    return stripTypeScriptTypes(code)
  } catch {
    return code
  }
}

async function run(example: Example, limitMs: number): Promise<string[]> {
  const file = placeFor(example, 'run')
  const text = moduleOf(example).map((line) => line.text)
  const { code, stated } = instrument(text.join('\n'))
  writeFileSync(file, `${withoutTypes(code)}\nexport {}\n`)
  const child = spawn(process.execPath, [exampleProcess, file, JSON.stringify(stated)], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  })
  let [output, outcome] = ['', '']
  child.stderr?.setEncoding('utf8').on('data', (text) => (output += text))
  const result = child.stdio[3] as Readable
  result.setEncoding('utf8').on('data', (text) => (outcome += text))
  let late = false
  const timer = setTimeout(() => {
    late = true
    child.kill('SIGKILL')
  }, limitMs)
  const exitCode = await new Promise<number | null>((resolve) => child.on('close', resolve))
  clearTimeout(timer)
  if (late) return [`${placeOf(example, 0)} did not end within ${limitMs / 1000} s`]
  if (outcome === '')
    return [`${placeOf(example, 0)} ended with code ${exitCode} before it was done\n${output}`]
  return (JSON.parse(outcome) as Outcome).failures.map(
    ({ line, message }) => `${placeOf(example, line)} ${message}`,
  )
}
