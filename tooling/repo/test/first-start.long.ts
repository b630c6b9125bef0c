import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'

const root = path.resolve(import.meta.dirname, '../../..')
const MOST_BYTES = 250e6

/** `npm start` under a pseudo-terminal, where pnpm would ask questions. */
function start(clone: string): string {
  const command = 'node tooling/repo/run.mjs start --help'
  const { stdout, status } = spawnSync('script', ['-qec', command, '/dev/null'], {
    cwd: clone,
    encoding: 'utf8',
    input: '',
  })
  expect(status, stdout).toBe(0)
  return stdout
}

/** What a folder takes on the disk; pnpm links a file to several places. */
function sizeOf(folder: string): number {
  const sizes = new Map<number, number>()
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const { ino, size } = lstatSync(path.join(entry.parentPath, entry.name))
    if (entry.isFile()) sizes.set(ino, size)
  }
  return [...sizes.values()].reduce((sum, size) => sum + size, 0)
}

test.skipIf(!existsSync('/usr/bin/script'))(
  'the first start in a terminal sets up once, changes no tracked file, and stays small',
  () => {
    const clone = mkdtempSync(path.join(tmpdir(), 'first-start-'))
    execFileSync('git', ['clone', '--quiet', '--no-hardlinks', root, clone])
    expect(start(clone)).toContain('Setting up, once')
    expect(execFileSync('git', ['status', '--porcelain'], { cwd: clone, encoding: 'utf8' })).toBe(
      '',
    )
    expect(sizeOf(path.join(clone, 'node_modules'))).toBeLessThan(MOST_BYTES)
    expect(start(clone)).not.toContain('Setting up')
    rmSync(clone, { recursive: true })
  },
)

/** What only its own system can load: the bundler of the playground. */
const bundlers = {
  'darwin arm64': '@rolldown+binding-darwin-arm64@',
  'darwin x64': '@rolldown+binding-darwin-x64@',
  'win32 arm64': '@rolldown+binding-win32-arm64-msvc@',
  'win32 x64': '@rolldown+binding-win32-x64-msvc@',
}

test.each(Object.entries(bundlers))(
  'the first start on %s finds what it needs in the lock file and the registry',
  (system, bundler) => {
    const [os = '', cpu = ''] = system.split(' ')
    const clone = mkdtempSync(path.join(tmpdir(), 'other-system-'))
    execFileSync('git', ['clone', '--quiet', '--no-hardlinks', root, clone])
    // No script of a package runs: its binary is of another system.
    const args = ['install', '--frozen-lockfile', '--ignore-scripts', '--os', os, '--cpu', cpu]
    const only = ['--prod', '--filter', '@tooling/playground']
    const pnpm = path.join(root, 'node_modules/.bin/pnpm')
    execFileSync(pnpm, [...args, ...only], { cwd: clone, stdio: 'pipe' })
    const installed = readdirSync(path.join(clone, 'node_modules/.pnpm'))
    expect(installed.filter((name) => name.includes('@rolldown+binding'))).toEqual([
      expect.stringContaining(bundler),
    ])
    rmSync(clone, { recursive: true })
  },
)
