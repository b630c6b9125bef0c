import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, statSync, truncateSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { onRedis, type RedisServer } from '../../../src/stores/redis-server.ts'
import type { Proxy } from './proxy.ts'
import type { Random } from './random.ts'
import { LEASE } from './settings.ts'

const SERVERS = 3

interface Server {
  child: ChildProcess
  port: number | undefined
}

/** What can go wrong, by name. */
export type FaultName = keyof typeof faults

const faults = {
  'kill a server': async (chaos: Chaos) => chaos.killServer(chaos.random.below(SERVERS)),
  async 'freeze a server'(chaos: Chaos) {
    const { child } = chaos.random.pick(chaos.servers)
    child.kill('SIGSTOP')
    await sleep(chaos.random.below(3 * LEASE))
    child.kill('SIGCONT')
  },
  async 'restart Redis'({ redis, random }: Chaos) {
    await redis.stop(random.next() < 0.7 ? 'SIGKILL' : 'SIGTERM')
    await sleep(random.below(2 * LEASE))
    await redis.start()
  },
  async 'freeze Redis'({ redis, random }: Chaos) {
    redis.child.kill('SIGSTOP')
    await sleep(random.below(LEASE))
    redis.child.kill('SIGCONT')
  },
  async 'take the network away'({ proxy, random }: Chaos) {
    proxy.mode = random.next() < 0.5 ? 'refusing' : 'swallowing'
    if (proxy.mode === 'refusing') proxy.cut(0)
    await sleep(random.below(2 * LEASE))
    // A connection that has lost bytes is of no use to either side.
    proxy.cut(0)
    proxy.mode = 'open'
  },
  'cut a command or a reply': async ({ proxy, random }: Chaos) => proxy.cut(random.below(400)),
  'cut all connections': async ({ proxy }: Chaos) => proxy.cut(0),
  'end all clients': async ({ redis }: Chaos) =>
    onRedis(redis, ['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes']),
  async 'cut off the end of the log on disk'({ redis, random }: Chaos) {
    await redis.stop('SIGKILL')
    const folder = path.join(redis.folder, 'appendonlydir')
    for (const name of readdirSync(folder).filter((each) => each.endsWith('.incr.aof'))) {
      const file = path.join(folder, name)
      truncateSync(file, Math.max(statSync(file).size - random.below(600), 0))
    }
    await redis.start()
  },
}

export const ALL = Object.keys(faults) as FaultName[]

/** Three server processes over one Redis, and what happens to them. */
export class Chaos {
  readonly redis: RedisServer
  readonly proxy: Proxy
  readonly random: Random
  readonly servers: Server[] = []
  /** When the last fault was over. */
  quietSince = 0
  /** The longest time in milliseconds for which the machine let a server not run, as far as it was reported. */
  longestStall = 0
  readonly counts: Partial<Record<FaultName, number>> = {}

  constructor(redis: RedisServer, proxy: Proxy, random: Random) {
    this.redis = redis
    this.proxy = proxy
    this.random = random
  }

  async start(): Promise<void> {
    await Promise.all(Array.from({ length: SERVERS }, (_, index) => this.#startServer(index)))
  }

  async #startServer(index: number): Promise<void> {
    const url = `redis://127.0.0.1:${this.proxy.port}`
    const file = path.join(import.meta.dirname, 'server.ts')
    const kind = index % 2 === 0 ? 'redis' : 'ioredis'
    const child = spawn(process.execPath, [file, url, kind], {
      stdio: ['pipe', 'pipe', 'inherit', 'ipc'],
    })
    child.on('message', (stall) => {
      this.longestStall = Math.max(this.longestStall, Number(stall))
    })
    const server: Server = { child, port: undefined }
    this.servers[index] = server
    for await (const chunk of child.stdout ?? []) {
      server.port = Number(`${chunk}`)
      return
    }
  }

  /** The server at an index dies, and another takes its place. */
  async killServer(index: number): Promise<void> {
    const server = this.servers[index] as Server
    server.child.kill('SIGKILL')
    server.port = undefined
    await this.#startServer(index)
  }

  /** Waits until each server has run again, and has reported for how long it had not. */
  async untilStallsAreReported(): Promise<void> {
    const running = this.servers.filter(({ child }) => child.connected)
    await Promise.all(
      running.map(async ({ child }) => {
        const report = Promise.race([once(child, 'message'), once(child, 'exit')])
        child.send('stall')
        await report
      }),
    )
  }

  /** The address of a stream on a server, chosen at random if none is named. */
  address(name: string, index = this.random.below(SERVERS)): string | undefined {
    const { port } = this.servers[index] ?? {}
    return port === undefined ? undefined : `http://127.0.0.1:${port}${name}`
  }

  /** One fault after another, until told to stop. */
  async run(names: readonly FaultName[], isQuiet: () => boolean): Promise<void> {
    while (!isQuiet()) {
      await sleep(50 + this.random.below(400))
      if (isQuiet() || names.length === 0) continue
      const name = this.random.pick(names)
      this.counts[name] = (this.counts[name] ?? 0) + 1
      await faults[name](this).catch(() => {})
      this.quietSince = Date.now()
    }
  }

  close(): void {
    this.proxy.close()
    for (const { child } of this.servers) child.kill('SIGKILL')
  }
}
