import { existsSync } from 'node:fs'
import path from 'node:path'
import type { RunOptions } from '../harness/bundle.ts'
import type { RunResult } from '../harness/result.ts'
import { here } from '../layout.ts'
import { end, lastLines, outputOf, readLines, run, start } from '../drivers/processes.ts'
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
      const { stdout } = await run(command.binary, ['--version'], {
        timeout: 30_000,
        env: command.env,
      })
      return /\d+\.\d+\.\d+/.exec(stdout)?.[0] ?? '?'
    },
    open: async ({ path: bundle }) => openCommand(command, bundle),
  }
}

/** What the process says, each in a line of its own. */
type Said = { readonly at: string } | { readonly result: RunResult }

interface Order {
  readonly report: (test: string) => void
  readonly done: (result: RunResult) => void
  readonly failed: (error: Error) => void
}

function openCommand({ binary, args, env }: Command, bundle: string): Session {
  const child = start(binary, [...args([entry, bundle]), entry, mark, bundle], {
    cwd: path.dirname(bundle),
    env,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let order: Order | undefined
  let failure: Error | undefined

  const fail = (error: Error): void => {
    failure ??= error
    order?.failed(error)
  }
  child.once('error', fail)
  child.once('close', (code, signal) => {
    const how = signal === null ? `ended with code ${code}` : `was ended by ${signal}`
    fail(new Error(`${path.basename(binary)} ${how}. ${lastLines(errors())}`))
  })
  // A process that stopped reading shows as its end.
  child.stdin?.on('error', () => {})
  const errors = outputOf(child, undefined, [child.stderr])
  if (child.stdout !== null)
    readLines(child.stdout, (line) => {
      if (!line.startsWith(mark)) return
      const said = JSON.parse(line.slice(mark.length)) as Said
      if ('at' in said) order?.report(said.at)
      else order?.done(said.result)
    })

  return {
    run: (options: RunOptions, report) =>
      new Promise((done, failed) => {
        if (failure !== undefined) return failed(failure)
        order = { report, done, failed }
        child.stdin?.write(`${JSON.stringify(options)}\n`)
      }),
    close: () => end(child),
  }
}
