import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import path from 'node:path'
import { promisify } from 'node:util'
import { conformance, type ConformanceCase } from '@tesserae/resume/conformance'
import {
  type PostgresClient,
  type PostgresListener,
  postgresStore,
} from '@tesserae/resume/postgres'
import { redisStore } from '@tesserae/resume/redis'
import type { Store } from '@tesserae/resume'
import { Redis as Upstash } from '@upstash/redis'
import { Cluster, Redis } from 'ioredis'
import pg from 'pg'
import { createClient, createCluster } from 'redis'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { programOf } from '../../src/programs.ts'
import { startPostgres } from '../../src/stores/postgres-server.ts'
import { startRedisCluster } from '../../src/stores/redis-cluster.ts'
import { startRedis } from '../../src/stores/redis-server.ts'
import { isUnavailable } from '../../src/until-ready.ts'

/** For conditions that a busy machine may take long to meet. */
const patient = { timeout: 30_000 }

/** What cannot be had is skipped with its reason; in CI that is a failure. */
async function started<Server>(start: () => Promise<Server>): Promise<Server | string> {
  try {
    return await start()
  } catch (error) {
    if (isUnavailable(error) && process.env['CI'] !== 'true') return error.message
    throw error
  }
}

function conform(
  make: () => Promise<{ first: Store; second: Store }>,
  cases: readonly ConformanceCase[] = conformance,
): void {
  const stores = make()
  test.each(cases)('$title', async ({ run }) => {
    expect(await run(await stores)).toBe(undefined)
  })
}

const closers: (() => unknown)[] = []
afterAll(async () => {
  for (const close of closers.toReversed()) await close()
})

const connectRedis = async (url: string, RESP: 2 | 3 = 3) => {
  const client = await createClient({ url, RESP }).connect()
  closers.push(() => client.destroy())
  return client
}
const connectIoredis = (url: string, protocol: 2 | 3 = 3): Redis => {
  const client = new Redis(url, { protocol })
  closers.push(() => client.disconnect())
  return client
}

const redis = await started(startRedis)
if (typeof redis === 'string') test('a Redis server', ({ skip }) => skip(redis))
else {
  closers.push(() => redis[Symbol.asyncDispose]())
  const { url } = redis

  describe('redisStore with two clients of `redis`', () => {
    conform(async () => ({
      first: redisStore(await connectRedis(url)),
      second: redisStore(await connectRedis(url)),
    }))
  })

  describe('redisStore with two clients of `ioredis`', () => {
    conform(async () => ({
      first: redisStore(connectIoredis(url)),
      second: redisStore(connectIoredis(url)),
    }))
  })

  describe('redisStore with RESP2 and a subscriber', () => {
    conform(async () => ({
      first: redisStore(await connectRedis(url, 2), { subscriber: await connectRedis(url, 2) }),
      second: redisStore(connectIoredis(url, 2), { subscriber: connectIoredis(url, 2) }),
    }))
  })

  describe('redisStore with Upstash over REST, and a function', () => {
    conform(
      async () => {
        const client = await connectRedis(url)
        const server = createServer(async (request, response) => {
          const chunks: Buffer[] = []
          for await (const chunk of request) chunks.push(chunk as Buffer)
          const args = (JSON.parse(Buffer.concat(chunks).toString()) as unknown[]).map(String)
          const answer = await client.sendCommand(args).then(
            (result) => ({ result }),
            (error: Error) => ({ error: error.message }),
          )
          response.end(JSON.stringify(answer))
        })
        await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
        closers.push(
          () => server.close(),
          () => server.closeAllConnections(),
        )
        const { port } = server.address() as { port: number }
        const rest = new Upstash({
          url: `http://127.0.0.1:${port}`,
          token: 'none',
          automaticDeserialization: false,
          // The service encodes its answers in base64; this server does not.
          responseEncoding: false,
          enableTelemetry: false,
        })
        return {
          first: redisStore(([name = '', ...args]) => rest.exec([name, ...args])),
          second: redisStore((args) => client.sendCommand(args)),
        }
        // 3,000 requests one after another take long, and say nothing that the others do not.
      },
      conformance.filter(({ title }) => !title.includes('3000')),
    )
  })

  test('redisStore with two clients of Bun', async ({ skip }) => {
    const bun = await programOf('bun').catch((error: Error) => {
      if (process.env['CI'] === 'true') throw error
      return skip(error.message)
    })
    const script = path.resolve(import.meta.dirname, '../support/stores/bun-conformance.ts')
    const { stdout } = await promisify(execFile)(bun, ['--no-install', script, url])
    expect(stdout).toBe(`${conformance.length + 1} cases\n`)
  })

  test('a RESP2 client is not put into subscriber mode', async () => {
    const client = await connectRedis(url, 2)
    const store = redisStore(client)
    const end = store.watch?.('a', () => {})
    // A subscription would be under way by the first answer, and change the second.
    for (let n = 0; n < 3; n++) expect(await client.ping()).toBe('PONG')
    end?.()
  })

  test('an error that asking again cannot change is permanent, others are not', async () => {
    const client = await connectRedis(url)
    const store = redisStore(client)
    await client.set('tesserae:text', 'not a stream')
    await expect(store.last('text', 1)).rejects.toMatchObject({ permanent: true })
    const other = redisStore(() => Promise.reject(new Error('LOADING Redis is loading')))
    await expect(other.last('a', 1)).rejects.not.toHaveProperty('permanent')
  })

  test('a log expires `keep` after its last entry, and not before', async () => {
    const client = await connectRedis(url)
    const store = redisStore(client)
    const began = performance.now()
    await store.append('short', { epoch: 1, number: 0 }, 'x', { create: true, keep: 300 })
    await expect.poll(() => store.read('short', undefined, 1), patient).toEqual([])
    expect(performance.now() - began).toBeGreaterThanOrEqual(300)
  })

  test('a later entry puts the expiry of a log off', async () => {
    const client = await connectRedis(url)
    const store = redisStore(client)
    const keep = 60_000
    const append = (number: number): Promise<unknown> =>
      store.append('long', { epoch: 1, number }, 'x', { create: number === 0, keep })
    const left = (): Promise<number> => client.pTTL('tesserae:long')
    await append(0)
    await expect.poll(left, patient).toBeGreaterThan(keep / 2)
    await client.pExpire('tesserae:long', keep / 2)
    // The store renews the expiry after a part of `keep`, so its clock is put forward.
    const clock = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + keep)
    await append(1)
    clock.mockRestore()
    await expect.poll(left, patient).toBeGreaterThan(keep / 2)
  })
}

