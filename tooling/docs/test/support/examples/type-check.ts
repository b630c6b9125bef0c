import { spawnSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { moduleOf, placeFor, placeOf } from './play.ts'
import type { Example } from './types.ts'

const here = path.resolve(import.meta.dirname, '../../..')
const tsc = path.join(here, '../../node_modules/typescript7/bin/tsc')

/** What a reader has who turned `strict` on and nothing else. */
const compilerOptions = {
  // Controllers of Nest need the decorators of old.
  experimentalDecorators: true,
  strict: true,
  noEmit: true,
  target: 'es2023',
  module: 'nodenext',
  lib: ['es2024', 'dom', 'dom.iterable', 'dom.asynciterable'],
  types: ['node'],
  jsx: 'react-jsx',
  allowJs: true,
  checkJs: true,
  allowImportingTsExtensions: true,
  skipLibCheck: true,
}

/** Type-checks all examples in one go; gives the complaints of each that has any. */
export function typeCheck(examples: readonly Example[]): Map<Example, string[]> {
  const complaints = new Map<Example, string[]>()
  if (examples.length === 0) return complaints
  const byFile = new Map<string, Example>()
  rmSync(path.join(here, '.scratch/types'), { recursive: true, force: true })
  for (const example of examples) {
    const file = placeFor(example, 'types')
    const lines = moduleOf(example).map((line) => line.text)
    writeFileSync(file, `${lines.join('\n')}\nexport {}\n`)
    byFile.set(path.basename(file), example)
  }
  const project = path.join(here, '.scratch/types/tsconfig.json')
  writeFileSync(project, JSON.stringify({ compilerOptions, include: ['.'] }))
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [tsc, '--pretty', 'false', '-p', project],
    { encoding: 'utf8', cwd: path.dirname(project) },
  )
  let last: string[] | undefined
  for (const text of stdout.split('\n')) {
    const [, file = '', line = '', complaint = ''] = /^(.+?)\((\d+),\d+\): (.*)$/.exec(text) ?? []
    const example = byFile.get(path.basename(file))
    if (example) {
      last = complaints.get(example) ?? []
      complaints.set(example, last)
      last.push(`${placeOf(example, Number(line) - 1)} ${complaint}`)
    } else if (last && text.startsWith(' ')) last.push(text)
  }
  if (status !== 0 && complaints.size === 0) throw new Error(`tsc failed: ${stdout}${stderr}`)
  return complaints
}
