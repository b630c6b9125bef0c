import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { counter } from '../run/progress.mjs'
import { lacksNode, lacksTools } from '../run/set-up.mjs'

const root = path.resolve(import.meta.dirname, '../../..')
const lock = parse(readFileSync(path.join(root, 'pnpm-lock.yaml'), 'utf8')) as {
  packages: Record<string, { os?: string[]; cpu?: string[]; libc?: string[] }>
  snapshots: Record<string, { optionalDependencies?: Record<string, string> }>
}

/** The tools that ship one binary package for each system. */
const tools = [
  '@oxc-parser',
  '@rolldown',
  '@turbo',
  '@typescript',
  'esbuild',
  'lightningcss',
  'oxfmt',
  'oxlint',
  'pnpm',
]

describe('the lock file', () => {
  test.each([
    ['darwin', 'arm64'],
    ['darwin', 'x64'],
    ['linux', 'arm64'],
    ['linux', 'x64'],
    ['win32', 'x64'],
  ])('brings a binary of every build tool for %s on %s', (os, cpu) => {
    const found = Object.entries(lock.packages)
      .filter(([, { os: systems = [], cpu: cpus = [] }]) => {
        return systems.includes(os) && cpus.includes(cpu)
      })
      .map(([name]) => name)
    for (const tool of tools)
      expect(found, tool).toContainEqual(
        expect.stringContaining(tool.replace('@typescript', 'typescript')),
      )
  })

  test('describes every optional dependency that it names, of every system', () => {
    const named = Object.values(lock.snapshots)
      .flatMap(({ optionalDependencies = {} }) => Object.entries(optionalDependencies))
      .map(([name, version]) => [name, version.replace(/\(.*/, '')] as const)
      .map(([name, version]) => (version.includes('@') ? version : `${name}@${version}`))
    expect(named.length).toBeGreaterThan(100)
    expect(named.filter((id) => !Object.hasOwn(lock.packages, id))).toEqual([])
  })

  test.each([
    ['linux', 'x64', undefined],
    ['darwin', 'arm64', undefined],
    ['darwin', 'x64', undefined],
    ['win32', 'x64', undefined],
    ['sunos', 'x64', /no build tools for sunos on x64.+container/],
  ])('is enough for %s on %s, or set-up says what to do', (platform, arch, sentence) => {
    const said = lacksTools(root, { platform, arch })
    if (sentence === undefined) expect(said).toBeUndefined()
    else expect(said).toMatch(sentence)
  })

  test('without the build tools of a system is reported before the install', () => {
    const scratch = mkdtempSync(path.join(tmpdir(), 'lock-'))
    writeFileSync(path.join(scratch, 'pnpm-lock.yaml'), "  '@turbo/linux-64@2.0.0':\n")
    expect(lacksTools(scratch, { platform: 'darwin', arch: 'arm64' })).toMatch(/no build tools/)
  })
})

test.each([
  ['v20.20.2', true],
  ['v22.17.0', true],
  ['v22.18.0', false],
  ['v24.0.0', false],
])('Node %s cannot run the TypeScript of the tools: %s', (version, isTooOld) => {
  const said = lacksNode(version)
  if (isTooOld) expect(said).toContain(`needs Node 22.18 or newer; found ${version}`)
  else expect(said).toBeUndefined()
})

test('every install script is answered in pnpm-workspace.yaml, so that pnpm asks nothing', () => {
  const { allowBuilds } = parse(readFileSync(path.join(root, 'pnpm-workspace.yaml'), 'utf8')) as {
    allowBuilds: Record<string, boolean>
  }
  const modules = parse(readFileSync(path.join(root, 'node_modules/.modules.yaml'), 'utf8')) as {
    ignoredBuilds?: string[]
  }
  const asked = (modules.ignoredBuilds ?? []).map((id) => id.replace(/(.)@.*/, '$1'))
  expect(asked.filter((name) => !Object.hasOwn(allowBuilds, name))).toEqual([])
})

test('the progress counts each task once, when it begins', () => {
  const count = counter(['@tesserae/a#build', '@tesserae/a#test', '@tooling/b#test'])
  expect(count('   • Packages in scope: 3')).toBeUndefined()
  expect(count('@tesserae/a:build: cache hit, suppressing logs 1f')).toBe(
    '[1 of 3] @tesserae/a build: unchanged',
  )
  expect(count('@tesserae/a:test: cache miss, executing 2f')).toBe(
    '[2 of 3] @tesserae/a test: runs',
  )
  expect(count('@tesserae/a:test: cache miss, executing 2f')).toBeUndefined()
  expect(count('@tesserae/a:test:  ✓ test/x.test.ts')).toBeUndefined()
  expect(count('@tooling/b:test: cache bypass, force executing 3f')).toBe(
    '[3 of 3] @tooling/b test: runs',
  )
})
