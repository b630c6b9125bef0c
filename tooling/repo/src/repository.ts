import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { type Manifest, readManifest } from '../../config/workspaces.ts'

/** A folder of `packages/` or `tooling/` with a manifest in it. */
export interface Workspace {
  /** Relative to the repository, with forward slashes: `packages/parser`. */
  readonly folder: string
  readonly manifest: Manifest
}

export function workspaces(root: string): Workspace[] {
  return ['packages', 'tooling']
    .filter((folder) => existsSync(path.join(root, folder)))
    .flatMap((folder) =>
      readdirSync(path.join(root, folder))
        .map((entry) => `${folder}/${entry}`)
        .sort(),
    )
    .filter((folder) => existsSync(path.join(root, folder, 'package.json')))
    .map((folder) => ({ folder, manifest: readManifest(path.join(root, folder)) }))
}

/** The packages that go to users. */
export function published(root: string): Workspace[] {
  return workspaces(root).filter(({ manifest }) => manifest.private !== true)
}

/** Every file that is committed or could be: what git knows, and what it does not ignore. */
export function filesOf(root: string): string[] {
  const listed = execFileSync(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard'],
    { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 },
  )
  return [...new Set(listed.split('\0'))]
    .filter((file) => file !== '' && existsSync(path.join(root, file)))
    .sort()
}
