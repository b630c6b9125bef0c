import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { readArgs } from '../../../config/command.ts'
import { packInto } from '../../../config/pack.ts'
import { published, repository } from '../../../config/workspaces.ts'
import { runProgram } from '../run-program.ts'
import { stamp } from './stamp.ts'

export interface Packing {
  readonly folder: string
  /** Whether the registry has this version of this package. */
  readonly isPublished: (name: string, version: string) => Promise<boolean>
}

/** Gives the names and versions that it packed. */
export async function pack(root: string, { folder, isPublished }: Packing): Promise<string[]> {
  mkdirSync(folder, { recursive: true })
  const packed: string[] = []
  for (const { folder: from, manifest } of published(root)) {
    const { name, version = '0.0.0' } = manifest
    if (await isPublished(name, version)) continue
    await packInto(folder, path.join(root, from))
    packed.push(`${name}@${version}`)
  }
  return packed
}

/** What a release leaves out: a version that is there already, and a package that no changeset has named yet. */
export async function isOnRegistry(name: string, version: string): Promise<boolean> {
  if (version === '0.0.0') return true
  const { status, output } = await runProgram('npm', ['view', `${name}@${version}`, 'version'], '.')
  if (status === 0) return output.includes(version)
  if (/\bE404\b/.test(output)) return false
  throw new Error(`The registry does not say whether it has ${name}@${version}: ${output}`)
}

const usage = `npm run pack -- [folder]
node tooling/repo/src/release/pack.ts [folder] [--all]

Packs every package whose version the registry does not have yet, and writes into its manifest where the repository is.

  folder   where the tarballs go, from the root of the repository; default: tarballs
  --all    packs every package, as npm run pack does`

if (import.meta.main) {
  const { values, positionals } = readArgs(usage, () =>
    parseArgs({
      options: { all: { type: 'boolean', default: false } },
      allowPositionals: true,
    }),
  )
  const [folder = 'tarballs'] = positionals
  const target = path.resolve(repository, folder)
  // A release needs the repository's address in its manifests; a local trial does not.
  if (!values.all) stamp(repository)
  const isPublished = values.all ? () => Promise.resolve(false) : isOnRegistry
  const packed = await pack(repository, { folder: target, isPublished })
  if (packed.length > 0) console.log(packed.join('\n'))
  else console.error('The registry has every version already.')
  // The names are for programs that read them.
  if (values.all) console.error(`\nPacked. In your project: npm install ${target}/*.tgz`)
}
