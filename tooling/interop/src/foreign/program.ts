import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { end, outputOf, start } from '@tooling/consumers/processes'

const READY_WITHIN = 60_000
const folder = path.resolve(import.meta.dirname, '../..')
const preload = pathToFileURL(path.join(import.meta.dirname, 'loopback.ts')).href

/** A server that was started. */
export interface Running {
  readonly url: string
  stop(): Promise<void> | void
}

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
  const log = outputOf(child, 2_000)
  const stop = (): Promise<void> => end(child)
  const failure = (why: string): Error => new Error(`${file} ${why}. It said:\n${log().trim()}`)
  const ready = Promise.withResolvers<string>()
  child.once('message', (message) => ready.resolve((message as { url: string }).url))
  child.once('error', ready.reject)
  child.once('exit', () => ready.reject(failure('ended')))
  const timer = setTimeout(() => ready.reject(failure('did not listen')), READY_WITHIN)
  try {
    return { url: await ready.promise, stop }
  } catch (error) {
    await stop()
    throw error
  } finally {
    clearTimeout(timer)
  }
}
