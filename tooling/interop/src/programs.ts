import { spawnSync } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import path from 'node:path'
import { ensureInstalled } from '@tooling/consumers/debian'
import { debianProgram, type UnpackedProgram, type Wanted } from '@tooling/consumers/debian-unpack'
import { inPackage } from './packages.ts'
import { ServerError } from './until-ready.ts'

/** Where what is fetched and made here stays from one run to the next. */
export const scratch: string = path.resolve(import.meta.dirname, '../.scratch')

/** Where each program is, and the package of Debian that it can come from. */
const programs = {
  bun: { file: () => inPackage('@oven/bun-linux-x64/bin/bun') },
  // The binary is in a dependency of the package `deno`, installed beside `deno`.
  deno: {
    file: () =>
      path.resolve(realpathSync(inPackage('deno')), `../@deno/linux-${process.arch}-glibc/deno`),
  },
  nginx: { file: () => '/usr/sbin/nginx', debian: 'nginx-light' },
  nchan: { file: () => '/usr/lib/nginx/modules/ngx_nchan_module.so', debian: 'libnginx-mod-nchan' },
  chromium: { file: () => '/usr/bin/chromium', debian: 'chromium' },
  curl: { file: () => '/usr/bin/curl', debian: 'curl' },
  openssl: { file: () => '/usr/bin/openssl', debian: 'openssl' },
}

/** The path of a program that is there now, installed if it must be and can be. It throws otherwise: nothing is skipped. */
export async function programOf(name: keyof typeof programs): Promise<string> {
  const program: { file: () => string; debian?: string } = programs[name]
  const file = program.file()
  if (existsSync(file)) return file
  if (program.debian === undefined)
    throw new Error(`${file} is missing: install the workspace with its optional dependencies.`)
  const missing = await ensureInstalled([file], [program.debian])
  if (missing !== undefined) throw new Error(missing)
  return file
}

/**
 * The server that an environment variable names, or one that is installed, or Debian's own, which is fetched into a folder of
 * `.scratch` the first time.
 *
 * @param installed - the command of a server that may be installed
 * @throws ServerError of code `unavailable`, with a message for people
 */
export function findServer(
  variable: string,
  wanted: Wanted,
  folder: string,
  installed?: string,
): UnpackedProgram {
  const named = process.env[variable]
  const command = named ?? installed
  if (command !== undefined) {
    const { status, stdout, stderr } = spawnSync(command, ['--version'], { encoding: 'utf8' })
    const [, version = 'of unknown version'] = /version: *(.+)/.exec(stdout + stderr) ?? []
    const libraries = path.dirname(path.resolve(command))
    if (status === 0) return { command, args: [], libraries, version: `${wanted.title} ${version}` }
    if (command === named)
      throw new ServerError('unavailable', `${variable} names ${named}, which does not run.`)
  }
  try {
    return debianProgram(wanted, path.join(scratch, folder))
  } catch (error) {
    throw new ServerError('unavailable', (error as Error).message)
  }
}
