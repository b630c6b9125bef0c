import { readFileSync } from 'node:fs'
import path from 'node:path'

/** The one file that says where the repository lives. */
export const addressFile = 'tooling/repo/repository.json'

/** The address, without a slash at the end; `undefined` until it is filled in. */
export function addressOf(root: string): string | undefined {
  const { url } = JSON.parse(readFileSync(path.join(root, addressFile), 'utf8')) as { url: unknown }
  if (url === null) return undefined
  if (typeof url === 'string' && /^https:\/\/[\w.-]+(\/[\w.-]+){2,}$/.test(url)) return url
  throw new Error(`${addressFile}: url has to be null or like https://host/owner/name`)
}
