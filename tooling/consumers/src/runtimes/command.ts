import { existsSync } from 'node:fs'
import path from 'node:path'
import type { RunOptions } from '../harness/bundle.ts'
import type { RunResult } from '../harness/result.ts'
import { here } from '../layout.ts'
import { end, endOf, outputOf, readLines, run, start } from '../drivers/processes.ts'
import { type Command, mark, type Runtime, type Session } from './runtime.ts'

const entry = path.join(here, 'src/runtimes/command-entry.mjs')

/** A runtime that is a program on the command line: a process that is sent the names of test files. */
export function commandRuntime(name: string, command: Command): Runtime {
  return {
    name,
    command,
    available: async () =>
      existsSync(command.binary)
        ? undefined
        : `${name} is not installed: its optional dependency has no build for this system`,
    async version() {
      const { binary, env } = command
      const { stdout } = await run(binary, ['--version'], { timeout: 30_000, env })
      return /\d+\.\d+\.\d+/.exec(stdout)?.[0] ?? '?'
    },
    open: async ({ path: bundle }) => openCommand(command, bundle),
  }
}

/** What the process says, each in a line of its own. */
type Said = { readonly at: string } | { readonly result: RunResult }

function openCommand({ binary, args, env }: Command, bundle: string): Session {
  const child = start(binary, [...args([entry, bundle]), entry, mark, bundle], {
    cwd: path.dirname(bundle),
    env,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const ended = endOf(child, path.basename(binary), outputOf(child, undefined, [child.stderr]))
  // A process that stopped reading shows as its end.
  child.stdin!.on('error', () => {})
  let listen: (said: Said) => void = () => {}
  readLines(child.stdout!, (line) => {
    if (line.startsWith(mark)) listen(JSON.parse(line.slice(mark.length)) as Said)
  })
  return {
    run(options: RunOptions, report) {
      const result = new Promise<RunResult>((resolve) => {
        listen = (said) => ('at' in said ? report(said.at) : resolve(said.result))
      })
      child.stdin!.write(`${JSON.stringify(options)}\n`)
      return Promise.race([result, ended])
    },
    close: () => end(child),
  }
}
