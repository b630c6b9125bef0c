import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll } from 'vitest'

const made: string[] = []

afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true })
})

/** A git repository with these files in it, for a check to look at; gone when the tests are over. */
export function scratchRepository(files: Readonly<Record<string, string | object>>): string {
  const root = mkdtempSync(path.join(tmpdir(), 'scratch-repository-'))
  made.push(root)
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true })
    const text = typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`
    writeFileSync(path.join(root, file), text)
  }
  git(root, 'init', '--quiet', '--initial-branch=main')
  return root
}

export function commit(root: string): void {
  const author = ['-c', 'user.name=Nobody', '-c', 'user.email=nobody@example.com']
  git(root, 'add', '--all')
  git(root, ...author, 'commit', '--quiet', '--message=All of it')
}

function git(cwd: string, ...args: string[]): void {
  execFileSync('git', args, { cwd })
}

/** The manifest of a package that has nothing wrong with it. */
export function manifest(name: string, more: object = {}): object {
  return {
    name,
    version: '0.0.0',
    description: 'Does it.',
    license: 'MIT',
    type: 'module',
    sideEffects: false,
    files: ['dist', 'src', 'CHANGELOG.md'],
    exports: { '.': './dist/index.js', './package.json': './package.json' },
    publishConfig: { access: 'public', provenance: true },
    engines: { node: '>=20' },
    ...more,
  }
}
