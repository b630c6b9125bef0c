import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { bundleTests, type Target, type TestBundle, type TestSources } from '../src/bundler.ts'
import type { RunResult } from '../src/harness/result.ts'
import { makeScratch } from '../src/layout.ts'
import { type Package, readPackage } from '../../config/workspaces.ts'
import type { Installed } from '../src/prepare.ts'
import { commandRuntime } from '../src/runtimes/command.ts'
import type { Runtime } from '../src/runtimes/runtime.ts'
import { defaultSettings, type Settings } from '../src/settings.ts'
import { runSuite } from '../src/suites.ts'

/** Files by their paths. */
export type Files = Record<string, string>

/** A package, a project that has it installed, and tests of it, all made up. */
export interface Scene {
  readonly package: Package
  readonly sources: TestSources
  readonly installed: Installed
}

export const scratch: string = makeScratch(`test-${process.hrtime.bigint()}`)

export const manifest = {
  name: '@tesserae/pebble',
  version: '1.0.0',
  license: 'MIT',
  type: 'module',
  files: ['dist', 'src'],
  engines: { node: '>=20' },
  exports: { '.': './dist/index.js', './package.json': './package.json' },
}

/** A package with nothing wrong. */
export const good: Files = {
  'package.json': JSON.stringify(manifest),
  'README.md': '# Pebble\n',
  LICENSE: 'MIT\n',
  'src/index.ts':
    'export interface Weight { grams: number }\nexport const weight: Weight = { grams: 7 }\n',
  'dist/index.js': 'export const weight = { grams: 7 }\n',
  'dist/index.d.ts':
    'export interface Weight { grams: number }\nexport declare const weight: Weight\n',
}

/**
 * @param tests - the package's test files
 * @param files - what its tarball holds, over `good`; an empty text leaves a file out
 * @param folders - further files beside the project, such as `project/node_modules/other/index.js`
 */
export function makeScene(tests: Files, files: Files = {}, folders: Files = {}): Scene {
  const base = mkdtempSync(path.join(scratch, 'scene-'))
  const project = path.join(base, 'project')
  const folder = path.join(project, 'node_modules/@tesserae/pebble')
  const home = path.join(base, 'packages/pebble')
  const packed = Object.fromEntries(
    Object.entries({ ...good, ...files }).filter(([, text]) => text !== ''),
  )
  write(folder, packed)
  write(home, { ...good, ...prefixed('test', tests) })
  write(base, { 'project/package.json': '{"type":"module"}', ...folders })
  const one = readPackage(home)
  return {
    package: one,
    sources: {
      name: one.name,
      tests: path.join(home, 'test'),
      files: Object.keys(tests)
        .filter((name) => name.endsWith('.test.ts'))
        .map((name) => path.join(home, 'test', name)),
      project,
    },
    installed: {
      package: one,
      project,
      folder,
      alone: [one.name],
      names: new Map([['@tesserae/pebble', ['weight']]]),
    },
  }
}

function prefixed(folder: string, files: Files): Files {
  return Object.fromEntries(
    Object.entries(files).map(([name, text]) => [`${folder}/${name}`, text]),
  )
}

function write(folder: string, files: Files): void {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name)
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
}

/** The Node that runs these tests, as a runtime. */
export const thisNode: Runtime = commandRuntime('this-node', {
  binary: process.execPath,
  args: () => [],
  env: {},
  isNode: true,
})

export const settings: Settings = { ...defaultSettings(false), seed: 1, fileTimeout: 20_000 }

/** Bundles the tests and runs them in this Node. */
export async function runTests(
  tests: Files,
  target: Target = 'portable',
  changed: Partial<Settings> = {},
): Promise<RunResult> {
  const bundle = await bundleTests(makeScene(tests).sources, target)
  return runSuite(thisNode, bundle, { ...settings, ...changed })
}

/** One test file that imports the package, so that its bundle is accepted. */
export function testFile(body: string, imports = 'describe, expect, it'): Files {
  return {
    'a.test.ts': `import { weight } from '@tesserae/pebble'\nimport { ${imports} } from 'vitest'\nexport const used = weight\n${body}\n`,
  }
}

/** A bundle that was written by hand. */
export function writeBundle(text: string, files: readonly string[] = ['a', 'b']): TestBundle {
  const folder = mkdtempSync(path.join(scratch, 'bundle-'))
  const file = path.join(folder, 'bundle.mjs')
  writeFileSync(file, text)
  return { path: file, files, apart: false }
}
