import { Listeners } from './listeners.ts'
import type { PermanentError } from './permanent.ts'

/** Sends one command. If asking again cannot change its error, the error is marked as permanent. */
export type Send = (...args: string[]) => Promise<unknown>

/** A client that can listen to channels. */
export type RedisSubscriber =
  /** `redis`, and Bun's client made by `duplicate()`. */
  | {
      subscribe(channel: string, listener: (message: string) => void): Promise<unknown>
      unsubscribe(channel: string, listener?: (message: string) => void): Promise<unknown>
    }
  /** `ioredis`. */
  | {
      subscribe(channel: string): Promise<unknown>
      unsubscribe(channel: string): Promise<unknown>
      on(event: 'message', listener: (channel: string, message: string) => void): unknown
    }

export type Watch = (channel: string, wake: (epoch: number) => void) => () => void

/**
 * Hints over pub/sub, one subscription a channel. A connection with RESP2 refuses commands once it has subscribed, so the
 * client of the store is used only if its connection speaks RESP3.
 *
 * @returns `undefined` if the client cannot subscribe
 */
export function hintsOf(
  client: unknown,
  send: Send,
  subscriber: RedisSubscriber | undefined,
): Watch | undefined {
  if (subscriber) return hintsOver(subscriber)
  return hintsOver(client as RedisSubscriber, () => speaksResp3(send))
}

/**
 * Hints over a client that can subscribe.
 *
 * @param askWhether - asks whether it really can; it is asked again if it fails
 */
export function hintsOver(
  own: RedisSubscriber,
  askWhether: () => Promise<boolean> = async () => true,
): Watch | undefined {
  if (typeof own?.subscribe !== 'function') return undefined
  const wakers = new Listeners()
  const onMessage = (channel: string, message: string): void =>
    wakers.ring(channel, Number(message))
  let isAble: Promise<boolean> | undefined
  /** The channels that are subscribed to, or shall be. */
  const subscribed = new Set<string>()
  const subscribe = async (channel: string): Promise<void> => {
    isAble ??= askWhether().catch((error: unknown) => {
      // The client may just be away, so the next reader asks again.
      isAble = undefined
      throw error
    })
    if (!(await isAble) || !wakers.has(channel)) return
    if (!isIoredis(own)) await own.subscribe(channel, (message) => onMessage(channel, message))
    else await own.subscribe(channel)
  }
  if (isIoredis(own)) own.on('message', onMessage)

  return (channel, wake) => {
    const remove = wakers.add(channel, wake)
    if (!subscribed.has(channel)) {
      subscribed.add(channel)
      // What goes wrong here costs hints: readers look every `poll` milliseconds all the same.
      subscribe(channel).catch(() => subscribed.delete(channel))
    }
    return () => {
      remove()
      if (wakers.has(channel)) return
      subscribed.delete(channel)
      isAble
        ?.then((able) => able && !wakers.has(channel) && own.unsubscribe(channel))
        .catch(() => {})
    }
  }
}

function isIoredis(client: RedisSubscriber): client is Extract<RedisSubscriber, { on: unknown }> {
  return 'defineCommand' in client
}

/** `HELLO` without arguments changes nothing, and says which protocol the connection speaks. */
async function speaksResp3(send: Send): Promise<boolean> {
  const reply = await send('HELLO').catch((error: unknown) => {
    // A server that refuses it will do so again.
    if ((error as PermanentError).permanent) return { proto: 2 }
    throw error
  })
  if (Array.isArray(reply)) return Number(reply[reply.indexOf('proto') + 1]) === 3
  return (
    Number(reply instanceof Map ? reply.get('proto') : (reply as { proto: unknown }).proto) === 3
  )
}
