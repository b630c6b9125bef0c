import { existsSync } from 'node:fs'
import path from 'node:path'
import { here } from '../layout.ts'
import type { RunResult } from '../harness/result.ts'
import { run } from '../processes.ts'
import { type Command, mark, type Runtime } from './runtime.ts'

const entry = path.join(here, 'src/runtimes/command-entry.mjs')

/** A runtime that is a program on the command line: a process for each test file. */
export function commandRuntime(name: string, command: Command): Runtime {
  return {
    name,
    command,
    available: () =>
      Promise.resolve(
        existsSync(command.binary)
          ? undefined
          : `${name} is not installed: its optional dependency has no build for this system`,
      ),
    async version() {
      const { stdout } = await run(command.binary, ['--version'], {
        timeout: 30_000,
        env: command.env,
      })
      return /\d+\.\d+\.\d+/.exec(stdout)?.[0] ?? '?'
    },
    open: ({ path: bundle }) => {
      const ending = new AbortController()
      return Promise.resolve({
        async run(options, report) {
          let result: RunResult | undefined
          const ended = await run(
            command.binary,
            [...command.args([entry, bundle]), entry, mark, bundle, JSON.stringify(options)],
            {
              cwd: path.dirname(bundle),
              env: command.env,
              signal: ending.signal,
              onLine(line) {
                if (!line.startsWith(mark)) return
                const said = JSON.parse(line.slice(mark.length)) as
                  | { at: string }
                  | { result: RunResult }
                if ('at' in said) report(said.at)
                else result = said.result
              },
            },
          )
          if (result === undefined) throw new Error(`No result: ${ended.summary}`)
          return result
        },
        close: () => Promise.resolve(ending.abort()),
      })
    },
  }
}
