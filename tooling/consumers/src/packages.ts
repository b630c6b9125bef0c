import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { root } from './layout.ts'

/** A package as its own folder describes it. */
export interface Package {
  /** As users write it: `@tesserae/parser`. */
  readonly name: string
  /** The name of its folder: `parser`. */
  readonly short: string
  readonly folder: string
  readonly manifest: Manifest
  /** The subpaths with code, in the order of the manifest. */
  readonly entries: readonly Entry[]
  /** The files that it exports besides code, where `*` stands for anything. */
  readonly data: readonly string[]
}

export interface Manifest {
  readonly name: string
  readonly version: string
  readonly private?: boolean
  readonly license?: string
  readonly engines?: { readonly node?: string }
  readonly files?: readonly string[]
  readonly exports?: Record<string, string | Record<string, string>>
  readonly dependencies?: Record<string, string>
  readonly devDependencies?: Record<string, string>
  readonly peerDependencies?: Record<string, string>
  readonly scripts?: Record<string, string>
}

export interface Entry {
  /** The key in `exports`: `.` or `./stream`. */
  readonly subpath: string
  /** What users import: `@tesserae/parser/stream`. */
  readonly specifier: string
  /** The file it is built from. */
  readonly source: string
  /** The file it leads to, relative to the package, and the declarations beside it. */
  readonly code: string
  readonly types: string
}

export function readPackage(folder: string): Package {
  const manifest = readManifest(folder)
  const entries: Entry[] = []
  const data: string[] = []
  for (const [subpath, target] of Object.entries(manifest.exports ?? {})) {
    const code = typeof target === 'string' ? target : (target['default'] ?? target['import'])
    if (code === undefined)
      throw new Error(`${manifest.name} exports ${subpath} without "default" or "import".`)
    if (!code.endsWith('.js')) {
      data.push(code)
      continue
    }
    const types =
      typeof target === 'object' && target['types'] !== undefined
        ? target['types']
        : code.replace(/\.js$/, '.d.ts')
    const source = path.join(folder, 'src', `${subpath === '.' ? 'index' : subpath.slice(2)}.ts`)
    entries.push({ subpath, specifier: manifest.name + subpath.slice(1), source, code, types })
  }
  return { name: manifest.name, short: path.basename(folder), folder, manifest, entries, data }
}

export function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Manifest
}

/** Every package that is published. */
export function publishedPackages(): Package[] {
  const folder = path.join(root, 'packages')
  return readdirSync(folder)
    .map((entry) => path.join(folder, entry))
    .filter((entry) => existsSync(path.join(entry, 'package.json')))
    .map(readPackage)
    .filter(({ manifest }) => manifest.private !== true)
}

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
