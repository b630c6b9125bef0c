import { freePort } from '@tooling/consumers/processes'
import { becomes, START_LIMIT, ServerError } from '../until-ready.ts'
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
 * @param limit - for how long the servers may take to know of each other, in milliseconds
 * @throws ServerError of code `unavailable` where there is no Redis
 */
export async function startRedisCluster(limit = START_LIMIT): Promise<RedisCluster> {
  await using onFailure = new AsyncDisposableStack()
  const busPort = await freePort()
  const first = onFailure.use(await startRedis('redis', settings(busPort)))
  const second = onFailure.use(await startRedis('redis', settings(await freePort())))
  await onRedis(first, ['CLUSTER', 'ADDSLOTSRANGE', '0', `${SLOTS / 2 - 1}`])
  await onRedis(second, ['CLUSTER', 'ADDSLOTSRANGE', `${SLOTS / 2}`, `${SLOTS - 1}`])
  await onRedis(second, ['CLUSTER', 'MEET', '127.0.0.1', `${first.port}`, `${busPort}`])
  // Each must know of all slots before it answers for any.
  let info = ''
  const areWhole = async (): Promise<boolean> => {
    for (const server of [first, second]) {
      info = `${await onRedis(server, ['CLUSTER', 'INFO'])}`
      if (!isWhole(info)) return false
    }
    return true
  }
  if (!(await becomes(areWhole, limit)))
    throw new ServerError(
      'not-started',
      `The Redis Cluster did not come up. Its last state:\n${info}`,
    )
  const whenDone = onFailure.move()
  return {
    ports: [first.port, second.port],
    [Symbol.asyncDispose]: () => whenDone.disposeAsync(),
  }
}

function settings(busPort: number): string[] {
  return ['--cluster-enabled', 'yes', '--cluster-port', `${busPort}`]
}

function isWhole(info: string): boolean {
  return info.includes('state:ok') && info.includes(`slots_ok:${SLOTS}`)
}
