/**
 * Logs as Redis streams: one key a log, and the place as the explicit id of `XADD`. Redis itself refuses an id that is not
 * beyond the last one, so no script, transaction or second key is needed.
 */
import { redisClientError } from './errors.ts'
import { permanent } from './permanent.ts'
import { hintsOf, type RedisSubscriber, type Send } from './redis-hints.ts'
import type { Entry, Store } from './store.ts'

export type { RedisSubscriber } from './redis-hints.ts'
export type { Entry, Place, Store, StoreAppendOptions } from './store.ts'

/** Sends one command, and resolves with its reply. Any client can be adapted to this. */
export type RedisCommand = (args: string[]) => Promise<unknown>

/** A client of Redis or Valkey: `redis`, `ioredis`, Bun's `RedisClient`, or a function that sends a command. */
export type RedisClient =
  | RedisCommand
  /** `redis`. */
  | { sendCommand(args: string[]): Promise<unknown> }
  /** `createCluster` of `redis`. */
  | {
      readonly masters: readonly unknown[]
      sendCommand(
        firstKey: string | undefined,
        isReadonly: boolean | undefined,
        args: string[],
      ): Promise<unknown>
    }
  /** `ioredis`, and its `Cluster`. */
  | { call(command: string, ...args: string[]): Promise<unknown> }
  /** Bun. */
  | { send(command: string, args: string[]): Promise<unknown> }

/** Options of {@link redisStore}. */
export interface RedisStoreOptions {
  /** In front of every key. Default: `tesserae:`. */
  readonly prefix?: string | undefined
  /**
   * The client that listens for hints. Default: the client of the store, if its connection speaks RESP3, as those of `redis` 6 and
   * `ioredis` 6 do. Otherwise there are no hints, and readers look every `poll` milliseconds. `false` turns hints off.
   */
  readonly subscriber?: RedisSubscriber | false | undefined
}

/** `PEXPIRE` is sent once in this part of `keep`, and keeps the log for as much longer. */
const RENEWALS = 4

/** Replies that the same command will get again. Others, such as `LOADING` or `READONLY`, may change. */
const PERMANENT = /^(WRONGTYPE|NOPERM|NOAUTH|WRONGPASS|ERR(?! max number of clients))\b/
const REFUSED = /equal or smaller than the target stream top item/

/**
 * A store on Redis 6.2 or newer, Redis Cluster, or Valkey. Any number of servers and clients can use it at the same time.
 *
 * How much an acknowledged event is worth is decided by the configuration of the server; see the table of durability in the
 * README.
 *
 * @param client - of `redis`, `ioredis` or Bun, or a cluster of the first two, connected by the caller; or a function that sends a
 *   command
 * @throws `ResumeError` with the code `bad-option` if the client is none of these
 *
 * @example
 * ```ts no-run: needs a Redis server
 * import { createStreams } from '@tesserae/resume'
 * import { redisStore } from '@tesserae/resume/redis'
 * import { createClient } from 'redis'
 *
 * const client = await createClient({ url: 'redis://127.0.0.1:6379' }).connect()
 * const streams = createStreams({ store: redisStore(client), onError: console.error })
 * ```
 */
export function redisStore(
  client: RedisClient,
  { prefix = 'tesserae:', subscriber }: RedisStoreOptions = {},
): Store {
  const command = commandOf(client)
  const send: Send = async (...args) => {
    try {
      return await command(args)
    } catch (error) {
      throw PERMANENT.test(messageOf(error)) ? permanent(error) : error
    }
  }
  const keyOf = (name: string): string => prefix + name
  const renew = renewals(send)
  const watch = subscriber === false ? undefined : hintsOf(client, send, subscriber)

  return {
    async append(name, { epoch, number }, body, { create, keep }) {
      const key = keyOf(name)
      const id = `${epoch}-${number}`
      try {
        const reply = await send('XADD', key, ...(create ? [] : ['NOMKSTREAM']), id, 'b', body)
        if (reply === null || reply === undefined) return 'gone'
      } catch (error) {
        if (REFUSED.test(messageOf(error))) return 'refused'
        throw error
      }
      // Neither is waited for: a lost hint costs a reader `poll`, and a lost `PEXPIRE` is sent again with the next entry.
      send('PUBLISH', key, `${epoch}`).catch(() => {})
      renew(key, keep)
      return 'stored'
    },
    async read(name, from, limit) {
      const start = from ? `${from.epoch}-${from.number}` : '-'
      return entriesOf(await send('XRANGE', keyOf(name), start, '+', 'COUNT', `${limit}`))
    },
    async last(name, limit) {
      return entriesOf(await send('XREVRANGE', keyOf(name), '+', '-', 'COUNT', `${limit}`))
    },
    async remove(name) {
      await send('DEL', keyOf(name))
    },
    ...(watch && { watch: (name, wake) => watch(keyOf(name), wake) }),
  }
}

function commandOf(client: RedisClient): RedisCommand {
  if (typeof client === 'function') return client
  const { sendCommand, call, send } = Object(client) as Record<
    string,
    ((...all: unknown[]) => Promise<unknown>) | undefined
  >
  // `call` first: ioredis has a `sendCommand` too, which takes something else.
  if (call) return (args) => call.apply(client, args)
  // A cluster needs the key, to find the node.
  if (sendCommand && 'masters' in client)
    return (args) => sendCommand.call(client, args[1], false, args)
  if (sendCommand) return (args) => sendCommand.call(client, args)
  if (send) return ([name, ...args]) => send.call(client, name, args)
  throw redisClientError()
}

/** Sends `PEXPIRE` now and then. What it remembers is dropped when it would be sent again anyway. */
function renewals(send: Send): (key: string, keep: number) => void {
  /** By key, the oldest first: until when the expiry needs no renewal. */
  const fresh = new Map<string, number>()
  return (key, keep) => {
    const now = performance.now()
    for (const [other, until] of fresh) {
      if (until > now) break
      fresh.delete(other)
    }
    if (fresh.has(key)) return
    const part = keep / RENEWALS
    fresh.set(key, now + part)
    send('PEXPIRE', key, `${Math.ceil(keep + part)}`).catch(() => fresh.delete(key))
  }
}

/** `[[id, ['b', body]], …]`, with strings or buffers, and with the fields as pairs or as an object. */
function entriesOf(reply: unknown): Entry[] {
  return (reply as [unknown, unknown][]).map(([id, fields]) => {
    const [epoch, number] = `${id}`.split('-')
    const body = Array.isArray(fields) ? fields[1] : (fields as { b: unknown }).b
    return { epoch: Number(epoch), number: Number(number), body: `${body}` }
  })
}

function messageOf(error: unknown): string {
  return `${(error as Error | undefined)?.message}`.replace(/^ReplyError: /, '')
}
