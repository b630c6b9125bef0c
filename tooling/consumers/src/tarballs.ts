import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { packInto } from '../../config/pack.ts'
import { here } from './layout.ts'
import { type Package, readManifest } from '../../config/workspaces.ts'
import { run } from './drivers/processes.ts'

/** Packs a package exactly as it would be published. Answers the tarball's path. */
export async function pack(one: Package, folder: string): Promise<string> {
  for (const { code } of one.entries)
    if (!existsSync(path.join(one.folder, code)))
      throw new Error(
        `${one.name} is not built: ${code} is missing. Run "npm run build" at the root.`,
      )
  return packInto(folder, one.folder)
}

/** A fresh project in `folder` that has these tarballs installed, and nothing that was not in them. */
export async function install(folder: string, tarballs: readonly string[]): Promise<void> {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  writeFileSync(
    path.join(folder, 'package.json'),
    `${JSON.stringify({ name: 'consumer', private: true, type: 'module' })}\n`,
  )
  await add(folder, tarballs)
}

/** Installs further tarballs into a project. */
export async function add(project: string, tarballs: readonly string[]): Promise<void> {
  const ended = await run('npm', ['install', '--offline', '--no-audit', '--no-fund', ...tarballs], {
    cwd: project,
    env: { npm_config_update_notifier: 'false' },
    timeout: 120_000,
  })
  if (ended.code !== 0) throw new Error(`The tarballs cannot be installed: ${ended.summary}`)
}

/** Puts a package that is installed here, and what it depends on, into a project as npm would. */
export function addInstalled(name: string, project: string, from: string = here): void {
  const target = path.join(project, 'node_modules', name)
  if (existsSync(target)) return
  const source = folderOf(name, from)
  cpSync(source, target, {
    recursive: true,
    dereference: true,
    filter: (file) => !file.startsWith(path.join(source, 'node_modules')),
  })
  for (const dependency of Object.keys(readManifest(target).dependencies ?? {}))
    addInstalled(dependency, project, source)
}

function folderOf(name: string, from: string): string {
  for (let folder = from; ; folder = path.dirname(folder)) {
    const candidate = path.join(folder, 'node_modules', name)
    if (existsSync(candidate)) return realpathSync(candidate)
    if (folder === path.dirname(folder))
      throw new Error(
        `${name} is not installed: it must be among the dependencies of tooling/consumers.`,
      )
  }
}

/** The packages in a project's `node_modules`. */
export function installedNames(project: string): string[] {
  const modules = path.join(project, 'node_modules')
  return readdirSync(modules)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) =>
      name.startsWith('@')
        ? readdirSync(path.join(modules, name)).map((inner) => `${name}/${inner}`)
        : [name],
    )
}
