import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { publishedPackages, repository as root } from '../../../config/workspaces.ts'
import { undocumented } from '../support/examples/documentation.ts'

const entriesOf = (folder: string) =>
  publishedPackages(folder).flatMap(({ entries }) => entries.map(({ source }) => source))

test('everything that is exported is documented, and everything that is called shows how', () => {
  const entries = entriesOf(root)
  expect(entries.length).toBeGreaterThan(3)
  expect(undocumented(entries, root)).toEqual([])
})

test('what is not is named', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'documentation-'))
  mkdirSync(path.join(folder, 'packages/x/src'), { recursive: true })
  const write = (file: string, text: string) =>
    writeFileSync(path.join(folder, 'packages/x', file), text)
  write(
    'package.json',
    '{"exports":{".":"./dist/index.js","./y":"./dist/y.js","./data/*":"./data/*"}}',
  )
  write(
    'src/index.ts',
    "export { bare, shown, told } from './a.ts'\nexport type { Bare, OnlyItsType } from './a.ts'\n",
  )
  write('src/y.ts', 'export class Y {}\n')
  write(
    'src/a.ts',
    [
      'export function bare(): void {}',
      '/** Says so. */',
      'export function told(): void {}',
      '/**',
      ' * Shows it.',
      ' *',
      ' * @example',
      ' * ```ts',
      ' * shown()',
      ' * ```',
      ' */',
      'export function shown(): void {}',
      'export interface Bare {}',
      '/** It cannot be called. */',
      'export class OnlyItsType {}',
    ].join('\n'),
  )
  try {
    expect(undocumented(entriesOf(folder), folder)).toEqual([
      'packages/x/src/a.ts:1 bare is exported and has no @example',
      'packages/x/src/a.ts:1 bare is exported and not documented',
      'packages/x/src/a.ts:13 Bare is exported and not documented',
      'packages/x/src/a.ts:3 told is exported and has no @example',
      'packages/x/src/y.ts:1 Y is exported and has no @example',
      'packages/x/src/y.ts:1 Y is exported and not documented',
    ])
  } finally {
    rmSync(folder, { recursive: true })
  }
})
