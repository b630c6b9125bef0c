import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { pack, unstamped } from '../src/release/pack.ts'
import { stamp } from '../src/release/stamp.ts'
import { published } from '../src/repository.ts'
import { manifest, scratchRepository } from './scratch-repository.ts'

describe('the address', () => {
  test('is stamped into every manifest that is published', () => {
    const root = scratchRepository({
      'tooling/repo/repository.json': { url: 'https://git.example.com/a/b' },
      'packages/x/package.json': manifest('x'),
      'tooling/y/package.json': { name: 'y', private: true },
    })
    expect(unstamped(published(root))).toEqual(['packages/x'])
    expect(stamp(root)).toEqual(['packages/x/package.json'])
    expect(unstamped(published(root))).toEqual([])
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
