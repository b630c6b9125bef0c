import { noPublisher, noRedisUrl } from '../errors.ts'
import { redisStore, type RedisClient, type RedisSubscriber } from '../redis.ts'
import type { Store } from '../store.ts'
import { KEY_PREFIX } from './context.ts'
import { keysStore } from './keys-store.ts'
import type { CreateResumableStreamContextOptions, Publisher, Subscriber } from './types.ts'

/** Two clients of one library. */
export interface Clients {
  readonly publisher: unknown
  readonly subscriber: unknown
}

/**
 * The store for the clients in the options.
 *
 * @param makeClients - makes clients for an address, where the options have none
 */
export function storeOf(
  { publisher, subscriber, keyPrefix = KEY_PREFIX }: CreateResumableStreamContextOptions,
  makeClients: ((url: string) => Promise<Clients>) | undefined,
): Store {
  if (publisher) return storeOfClients({ publisher, subscriber }, keyPrefix)
  if (!makeClients) throw noPublisher()
  const { process } = globalThis as { process?: { env: Record<string, string | undefined> } }
  const url = process?.env['REDIS_URL'] ?? process?.env['KV_URL']
  if (!url) throw noRedisUrl()
  return lazyStore(async () => storeOfClients(await makeClients(url), keyPrefix))
}

function storeOfClients({ publisher, subscriber }: Clients, keyPrefix: string): Store {
  const { defineCommand, sendCommand } = Object(publisher) as Record<string, unknown>
  if (defineCommand || sendCommand)
    return redisStore(publisher as RedisClient, {
      prefix: `${keyPrefix}:log:`,
      subscriber: subscriber as RedisSubscriber | undefined,
    })
  if (!subscriber) throw noPublisher()
  return keysStore(publisher as Publisher, subscriber as Subscriber, keyPrefix)
}

/** A store whose clients are being connected. They are made when the store is first used. */
function lazyStore(make: () => Promise<Store>): Store {
  let made: Promise<Store> | undefined
  const store = (): Promise<Store> => {
    made ??= make().catch((error: unknown) => {
      // The next call tries again.
      made = undefined
      throw error
    })
    return made
  }
  return {
    append: async (...args) => (await store()).append(...args),
    read: async (...args) => (await store()).read(...args),
    last: async (...args) => (await store()).last(...args),
    remove: async (...args) => (await store()).remove(...args),
    watch(name, wake) {
      const watching = store().then((real) => real.watch?.(name, wake))
      watching.catch(() => {})
      return () => void watching.then((end) => end?.()).catch(() => {})
    },
  }
}
