import { describe, expect, it } from 'vitest'
import { checkManifest } from '../src/manifest.ts'
import { repository } from '../../config/workspaces.ts'
import { good, makeScene, type Files } from './scene.ts'

async function failures(files: Files = {}): Promise<string[]> {
  const result = await checkManifest(makeScene({}, files).installed)
  return result.failures.map(({ message }) => message)
}

it('nothing is wrong with a good tarball', async () => {
  expect(await failures()).toEqual([])
})

describe('a tarball fails', () => {
  it.each<[string, Files, string]>([
    [
      'with the path of the repository',
      { 'dist/index.js': `// ${repository}/x` },
      'the path of the repository',
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
