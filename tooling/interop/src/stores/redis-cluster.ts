import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '@tooling/consumers/processes'
import { onRedis, startRedis } from './redis-server.ts'

const SLOTS = 16_384

/** A Redis Cluster on the loopback interface. */
export interface RedisCluster {
  readonly ports: readonly number[]
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Two servers, each with half of the slots: a command for a key of the other one is redirected.
 *
 * @throws ServerError of code `unavailable` where there is no Redis
 */
export async function startRedisCluster(): Promise<RedisCluster> {
  const busPort = await freePort()
  const first = await startRedis('redis', settings(busPort))
  const second = await startRedis('redis', settings(await freePort()))
  await onRedis(first, ['CLUSTER', 'ADDSLOTSRANGE', '0', `${SLOTS / 2 - 1}`])
  await onRedis(second, ['CLUSTER', 'ADDSLOTSRANGE', `${SLOTS / 2}`, `${SLOTS - 1}`])
  await onRedis(second, ['CLUSTER', 'MEET', '127.0.0.1', `${first.port}`, `${busPort}`])
  // Each must know of all slots before it answers for any.
  for (const server of [first, second])
    while (!isWhole(`${await onRedis(server, ['CLUSTER', 'INFO'])}`)) await sleep(30)
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

function isWhole(info: string): boolean {
  return info.includes('state:ok') && info.includes(`slots_ok:${SLOTS}`)
}
