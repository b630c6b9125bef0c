import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { end, start } from '@tooling/consumers/processes'
import { type Running, untilReady } from '../until-ready.ts'

const folder = path.resolve(import.meta.dirname, '../..')
const preload = pathToFileURL(path.join(import.meta.dirname, 'loopback.ts')).href

interface Settings {
  readonly args?: readonly string[]
  readonly env?: Record<string, string>
  readonly cwd?: string
}

/** Starts the server of another project, on a free port of 127.0.0.1 whatever it prefers. @throws when it does not come up */
export async function startProgram(
  file: string,
  { args = [], env = {}, cwd = folder }: Settings = {},
): Promise<Running> {
  const child = start(process.execPath, ['--import', preload, file, ...args], {
    cwd,
    env: { HOME: cwd, NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let url = ''
  child.once('message', (message) => (url = (message as { url: string }).url))
  await untilReady(file, child, () => url !== '')
  return { url, stop: () => end(child) }
}
