// The packages as their manifests describe them, for every tool that reads one.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

export const repository: string = path.resolve(import.meta.dirname, '../..')

/** A `package.json`, as far as the tools read it. */
export interface Manifest {
  readonly name: string
  readonly version?: string
  readonly private?: boolean
  readonly description?: string
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>
  readonly scripts?: Readonly<Record<string, string>>
  readonly packageManager?: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

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

export function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Manifest
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

/** A folder of `packages/` or `tooling/` with a manifest in it. */
export interface Workspace {
  /** Relative to the repository, with forward slashes: `packages/parser`. */
  readonly folder: string
  readonly manifest: Manifest
}

/** All of them, in the order of their folders. */
export function workspaces(root: string): Workspace[] {
  return ['packages', 'tooling']
    .filter((folder) => existsSync(path.join(root, folder)))
    .flatMap((folder) => readdirSync(path.join(root, folder)).map((entry) => `${folder}/${entry}`))
    .toSorted()
    .filter((folder) => existsSync(path.join(root, folder, 'package.json')))
    .map((folder) => ({ folder, manifest: readManifest(path.join(root, folder)) }))
}

/** Those that go to users. */
export function published(root: string): Workspace[] {
  return workspaces(root).filter(({ manifest }) => manifest.private !== true)
}

export function publishedPackages(root: string): Package[] {
  return published(root).map(({ folder }) => readPackage(path.join(root, folder)))
}
