import path from 'node:path'
import { bundleTests, type TestBundle } from './bundler.ts'
import { namesAtRunTime } from './names.ts'
import { inParallel, width } from './parallel.ts'
import { type Package, publishedPackages, repository } from '../../config/workspaces.ts'
import { closure, testFiles } from './packages.ts'
import { addRow, type Outcome } from './results.ts'
import { add, addInstalled, install, installedNames, pack } from './tarballs.ts'

/** A package as a user has it: installed from its tarball in a project of its own. */
export interface Installed {
  readonly package: Package
  readonly project: string
  /** Where the tarball's files are. */
  readonly folder: string
  /** What the project had in `node_modules` when only the tarball was installed. */
  readonly alone: readonly string[]
  /** For each specifier the names that its source exports when it runs. */
  readonly names: ReadonlyMap<string, readonly string[]>
}

/** The tests of a package, bundled against its tarball. */
export interface Bundles {
  readonly portable: TestBundle
  /** The tests that need Node, where there are any, and those that measure. */
  readonly node: TestBundle | undefined
  readonly measuring: TestBundle | undefined
}

export interface Prepared {
  readonly installed: Installed
  readonly bundles: Bundles
}

/**
 * Packs, installs and bundles.
 *
 * @param wanted - the folders' names of the packages
 * @param outcome - gets a row for each package; one that fails does not stop the rest
 */
export async function preparePackages(
  wanted: readonly string[],
  scratch: string,
  outcome: Outcome,
): Promise<Prepared[]> {
  const all = publishedPackages(repository)
  const tarballs = new Map<Package, Promise<string>>()
  const packOnce = (one: Package): Promise<string> => {
    const tarball = tarballs.get(one) ?? pack(one, path.join(scratch, 'tarballs'))
    tarballs.set(one, tarball)
    return tarball
  }
  const prepared = new Map<Package, Prepared>()
  const chosen = all.filter(({ short }) => wanted.includes(short))
  await inParallel(chosen, width, async (one) => {
    await addRow(outcome, 'tarball', '', `${one.short}: pack, install, bundle`, async () => {
      const installed = await installPackage(one, all, path.join(scratch, one.short), packOnce)
      prepared.set(one, { installed, bundles: await bundle(installed) })
      return { passed: 1, failed: 0, failures: [] }
    })
  })
  return chosen.flatMap((one) => prepared.get(one) ?? [])
}

/** Installs the package alone and lists what npm installed. Then adds the packages that its tests use. */
async function installPackage(
  one: Package,
  all: readonly Package[],
  project: string,
  packOnce: (one: Package) => Promise<string>,
): Promise<Installed> {
  await install(project, await Promise.all(closure(one, all).map(packOnce)))
  const alone = installedNames(project)
  const helpers = all.filter(({ name }) => one.manifest.devDependencies?.[name] !== undefined)
  if (helpers.length > 0) await add(project, await Promise.all(helpers.map(packOnce)))
  // The user of a package with peers has to bring them.
  for (const { manifest } of [one, ...helpers])
    for (const peer of Object.keys(manifest.peerDependencies ?? {})) addInstalled(peer, project)
  const names = namesAtRunTime(one.entries.map(({ source }) => source))
  return {
    package: one,
    project,
    folder: path.join(project, 'node_modules', one.name),
    alone,
    names: new Map(one.entries.map(({ specifier }, at) => [specifier, names[at]!])),
  }
}

async function bundle({ package: one, project }: Installed): Promise<Bundles> {
  const files = testFiles(one)
  if (files.portable.length === 0)
    throw new Error(`${one.name} has no portable tests, so nothing is known of it outside of Node.`)
  for (const file of files.inside)
    console.log(
      `${path.relative(repository, file)} tests the source itself, so it runs under vitest alone.`,
    )
  const sources = { name: one.name, tests: path.join(one.folder, 'test'), project }
  const bundleOf = (kind: keyof Bundles): Promise<TestBundle> =>
    bundleTests(
      { ...sources, files: files[kind], label: kind },
      kind === 'portable' ? 'portable' : 'node',
    )
  return {
    portable: await bundleOf('portable'),
    node: files.node.length > 0 ? await bundleOf('node') : undefined,
    measuring: files.measuring.length > 0 ? await bundleOf('measuring') : undefined,
  }
}
