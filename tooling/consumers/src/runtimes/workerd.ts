import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Readable } from 'node:stream'
import type { RunResult } from '../harness/result.ts'
import { within } from '../deadline.ts'
import { here } from '../layout.ts'
import { end, endOf, lastLines, outputOf, readLines, run, start } from '../drivers/processes.ts'
import { fileBehind } from './installed.ts'
import { mark, type Runtime, startTimeout } from './runtime.ts'

const binary = fileBehind(
  'workerd',
  `@cloudflare/workerd-linux-${process.arch === 'x64' ? '64' : process.arch}`,
  'bin/workerd',
)

/** A worker without any of Node's modules, that cannot reach a network. */
const configuration = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "tests", worker = (
      modules = [(name = "worker", esModule = embed "worker.mjs"), (name = "bundle.mjs", esModule = embed "BUNDLE")],
      compatibilityDate = "2026-01-01",
      globalOutbound = "no-network",
    )),
    (name = "no-network", network = (allow = [])),
  ],
  sockets = [(name = "tests", address = "127.0.0.1:0", http = (), service = "tests")],
);
`

export const workerd: Runtime = {
  name: 'workerd',
  available: () =>
    Promise.resolve(
      existsSync(binary)
        ? undefined
        : 'workerd is not installed: its optional dependency has no build for this system',
    ),
  async version() {
    return (await run(binary, ['--version'], { timeout: 30_000 })).stdout
      .replace('workerd', '')
      .trim()
  },
  async open({ path: bundle }) {
    const folder = path.dirname(bundle)
    writeFileSync(
      path.join(folder, 'worker.mjs'),
      readFileSync(path.join(here, 'src/runtimes/workerd-entry.mjs')),
    )
    writeFileSync(
      path.join(folder, 'workerd.capnp'),
      configuration.replace('BUNDLE', path.basename(bundle)),
    )

    const child = start(binary, ['serve', '--control-fd=3', path.join(folder, 'workerd.capnp')], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    })
    let report: (test: string) => void = () => {}
    const errors = outputOf(child, undefined, [child.stderr])
    const ended = endOf(child, 'workerd', errors)
    readLines(child.stdout!, (line) => {
      if (line.startsWith(mark)) report(line.slice(mark.length))
    })
    const listening = Promise.race([readPort(child.stdio[3] as Readable), ended])
    const port = await within(startTimeout, 'start', listening).catch(async (error: unknown) => {
      await end(child)
      throw error
    })

    return {
      async run(options, newReport) {
        report = newReport
        const answer = fetch(`http://127.0.0.1:${port}/`, {
          method: 'POST',
          body: JSON.stringify({ mark, options }),
        })
        const response = await Promise.race([answer, ended])
        const text = await response.text()
        if (!response.ok)
          throw new Error(
            `workerd answered ${response.status}: ${text.slice(0, 500)} ${lastLines(errors())}`,
          )
        return JSON.parse(text) as RunResult
      },
      close: () => end(child),
    }
  },
}

/** workerd chooses the port, and says so in a line of JSON. */
function readPort(control: Readable): Promise<number> {
  return new Promise((resolve) =>
    readLines(control, (line) => {
      if (line.includes('"listen"')) resolve((JSON.parse(line) as { port: number }).port)
    }),
  )
}
