import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { end, freePort, start } from '@tooling/consumers/processes'
import { createClient } from 'redis'
import { findServer } from '../programs.ts'
import { accepts, untilReady } from '../until-ready.ts'

/** Servers that speak the protocol, as Debian packages them: the suites that have them, the newer one first. */
const SERVERS = {
  redis: { suites: ['forky', 'bookworm'], variable: 'REDIS_SERVER' },
  valkey: { suites: ['forky', 'trixie'], variable: 'VALKEY_SERVER' },
}

export type ServerName = keyof typeof SERVERS

/** A Redis server with a log of its own on disk, so that it can be killed and started again. */
export interface RedisServer {
  readonly port: number
  readonly url: string
  /** Where its log is. */
  readonly folder: string
  /** The process that runs now. */
  readonly child: ChildProcess
  /** Ends the server by a signal. What it acknowledged is in its log. */
  stop(signal?: NodeJS.Signals): Promise<void>
  /** Starts it again after `stop`, on the same port with the same data. */
  start(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Starts the `redis-server` that `REDIS_SERVER` names, or the one on the PATH, or Debian's, which is unpacked into `.scratch/redis`
 * the first time. Likewise for Valkey.
 *
 * @param more - further arguments of the server
 * @throws ServerError of code `unavailable` where none can be had
 */
export async function startRedis(
  name: ServerName = 'redis',
  more: readonly string[] = [],
): Promise<RedisServer> {
  const server = `${name}-server`
  const { variable, suites } = SERVERS[name]
  // The same file by another name, where the first is a link to an absolute path.
  const files = [server, `${name}-check-rdb`] as const
  const wanted = { title: server, package: server, suites, files }
  const { command, args } = findServer(variable, wanted, name, server)
  await using onFailure = new AsyncDisposableStack()
  const folder = mkdtempSync(path.join(tmpdir(), 'redis-'))
  onFailure.defer(() => rmSync(folder, { recursive: true, force: true }))
  const port = await freePort()
  const settings = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, '--save', '']
  const log = ['--appendonly', 'yes', '--appendfsync', 'everysec', '--loglevel', 'warning']
  const run = async (): Promise<ChildProcess> => {
    const child = start(command, [...args, ...settings, ...log, ...more])
    await untilReady(server, child, () => accepts(port))
    return child
  }
  let child = await run()
  onFailure.defer(() => end(child))
  const whenDone = onFailure.move()
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    folder,
    get child() {
      return child
    },
    stop: (signal = 'SIGKILL') => end(child, signal),
    async start() {
      child = await run()
    },
    [Symbol.asyncDispose]: () => whenDone.disposeAsync(),
  }
}

/** Sends one command over a connection of its own. */
export async function onRedis({ url }: RedisServer, command: string[]): Promise<unknown> {
  const client = createClient({ url, socket: { reconnectStrategy: false } })
  client.on('error', () => {})
  await client.connect()
  try {
    return await client.sendCommand(command)
  } finally {
    client.destroy()
  }
}
