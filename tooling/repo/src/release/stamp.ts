// Writes the repository's address into the manifests that are about to be packed: provenance names it, and the
// registry refuses a package whose manifest disagrees. Refuses to go on while it is not filled in.
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { published } from '../repository.ts'
import { addressFile, addressOf } from './address.ts'

/** Gives the manifests that it wrote, relative to the repository. */
export function stamp(root: string): string[] {
  const url = addressOf(root)
  if (url === undefined)
    throw new Error(`No release without an address: fill in "url" in ${addressFile} first.`)
  return published(root).map(({ folder }) => {
    const file = path.join(root, folder, 'package.json')
    const manifest = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>
    const stamped = {
      ...manifest,
      repository: { type: 'git', url: `git+${url}.git`, directory: folder },
      bugs: `${url}/issues`,
      homepage: `${url}/tree/main/${folder}#readme`,
    }
    writeFileSync(file, `${JSON.stringify(stamped, null, 2)}\n`)
    return `${folder}/package.json`
  })
}

if (import.meta.main) {
  try {
    const files = stamp(path.resolve(import.meta.dirname, '../../../..'))
    console.log(files.join('\n'))
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  }
}
