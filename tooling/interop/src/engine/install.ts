import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { debianProgram } from '@tooling/consumers/debian-unpack'
import { scratch } from '../programs.ts'
import { EngineError } from './errors.ts'

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
 * `.scratch/llama`.
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
  const wanted = {
    title: 'llama.cpp llama-server',
    package: 'llama.cpp-tools',
    suites: ['forky', 'sid'],
    files: ['llama-server'],
    libraries: ['llama'],
  } as const
  try {
    const { libraries, ...server } = debianProgram(wanted, path.join(scratch, 'llama'))
    // The backends for the various processors are looked for in the working directory.
    return { ...server, cwd: path.join(libraries, 'ggml/backends0') }
  } catch (error) {
    throw new EngineError('unavailable', (error as Error).message)
  }
}
