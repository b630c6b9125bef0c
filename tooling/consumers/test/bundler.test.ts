import { describe, expect, it } from 'vitest'
import { bundleTests, type Target } from '../src/bundler.ts'
import { makeScene, runTests, testFile, type Files } from './scene.ts'

function bundle(tests: Files, files?: Files, folders?: Files, target: Target = 'portable') {
  return bundleTests(makeScene(tests, files, folders).sources, target)
}

describe('a portable bundle refuses', () => {
  it.each([
    ['the source', `import '../src/index.ts'`, 'Tests reach the package by its name'],
    ['a module of Node', `import 'node:fs'`, 'A portable test has'],
    [
      'a package that is only in the workspace',
      `import '@tesserae/parser'`,
      'which no tarball brought',
    ],
    ['a package from elsewhere', `import 'esbuild'`, 'A portable test has'],
    [
      'an entry that is not exported',
      `import '@tesserae/pebble/dist/index.js'`,
      'Could not resolve',
    ],
    [
      'a name that is not exported',
      `import { nothing } from '@tesserae/pebble'\nnothing()`,
      'No matching export',
    ],
    ['text from outside', `import t from '/etc/hostname?raw'`, 'from the repository alone'],
  ])('%s', async (_what, line, message) => {
    await expect(bundle(testFile(line))).rejects.toThrow(message)
  })

  it('tests that never import their package', async () => {
    await expect(
      bundle({ 'a.test.ts': `import { it } from 'vitest'\nit('x', () => {})` }),
    ).rejects.toThrow('never import it')
  })

  it('a package that needs Node', async () => {
    const files = { 'dist/index.js': `import 'node:fs'\nexport const weight = 1` }
    await expect(bundle(testFile(''), files)).rejects.toThrow('A portable test has')
  })

  it('a package that leaves its folder', async () => {
    const files = { 'dist/index.js': `export { weight } from '../../other/index.js'` }
    const folders = { 'project/node_modules/@tesserae/other/index.js': 'export const weight = 1' }
    await expect(bundle(testFile(''), files, folders)).rejects.toThrow('It leaves its package')
  })

  it('a package that lacks a file', async () => {
    const files = { 'dist/index.js': `export { weight } from './chunk-ABC.js'` }
    await expect(bundle(testFile(''), files)).rejects.toThrow('chunk-ABC')
  })

  it('a package whose dependency is not installed', async () => {
    const files = { 'dist/index.js': `export { createParser as weight } from '@tesserae/parser'` }
    await expect(bundle(testFile(''), files)).rejects.toThrow('which no tarball brought')
  })
})

describe('a bundle for Node', () => {
  it('has the modules of Node, the URL of each file, and the tarball', async () => {
    const { passed, failures } = await runTests(
      {
        ...testFile(`import { readFileSync } from 'node:fs'
it('reads beside itself', () => {
  expect(readFileSync(new URL('./note.txt', import.meta.url), 'utf8')).toBe('beside')
  expect(import.meta.url).toMatch(/a\\.test\\.ts$/)
  expect(import.meta.filename).toBe(import.meta.dirname + '/a.test.ts')
  expect(weight.grams).toBe(7)
})`),
        'note.txt': 'beside',
      },
      'node',
    )
    expect(failures).toEqual([])
    expect(passed).toBe(1)
  })

  it.each([
    ['the source', `import '../src/index.ts'`, 'Tests reach the package by its name'],
    ['the workspace', `import '@tesserae/parser'`, 'which no tarball brought'],
  ])('refuses %s all the same', async (_what, line, message) => {
    await expect(bundle(testFile(line), {}, {}, 'node')).rejects.toThrow(message)
  })
})
