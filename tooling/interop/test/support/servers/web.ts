import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { getRequestListener } from '@hono/node-server'
import { end, start } from '@tooling/consumers/processes'
import { Hono } from 'hono'
import { compress } from 'hono/compress'
import { fetchHandler } from '../fetch-handler.ts'
import { programOf } from '../../../src/programs.ts'
import type { Running, Server } from './server.ts'

/** A server in a process of its own, which says on its first line where it listens. */
export async function spawned(
  program: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Running> {
  const child = start(program, args, { env })
  let errors = ''
  child.stderr?.on('data', (chunk) => (errors += chunk))
  const url = await new Promise<string>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`${program} ended with ${code}:\n${errors}`)))
    createInterface({ input: child.stdout! }).once('line', resolve)
  })
  return { url, stop: () => end(child) }
}

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

export const webServers: readonly Server[] = [
  {
    name: 'Hono on Node, compress',
    protocol: 'h1',
    async start() {
      const app = new Hono()
      app.use(compress({ threshold: 0 }))
      app.get('/*', (context) => fetchHandler(context.req.raw))
      const server = createServer(getRequestListener(app.fetch))
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      return {
        url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        stop() {
          server.closeAllConnections()
          server.close()
        },
      }
    },
  },
]

export const otherRuntimes: readonly Server[] = [
  {
    name: 'Bun',
    protocol: 'h1',
    start: async () => spawned(await programOf('bun'), ['run', file('bun.ts')]),
  },
  {
    name: 'Deno',
    protocol: 'h1',
    start: async () =>
      spawned(
        await programOf('deno'),
        [
          'run',
          '--no-remote',
          '--no-prompt',
          '--no-lock',
          '--node-modules-dir=manual',
          '-A',
          file('deno.ts'),
        ],
        { DENO_NO_UPDATE_CHECK: '1' },
      ),
  },
]
