import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { assertSame, Checks } from './checks.ts'
import type { RunResult } from './harness/result.ts'
import { declaredNames } from './names.ts'
import { readManifest, repository } from '../../config/workspaces.ts'
import type { Installed } from './prepare.ts'

/** Checks an installed tarball without running it. What is in it, `npm run check` compares with its manifest. */
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

  await checks.check('every file of data is in the tarball', () => {
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

  await checks.check('no file knows where it was built', () => {
    for (const file of files)
      if (readFileSync(path.join(folder, file)).includes(repository))
        throw new Error(`${file} contains the path of the repository.`)
  })

  return checks.result()
}
