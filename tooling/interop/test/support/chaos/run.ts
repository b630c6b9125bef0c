// Real processes, a real Redis with its log on disk, and faults all the time.
// What readers received is compared with what the sources yielded, and with nothing else.
import { type ChildProcess, spawn } from 'node:child_process'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from 'redis'
import { type RedisServer, startRedis } from '../../../src/stores/redis-server.ts'
import { type Proxy, startProxy } from './proxy.ts'
import { readToEnd, type Seen } from './reader.ts'
import { LEASE, payload } from './settings.ts'

/** The seed of the properties: it is printed, and `FC_SEED` replays it. */
const seed = Number(process.env['FC_SEED'])

/** A small generator of pseudo-random numbers (mulberry32). */
let state = seed >>> 0
function random(): number {
  state = (state + 0x6d2b79f5) >>> 0
  let t = Math.imul(state ^ (state >>> 15), 1 | state)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
}
const below = (count: number): number => Math.floor(random() * count)

const SERVERS = 3
const READERS = 6
const EVENTS = 100
/** A round that lasts longer has a reader that waits for ever. */
const LONGEST_ROUND = 90_000

interface Server {
  child: ChildProcess
  port: number | undefined
}

class Chaos {
  readonly redis: RedisServer
  readonly proxy: Proxy
  readonly servers: Server[] = []
  faults = 0
  isQuiet = false

  constructor(redis: RedisServer, proxy: Proxy) {
    this.redis = redis
    this.proxy = proxy
  }

  async startServer(index: number): Promise<void> {
    const url = `redis://127.0.0.1:${this.proxy.port}`
    const file = path.join(import.meta.dirname, 'server.ts')
    const kind = index % 2 === 0 ? 'redis' : 'ioredis'
    const child = spawn(process.execPath, [file, url, kind], { stdio: ['pipe', 'pipe', 'inherit'] })
    const server: Server = { child, port: undefined }
    this.servers[index] = server
    for await (const chunk of child.stdout ?? []) {
      server.port = Number(`${chunk}`)
      return
    }
  }

  /** The address of a stream on a server chosen at random. */
  address(name: string): string | undefined {
    const { port } = this.servers[below(SERVERS)] ?? {}
    return port === undefined ? undefined : `http://127.0.0.1:${port}${name}`
  }

  /** One fault. Resolves when it is over. */
  async fault(): Promise<void> {
    this.faults++
    const index = below(SERVERS)
    const { child } = this.servers[index] as Server
    const { redis, proxy } = this
    const kinds: (() => Promise<unknown>)[] = [
      async () => {
        child.kill('SIGKILL')
        ;(this.servers[index] as Server).port = undefined
        await this.startServer(index)
      },
      async () => {
        child.kill('SIGSTOP')
        await sleep(below(2 * LEASE))
        child.kill('SIGCONT')
      },
      async () => {
        await redis.stop(random() < 0.7 ? 'SIGKILL' : 'SIGTERM')
        await sleep(below(2 * LEASE))
        await redis.start()
      },
      async () => {
        redis.child.kill('SIGSTOP')
        await sleep(below(LEASE))
        redis.child.kill('SIGCONT')
      },
      async () => {
        proxy.mode = random() < 0.5 ? 'refusing' : 'swallowing'
        if (proxy.mode === 'refusing') proxy.cut(0)
        await sleep(below(2 * LEASE))
        // A connection that has lost bytes is of no use to either side.
        proxy.cut(0)
        proxy.mode = 'open'
      },
      async () => proxy.cut(below(400)),
      async () => proxy.cut(0),
      async () => {
        const client = createClient({ url: redis.url, socket: { reconnectStrategy: false } })
        client.on('error', () => {})
        await client.connect()
        await client.sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'])
        client.destroy()
      },
    ]
    await (kinds[below(kinds.length)] as () => Promise<unknown>)().catch(() => {})
  }

  async faultsUntilQuiet(): Promise<void> {
    while (!this.isQuiet) {
      await sleep(50 + below(400))
      if (!this.isQuiet) await this.fault()
    }
  }
}

/** One stream: a producer that is started again and again with takeover, as a job queue does, and readers. */
async function round(chaos: Chaos, name: string): Promise<Seen[]> {
  const deadline = Date.now() + LONGEST_ROUND
  const cutAfter = (): number => (random() < 0.3 ? Infinity : below(6000))
  const reading = Promise.all(
    Array.from({ length: READERS }, () => readToEnd(() => chaos.address(name), cutAfter, deadline)),
  )
  const progress = { isDone: false }
  const producing = (async () => {
    while (!progress.isDone) {
      const url = chaos.address(name)
      if (url !== undefined)
        await fetch(`${url}?events=${EVENTS}&pause=${below(12)}&takeover`, {
          method: 'POST',
          signal: AbortSignal.timeout(LEASE),
        }).catch(() => {})
      await sleep(LEASE / 3 + below(LEASE))
    }
  })()
  const seen = await reading
  progress.isDone = true
  await producing
  return seen
}

function violations(name: string, all: readonly Seen[]): string[] {
  const expected = Array.from({ length: EVENTS }, (_, n) => payload(name, n))
  const found = all.flatMap(({ data, named, isOver }, index) => {
    const problems: string[] = []
    const wrong = data.findIndex((each, n) => each !== expected[n])
    if (wrong >= 0) problems.push(`event ${wrong} is ${JSON.stringify(data[wrong]?.slice(0, 40))}`)
    if (!isOver) problems.push(`waits for ever, after ${data.length} events`)
    else if (named.length > 1) problems.push(`received ${named.join(', ')}`)
    else if (named.length === 1 && named[0] !== 'failed {"reason":"lost"}')
      problems.push(`received ${named[0]}`)
    else if (named.length === 0 && data.length !== EVENTS)
      problems.push(`received the end after ${data.length} events`)
    return problems.map((problem) => `${name}, reader ${index}: ${problem}`)
  })
  const lengths = new Set(all.map(({ data }) => data.length))
  if (found.length === 0 && lengths.size > 1)
    found.push(`${name}: readers received different ends: ${[...lengths].join(', ')} events`)
  return found
}

/** @returns every stream that did not keep its promise, in a sentence */
export async function runChaos(seconds: number): Promise<string[]> {
  await using redis = await startRedis()
  const proxy = await startProxy(redis.port)
  const chaos = new Chaos(redis, proxy)
  const problems: string[] = []
  const total = { rounds: 0, events: 0, readers: 0, connections: 0, lost: 0 }
  try {
    await Promise.all(Array.from({ length: SERVERS }, (_, index) => chaos.startServer(index)))
    const end = Date.now() + seconds * 1000
    const faults = chaos.faultsUntilQuiet()
    while (Date.now() < end && problems.length === 0) {
      const name = `/stream-${total.rounds}`
      // Towards the end all works again, so that what waits must come to its end.
      const calm = setTimeout(() => (chaos.isQuiet = true), Math.max(end - Date.now(), 0))
      const seen = await round(chaos, name)
      clearTimeout(calm)
      problems.push(...violations(name, seen))
      total.rounds++
      total.readers += seen.length
      for (const { data, connections, named } of seen) {
        total.events += data.length
        total.connections += connections
        total.lost += named.length
      }
    }
    chaos.isQuiet = true
    await faults
  } finally {
    proxy.close()
    for (const { child } of chaos.servers) child.kill('SIGKILL')
  }
  console.log(
    `chaos, seed ${seed}: ${total.rounds} streams, ${total.events} events to ${total.readers} readers over ` +
      `${total.connections} connections, ${chaos.faults} faults, ${total.lost} received \`lost\``,
  )
  return problems
}
