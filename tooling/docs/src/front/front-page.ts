import { readFileSync } from 'node:fs'
import path from 'node:path'
import { replaceBetween } from '@tooling/conformance/markdown'
import { dialectTable } from './dialects.ts'
import { speedTable } from './speed.ts'

export const frontPage = 'README.md'

/** The front page with the tables that are made here as they should be. Sizes and conformance write their own. */
export async function currentFrontPage(root: string): Promise<string> {
  const text = readFileSync(path.join(root, frontPage), 'utf8')
  const withSpeed = replaceBetween(text, 'docs:speed', speedTable())
  return replaceBetween(withSpeed, 'docs:dialects', await dialectTable())
}
