import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { pack } from '../src/release/pack.ts'
import { stamp } from '../src/release/stamp.ts'
import { manifest, scratchRepository } from './scratch-repository.ts'

describe('the address', () => {
  test('is stamped into every manifest that is published', () => {
    const root = scratchRepository({
      'tooling/repo/repository.json': { url: 'https://git.example.com/a/b' },
      'packages/x/package.json': manifest('x'),
      'tooling/y/package.json': { name: 'y', private: true },
    })
    stamp(root)
    const tool = JSON.parse(readFileSync(path.join(root, 'tooling/y/package.json'), 'utf8'))
    expect(tool).toEqual({ name: 'y', private: true })
    const stamped = JSON.parse(readFileSync(path.join(root, 'packages/x/package.json'), 'utf8'))
    expect(stamped).toMatchObject({
      name: 'x',
      repository: {
        type: 'git',
        url: 'git+https://git.example.com/a/b.git',
        directory: 'packages/x',
      },
      bugs: 'https://git.example.com/a/b/issues',
      homepage: 'https://git.example.com/a/b/tree/main/packages/x#readme',
    })
  })

  test('that is not filled in stops the release', () => {
    const root = scratchRepository({
      'tooling/repo/repository.json': { url: null },
      'packages/x/package.json': manifest('x'),
    })
    expect(() => stamp(root)).toThrow(
      'No release without an address: fill in "url" in tooling/repo/repository.json first.',
    )
  })

  test('an address that is not an https URL with owner and name stops the release', () => {
    const root = scratchRepository({ 'tooling/repo/repository.json': { url: 'example.com' } })
    expect(() => stamp(root)).toThrow('url has to be null or like https://host/owner/name')
  })
})

describe('packing', () => {
  test('leaves out what is published already, and says what it packed', async () => {
    const root = scratchRepository({
      'pnpm-workspace.yaml': 'packages:\n  - packages/*\n',
      'package.json': { name: 'root', private: true },
      'packages/x/package.json': manifest('x', { version: '1.0.0' }),
      'packages/y/package.json': manifest('y', { version: '2.0.0' }),
    })
    const folder = path.join(root, 'tarballs')
    const isPublished = (name: string) => Promise.resolve(name === 'x')
    expect(await pack(root, { folder, isPublished })).toEqual(['y@2.0.0'])
  })
})
