import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { packInto } from '../../../config/pack.ts'
import {
  type Manifest,
  published,
  readManifest,
  type Workspace,
} from '../../../config/workspaces.ts'
import { runProgram, runScript } from '../run-program.ts'
import type { Check } from '../types.ts'

const modules = path.resolve(import.meta.dirname, '../../node_modules')

/** What users would download, packed as the release packs it and read from outside. */
export const tarballs: Check = {
  name: 'tarballs',
  async problems(root) {
    const found = await Promise.all(published(root).map((workspace) => ofPackage(root, workspace)))
    return found.flat()
  },
}

async function ofPackage(root: string, { folder, manifest }: Workspace): Promise<string[]> {
  const scratch = mkdtempSync(path.join(tmpdir(), 'tarball-'))
  try {
    const tarball = await packInto(scratch, path.join(root, folder))
    const unpacked = await runProgram('tar', ['-xzf', tarball, '-C', scratch], scratch)
    if (unpacked.status !== 0) return [`${tarball} cannot be unpacked: ${unpacked.output}`]
    const outside = await Promise.all(readers.map((reader) => saidBy(reader, tarball)))
    return [...ofContents(path.join(scratch, 'package')), ...outside.flat()].map(
      (problem) => `${manifest.name}: ${problem}`,
    )
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

const readers = [
  { name: 'publint', cli: 'publint/src/cli.js', options: ['--strict'] },
  // Are the types wrong, for consumers that load ES modules: the only kind there is.
  {
    name: 'attw',
    cli: '@arethetypeswrong/cli/dist/index.js',
    options: ['--profile=esm-only', '--no-definitely-typed', '--no-color', '--no-emoji'],
  },
]

async function saidBy({ name, cli, options }: (typeof readers)[number], tarball: string) {
  const args = [...options, tarball]
  const { status, output } = await runScript(path.join(modules, cli), args, path.dirname(tarball))
  return status === 0 ? [] : [`${name} says\n${output}`]
}

/** Looks at an unpacked tarball: its manifest, and whether everything that it points at is in it. */
export function ofContents(folder: string): string[] {
  const manifest = readManifest(folder)
  const files = globSync('**/*', { cwd: folder, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .map((file) => file.replaceAll(path.sep, '/'))
    .sort()
  return [
    ...ofManifest(manifest),
    ...missingFiles(manifest, files),
    ...files.filter(isNobodysBusiness).map((file) => `${file} is not for users: see "files"`),
    ...files.filter((file) => file.endsWith('.map')).flatMap((file) => ofMap(folder, file)),
    ...files
      .filter((file) => file.endsWith('.d.ts'))
      .flatMap((file) => ofTypes(folder, file, manifest)),
  ]
}

/** What every manifest says. */
const wanted = {
  type: 'module',
  license: 'MIT',
  // Otherwise no bundler drops what is not used.
  sideEffects: false,
  engines: { node: '>=20' },
  publishConfig: { access: 'public', provenance: true },
} as const

function ofManifest(manifest: Manifest): string[] {
  const fields: Readonly<Record<string, unknown>> = { ...manifest }
  const scripts = Object.keys(manifest.scripts ?? {}).filter((script) =>
    /^(pre|post)?(install|prepare|pack|publish)|^dependencies$/.test(script),
  )
  return [
    ...Object.entries(wanted)
      .filter(([key, value]) => !isDeepStrictEqual(fields[key], value))
      .map(([key, value]) => `"${key}" has to be ${JSON.stringify(value)}`),
    ...(manifest.description ? [] : ['"description" is what people find it by']),
    ...scripts.map((script) => `script "${script}" would run on other people's machines`),
  ]
}

function missingFiles({ version }: Manifest, files: readonly string[]): string[] {
  const always = ['LICENSE', 'README.md']
  // The first changeset makes the changelog, together with the first version above 0.0.0.
  const wanted = version === '0.0.0' ? always : [...always, 'CHANGELOG.md']
  return wanted.filter((file) => !files.includes(file)).map((file) => `${file} is missing`)
}

function isNobodysBusiness(file: string): boolean {
  return (
    /(^|\/)(test|__tests__|\.reports|\.turbo|node_modules)\//.test(file) ||
    /\.(test|long|bench)\.ts$/.test(file) ||
    /(^|\/)(tsconfig.*\.json|tsup\.config\.ts|.*\.tsbuildinfo)$/.test(file)
  )
}

/** A source map is worth shipping when a debugger finds what it names. */
function ofMap(folder: string, file: string): string[] {
  const map = JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as {
    sources: (string | null)[]
    sourcesContent?: (string | null)[]
  }
  return map.sources.flatMap((source, index) => {
    if (source !== null && existsSync(path.join(folder, path.dirname(file), source))) return []
    if (map.sourcesContent?.[index]) return []
    return [`${file} names ${source}, which is not in the tarball`]
  })
}

/** Types must not come from a package that is not installed with this one: for its users they are `any`. */
function ofTypes(
  folder: string,
  file: string,
  { name, dependencies, peerDependencies }: Manifest,
): string[] {
  const installed = ['node:', name, ...Object.keys({ ...dependencies, ...peerDependencies })]
  const text = readFileSync(path.join(folder, file), 'utf8')
  return [...text.matchAll(/^(?:import|export) .*\bfrom '([^.'][^']*)'/gm)]
    .map(([, specifier = '']) => specifier)
    .filter((specifier) => !installed.some((each) => specifier.startsWith(each)))
    .map((specifier) => `${file} has types of ${specifier}, which is not installed with it`)
}
