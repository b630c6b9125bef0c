import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { repository } from '../../config/workspaces.ts'

/** The Node that runs the workers: this one, one that the consumers' tests bring (`node20`), or a path. */
export function nodeBinary(wanted: string | undefined): {
  readonly path: string
  readonly version: string
} {
  if (wanted === undefined) return { path: process.execPath, version: process.version }
  const [alias] = /^node\d+$/.exec(wanted) ?? []
  const binary =
    alias === undefined
      ? path.resolve(wanted)
      : alias === `node${process.versions.node.split('.')[0]}`
        ? process.execPath
        : path.join(repository, 'tooling/consumers/node_modules', alias, 'bin/node')
  if (!existsSync(binary))
    throw new Error(
      `There is no Node at ${binary}: give a path, or an alias of tooling/consumers such as node20.`,
    )
  return { path: binary, version: execFileSync(binary, ['--version'], { encoding: 'utf8' }).trim() }
}