const valkey = await started(() => startRedis('valkey'))
if (typeof valkey === 'string') test('a Valkey server', ({ skip }) => skip(valkey))
else {
  closers.push(() => valkey[Symbol.asyncDispose]())

  describe('redisStore on Valkey', () => {
    conform(async () => {
      const { url } = valkey
      return {
        first: redisStore(await connectRedis(url)),
        second: redisStore(connectIoredis(url)),
      }
    })
  })
}

const cluster = await started(startRedisCluster)
if (typeof cluster === 'string') test('a Redis Cluster', ({ skip }) => skip(cluster))
else {
  closers.push(() => cluster[Symbol.asyncDispose]())
  const nodes = cluster.ports.map((port) => ({ host: '127.0.0.1', port }))
  const connect = async (): Promise<{ first: Store; second: Store }> => {
    const client = createCluster({ rootNodes: nodes.map((socket) => ({ socket })) })
    await client.connect()
    const other = new Cluster(nodes)
    closers.push(
      () => client.destroy(),
      () => other.disconnect(),
    )
    return { first: redisStore(client), second: redisStore(other) }
  }

  describe('redisStore on a cluster, with `redis` and `ioredis`', () => {
    conform(connect)

    test('hints arrive whichever node a log is on', async () => {
      const { first, second } = await connect()
      for (const [from, to] of [
        [first, second],
        [second, first],
      ] as const) {
        for (const name of ['one', 'two', 'three', 'four']) {
          const hint = Promise.withResolvers<number>()
          const end = to.watch?.(name, hint.resolve)
          let { number } = (await from.last(name, 1))[0] ?? { number: 0 }
          // A hint may be lost while the subscription is under way, so the entries go on until one comes.
          const writing = setInterval(() => {
            const options = { create: true, keep: 60_000 }
            void from.append(name, { epoch: 1, number: ++number }, 'x', options)
          }, 20)
          expect(await hint.promise).toBe(1)
          clearInterval(writing)
          end?.()
        }
      }
    })
  })
}

const postgres = await started(startPostgres)
if (typeof postgres === 'string') test('a Postgres server', ({ skip }) => skip(postgres))
else {
  closers.push(() => postgres[Symbol.asyncDispose]())
  const settings = {
    host: '127.0.0.1',
    port: postgres.port,
    user: 'postgres',
    database: 'postgres',
  }

  describe('postgresStore with two pools, listening', () => {
    conform(async () => {
      const make = async (): Promise<Store> => {
        const pool = new pg.Pool(settings)
        const listener = new pg.Client(settings)
        // The server ends connections when it ends.
        pool.on('error', () => {})
        listener.on('error', () => {})
        await listener.connect()
        closers.push(
          () => pool.end(),
          () => listener.end(),
        )
        const store = postgresStore(pool as PostgresClient, {
          listener: listener as PostgresListener,
        })
        await store.setUp()
        return store
      }
      return { first: await make(), second: await make() }
    })
  })

  test('sweep() deletes the logs that are over their time, and no others', async () => {
    const pool = new pg.Pool(settings)
    closers.push(() => pool.end())
    const store = postgresStore(pool as PostgresClient, { prefix: 'other', notify: false })
    await store.setUp()
    await store.append('old', { epoch: 1, number: 0 }, 'x', { create: true, keep: -1000 })
    await store.append('new', { epoch: 1, number: 0 }, 'y', { create: true, keep: 60_000 })
    expect(await store.sweep()).toBe(1)
    expect(await store.read('old', undefined, 1)).toEqual([])
    expect((await store.last('new', 1)).length).toBe(1)
  })
}
