import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '@tooling/consumers/processes'
import { createClient } from 'redis'
import { type RedisServer, startRedis } from './redis-server.ts'

const SLOTS = 16_384

/** A Redis Cluster on the loopback interface. */
export interface RedisCluster {
  readonly ports: readonly number[]
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Two servers, each with half of the slots: a command for a key of the other one is redirected.
 *
 * @throws Unavailable where there is no Redis
 */
export async function startRedisCluster(): Promise<RedisCluster> {
  const busPort = await freePort()
  const first = await startRedis('redis', settings(busPort))
  const second = await startRedis('redis', settings(await freePort()))
  await command(first, 'ADDSLOTSRANGE', '0', `${SLOTS / 2 - 1}`)
  await command(second, 'ADDSLOTSRANGE', `${SLOTS / 2}`, `${SLOTS - 1}`)
  await command(second, 'MEET', '127.0.0.1', `${first.port}`, `${busPort}`)
  // Each must know of all slots before it answers for any.
  for (const server of [first, second])
    while (!/state:ok[^]*slots_ok:16384/.test(await command(server, 'INFO'))) await sleep(30)
  return {
    ports: [first.port, second.port],
    async [Symbol.asyncDispose]() {
      await first[Symbol.asyncDispose]()
      await second[Symbol.asyncDispose]()
    },
  }
}

function settings(busPort: number): string[] {
  return ['--cluster-enabled', 'yes', '--cluster-port', `${busPort}`]
}

async function command({ url }: RedisServer, ...args: string[]): Promise<string> {
  const client = await createClient({ url }).connect()
  try {
    return `${await client.sendCommand(['CLUSTER', ...args])}`
  } finally {
    client.destroy()
  }
}
