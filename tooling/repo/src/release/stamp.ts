import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { published } from '../../../config/workspaces.ts'

/** The one file that says where the repository lives. */
const addressFile = 'tooling/repo/repository.json'

/**
 * Writes the repository's address into the manifests that are about to be packed: provenance names it, and the registry
 * refuses a package whose manifest disagrees. Throws while the address is not filled in.
 */
export function stamp(root: string): void {
  const url = addressOf(root)
  for (const { folder } of published(root)) {
    const file = path.join(root, folder, 'package.json')
    const manifest = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>
    const stamped = {
      ...manifest,
      repository: { type: 'git', url: `git+${url}.git`, directory: folder },
      bugs: `${url}/issues`,
      homepage: `${url}/tree/main/${folder}#readme`,
    }
    writeFileSync(file, `${JSON.stringify(stamped, null, 2)}\n`)
  }
}

/** The address, without a slash at the end. */
function addressOf(root: string): string {
  const { url } = JSON.parse(readFileSync(path.join(root, addressFile), 'utf8')) as { url: unknown }
  if (url === null)
    throw new Error(`No release without an address: fill in "url" in ${addressFile} first.`)
  if (typeof url === 'string' && /^https:\/\/[\w.-]+(\/[\w.-]+){2,}$/.test(url)) return url
  throw new Error(`${addressFile}: url has to be null or like https://host/owner/name`)
}
