import { existsSync, globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { assertSame, Checks } from './checks.ts'
import type { RunResult } from './harness/result.ts'
import { isInside, root } from './layout.ts'
import { declaredNames } from './names.ts'
import { readManifest } from './packages.ts'
import type { Installed } from './prepare.ts'

/** What a tarball may have at its top besides the folders that `files` names. */
const atTheTop = ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md']

/** What belongs to the repository, wherever it lies. */
const neverPublished =
  /(^|\/)(node_modules|test|tests|\.reports|\.turbo|\.scratch)\/|\.test\.[cm]?[jt]sx?$|\.long\.ts$|\.tsbuildinfo$|(^|\/)tsconfig[^/]*\.json$|tsup\.config/

const runsOnInstall = ['preinstall', 'install', 'postinstall', 'prepare']

/** Checks an installed tarball without running it. */
export async function checkManifest(installed: Installed): Promise<RunResult> {
  const { folder, alone, package: one } = installed
  const manifest = readManifest(folder)
  const files = globSync('**/*', { cwd: folder, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
  const checks = new Checks()

  await checks.check('installed alone, it brings its dependencies and nothing else', () => {
    assertSame('node_modules', alone, [one.name, ...Object.keys(manifest.dependencies ?? {})])
  })

  await checks.check('the tarball holds what "files" names, and the papers', () => {
    const folders = manifest.files ?? []
    const isMeant = (file: string): boolean =>
      atTheTop.includes(file) || folders.some((name) => file === name || isInside(file, name))
    assertSame(
      'Files',
      files.filter((file) => !isMeant(file) || neverPublished.test(file)),
      [],
    )
    assertSame(
      'Papers',
      atTheTop.filter((file) => files.includes(file) || file === 'CHANGELOG.md'),
      atTheTop,
    )
  })

  await checks.check('the manifest is for users', () => {
    const text = readFileSync(path.join(folder, 'package.json'), 'utf8')
    if (/"(workspace|catalog|link|file):/.test(text))
      throw new Error('It names a place that only the workspace has.')
    const scripts = Object.keys(manifest.scripts ?? {}).filter((name) =>
      runsOnInstall.includes(name),
    )
    assertSame('Scripts that run on install', scripts, [])
    if (manifest.license === undefined || manifest.engines?.node === undefined)
      throw new Error('It lacks "license" or "engines.node".')
  })

  await checks.check('every entry has its code and its declarations', () => {
    for (const { subpath, code, types } of one.entries)
      for (const file of [code, types])
        if (!existsSync(path.join(folder, file)))
          throw new Error(`${subpath} needs ${file}, which is not in the tarball.`)
    for (const file of one.data)
      if (globSync(file.replace('*', '**'), { cwd: folder }).length === 0)
        throw new Error(`Nothing in the tarball is ${file}.`)
  })

  await checks.check('every entry declares the names that its source does', () => {
    const declared = declaredNames(
      one.entries.flatMap(({ source, types }) => [source, path.join(folder, types)]),
    )
    one.entries.forEach(({ subpath }, index) =>
      assertSame(subpath, declared[index * 2 + 1] ?? [], declared[index * 2] ?? []),
    )
  })

  await checks.check('every source map leads to a file of the tarball', () => {
    for (const file of files.filter((name) => name.endsWith('.map'))) {
      const { sources } = JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as {
        sources: string[]
      }
      for (const source of sources) {
        const target = path.join(path.dirname(file), source)
        if (!files.includes(target))
          throw new Error(`${file} leads to ${target}, which is not in the tarball.`)
      }
    }
  })

  await checks.check('no file knows where it was built', () => {
    for (const file of files)
      if (readFileSync(path.join(folder, file)).includes(root))
        throw new Error(`${file} contains the path of the repository.`)
  })

  return checks.result()
}
