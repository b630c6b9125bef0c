import { execFile } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'

const pnpm = path.resolve(import.meta.dirname, '../../node_modules/.bin/pnpm')

/** Puts the tarball of a package into a folder, exactly as it is published. Returns the path of the tarball. */
export async function packInto(target: string, folder: string): Promise<string> {
  mkdirSync(target, { recursive: true })
  try {
    const args = ['pack', '--json', '--pack-destination', target]
    const { stdout } = await promisify(execFile)(pnpm, args, { cwd: folder })
    return (JSON.parse(stdout) as { filename: string }).filename
  } catch (error) {
    const { stdout, stderr, message } = error as Error & { stdout?: string; stderr?: string }
    const output = `${stdout ?? ''}${stderr ?? ''}`.trim()
    throw new Error(`${folder} cannot be packed: ${output || message}`, { cause: error })
  }
}
