import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Package } from '../../config/workspaces.ts'

/** The packages of `all` that come with `one`, itself first. */
export function closure(one: Package, all: readonly Package[]): Package[] {
  const found = new Set([one])
  for (const each of found)
    for (const dependency of all)
      if (each.manifest.dependencies?.[dependency.name] !== undefined) found.add(dependency)
  return [...found]
}

/** The test files of a package. */
export interface TestFiles {
  /** For every runtime. */
  readonly portable: readonly string[]
  /** For Node. */
  readonly node: readonly string[]
  /** For Node, and measuring how time grows: they want a machine that does nothing else. */
  readonly measuring: readonly string[]
  /** For Node, and reaching into the source: a tarball has nothing that they could test. */
  readonly inside: readonly string[]
}

export function testFiles(one: Package): TestFiles {
  const files: Record<keyof TestFiles, string[]> = {
    portable: [],
    node: [],
    measuring: [],
    inside: [],
  }
  for (const name of globSync('test/**/*.test.ts', { cwd: one.folder }).toSorted()) {
    const file = path.join(one.folder, name)
    files[kindOf(file)].push(file)
  }
  return files
}

function kindOf(file: string): keyof TestFiles {
  if (!file.endsWith('.node.test.ts')) return 'portable'
  if (/from '(\.\.\/)+src\//.test(readFileSync(file, 'utf8'))) return 'inside'
  return path.basename(file).startsWith('complexity.') ? 'measuring' : 'node'
}
