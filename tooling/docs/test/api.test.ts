import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { publishedPackages, repository } from '../../config/workspaces.ts'
import { readApi } from '../src/api/read.ts'
import { undocumentedParameters } from './support/undocumented-parameters.ts'

const packages = publishedPackages(repository)

test('there are packages with entries', () => {
  expect(packages.length).toBeGreaterThan(3)
  for (const { entries } of packages) expect(entries.length).toBeGreaterThan(0)
})

describe.each(packages)('$name', (each) => {
  test('every link leads somewhere, and every parameter is documented', async () => {
    const { project, warnings } = await readApi(each)
    expect([...warnings, ...undocumentedParameters(project)]).toEqual([])
  })
})

test('what is not documented, and links that lead nowhere, are named', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'api-'))
  mkdirSync(path.join(folder, 'src'))
  const write = (file: string, text: string) => writeFileSync(path.join(folder, file), text)
  write('package.json', '{ "name": "x", "version": "1.0.0" }')
  write('tsconfig.json', '{ "include": ["src"], "compilerOptions": { "lib": ["es2023"] } }')
  write(
    'src/index.ts',
    `
/** Options of {@link bare}. */
export interface Options { readonly a?: number }
/** Says nothing of it. See {@link nothing}. */
export function bare(text: string, options?: Options): void {}
/**
 * By a tag.
 *
 * @param text - what it takes
 */
export function tagged(text: string): void {}
/** Takes options, of which some are of its own. */
export function mixed(its: Options & { readonly b: number }): void {}
/** Takes the text as it is, a context too. */
export function named(text: string, con: string): void {}
/** Is called. */
export type Callback = (value: string) => void
/** Takes settings. */
export interface Settings {
  /** Called with the name. */
  readonly onName?: (name: string) => void
  /** Called with something. */
  readonly onOther?: (other: string, more: { [key: string]: string }) => void
  readonly bare?: (thing: string) => void
}
/** Thrown here. */
export class MyError extends Error {
  constructor(code: string) { super(code) }
}
/** Made by users. */
export class Maker {
  constructor(how: string) {}
}
/**
 * Names one that is not there.
 *
 * @param texts - what it takes
 */
export function renamed(text: string): void {}
`,
  )
  try {
    const { project, warnings } = await readApi(
      { name: 'x', folder, entries: [{ source: path.join(folder, 'src/index.ts') }] },
      { tsconfig: path.join(folder, 'tsconfig.json') },
    )
    expect(undocumentedParameters(project)).toEqual([
      'Callback does not say what "value" is',
      'Maker.constructor does not say what "how" is',
      'Settings.bare does not say what "thing" is',
      'Settings.onOther does not say what "more" is',
      'Settings.onOther does not say what "other" is',
      'bare does not say what "text" is',
      'named does not say what "con" is',
      'renamed does not say what "text" is',
    ])
    expect(warnings).toEqual([
      expect.stringContaining('"texts"'),
      expect.stringContaining('Failed to resolve link to "nothing"'),
    ])
  } finally {
    rmSync(folder, { recursive: true })
  }
})
