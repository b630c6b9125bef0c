import { describe, expect, it } from 'vitest'
import { checkManifest } from '../src/manifest.ts'
import { root } from '../src/layout.ts'
import { good, makeScene, manifest, type Files } from './scene.ts'

async function failures(files: Files = {}): Promise<string[]> {
  const result = await checkManifest(makeScene({}, files).installed)
  return result.failures.map(({ message }) => message)
}

const withManifest = (changes: object): Files => ({
  'package.json': JSON.stringify({ ...manifest, ...changes }),
})

it('nothing is wrong with a good tarball', async () => {
  expect(await failures()).toEqual([])
})

describe('a tarball fails', () => {
  it.each<[string, Files, string]>([
    ['without its code', { 'dist/index.js': '' }, './dist/index.js, which is not in the tarball'],
    ['without its declarations', { 'dist/index.d.ts': '' }, './dist/index.d.ts, which is not in'],
    ['without a README', { 'README.md': '' }, 'README.md missing'],
    ['without a licence', { LICENSE: '' }, 'LICENSE missing'],
    ['with tests', { 'src/index.test.ts': 'x' }, 'src/index.test.ts unexpected'],
    ['with a test folder', { 'test/a.ts': 'x' }, 'test/a.ts unexpected'],
    ['with the settings of a tool', { 'tsconfig.json': '{}' }, 'tsconfig.json unexpected'],
    [
      'with the path of the repository',
      { 'dist/index.js': `// ${root}/x` },
      'the path of the repository',
    ],
    [
      'with a place of the workspace',
      withManifest({ dependencies: { x: 'workspace:^' } }),
      'only the workspace has',
    ],
    [
      'that runs scripts',
      withManifest({ scripts: { postinstall: 'x' } }),
      'postinstall unexpected',
    ],
    ['that does not say which Node', withManifest({ engines: {} }), 'engines.node'],
    [
      'whose map leads nowhere',
      { 'dist/index.js.map': '{"sources":["../src/gone.ts"]}' },
      'src/gone.ts, which is not',
    ],
    [
      'that declares a name too few',
      { 'dist/index.d.ts': 'export declare const weight: number\n' },
      'Weight missing',
    ],
    [
      'that declares a name too many',
      { 'dist/index.d.ts': `${good['dist/index.d.ts']}export declare const more: 1\n` },
      'more unexpected',
    ],
  ])('%s', async (_how, files, message) => {
    expect((await failures(files)).join('\n')).toContain(message)
  })

  it('that brings a package more than it says', async () => {
    const { installed } = makeScene({})
    const result = await checkManifest({ ...installed, alone: [...installed.alone, 'stowaway'] })
    expect(result.failures.map(({ message }) => message)).toEqual([
      'node_modules: nothing missing, stowaway unexpected.',
    ])
  })
})
