import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { unpackDebianPackage } from '@tooling/consumers/debian-unpack'
import { EngineError } from './errors.ts'

export const scratch: string = path.resolve(import.meta.dirname, '../../.scratch')

const PACKAGE = 'llama.cpp-tools'
/** The suites that have it, the steadier one first. */
const SUITES = ['forky', 'sid']

/** A command that starts llama-server, up to its own arguments. */
export interface LlamaServer {
  readonly command: string
  readonly args: readonly string[]
  readonly cwd: string
  /** Which it is, for people. */
  readonly version: string
}

/**
 * The `llama-server` that `LLAMA_SERVER` names, or else Debian's own, which is fetched the first time: 20 MB, into
 * `.scratch/llama`. Nothing is installed. Remove that folder to get the newest one.
 *
 * @throws EngineError of code `unavailable`, with a message for people
 */
export function findLlamaServer(): LlamaServer {
  const given = process.env['LLAMA_SERVER']
  return given === undefined ? debianServer() : givenServer(given)
}

function givenServer(command: string): LlamaServer {
  const { status, stdout, stderr } = spawnSync(command, ['--version'], { encoding: 'utf8' })
  if (status !== 0)
    throw new EngineError('unavailable', `LLAMA_SERVER names ${command}, which does not run.`)
  const version = /version: *(.+)/.exec(stdout + stderr)?.[1] ?? 'of unknown version'
  return {
    command,
    args: [],
    cwd: path.dirname(path.resolve(command)),
    version: `llama.cpp llama-server ${version}`,
  }
}

function debianServer(): LlamaServer {
  const folder = path.join(scratch, 'llama')
  const note = path.join(folder, 'installed.json')
  if (!existsSync(note)) fetchServer(folder)
  const { version } = JSON.parse(readFileSync(note, 'utf8'))
  // It wants a newer C library than this machine may have, so it is started by the loader that came with it.
  const root = path.join(folder, 'root')
  const libraries = libraryFolder(root)
  const loader = [path.join(root, 'usr/lib64'), libraries]
    .flatMap((place) =>
      existsSync(place) ? readdirSync(place).map((file) => path.join(place, file)) : [],
    )
    .find((file) => /\/ld-linux[^/]*\.so\.\d+$/.test(file))
  if (loader === undefined)
    throw new EngineError(
      'unavailable',
      `There is no loader in ${root}: remove the folder and try again.`,
    )
  const program = path.join(root, 'usr/bin/llama-server')
  return {
    command: loader,
    args: [
      '--library-path',
      `${libraries}:${path.join(libraries, 'llama')}`,
      '--argv0',
      program,
      program,
    ],
    // The backends for the various processors are looked for in the working directory.
    cwd: path.join(libraries, 'ggml/backends0'),
    version,
  }
}

function libraryFolder(root: string): string {
  const parent = path.join(root, 'usr/lib')
  const name = readdirSync(parent).find((entry) => /^[a-z0-9_]+-linux-gnu$/.test(entry))
  if (name === undefined)
    throw new EngineError('unavailable', `There are no libraries in ${parent}.`)
  return path.join(parent, name)
}

/** Into a folder of its own first: one that is half full is never used, whatever runs at the same time. */
function fetchServer(folder: string): void {
  const own = `${folder}-${process.pid}`
  rmSync(own, { recursive: true, force: true })
  try {
    const version = unpackFirst(own)
    rmSync(path.join(own, 'apt'), { recursive: true })
    writeFileSync(path.join(own, 'installed.json'), `${JSON.stringify({ version })}\n`)
    mkdirSync(scratch, { recursive: true })
    try {
      renameSync(own, folder)
    } catch (error) {
      // Another run was faster, and its folder is as good.
      if (!existsSync(path.join(folder, 'installed.json'))) throw error
    }
  } finally {
    rmSync(own, { recursive: true, force: true })
  }
}

function unpackFirst(folder: string): string {
  const problems: string[] = []
  for (const suite of SUITES) {
    try {
      const version = unpackDebianPackage(PACKAGE, suite, folder)
      return `llama.cpp llama-server, Debian ${suite}, package ${PACKAGE} ${version}`
    } catch (error) {
      problems.push((error as Error).message)
    }
  }
  throw new EngineError(
    'unavailable',
    problems.length === 1 ? (problems[0] as string) : [...new Set(problems)].join('\n'),
  )
}
