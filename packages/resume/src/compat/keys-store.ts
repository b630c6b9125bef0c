/**
 * A store over clients that can only get, set, increment and publish. Each entry has a key of its own, numbered by a counter.
 * Every reader goes through the entries in that order, and passes over those whose place is not beyond the last one, so all
 * see the same log.
 *
 * A writer reads its entry back to learn whether it counts. A slower writer with a smaller number can still appear after that,
 * so two producers at the same time are not fenced reliably. Redis clients with more commands do not use this store.
 */
import { compare } from '../place.ts'
import type { Entry, Store } from '../store.ts'
import { KEEP } from './context.ts'
import type { Publisher, Subscriber } from './types.ts'

interface Known {
  entries: Entry[]
  /** The number of the next key to look at. */
  next: number
}

/**
 * A removed log: what came before it is forgotten. It is kept for as long as an entry, in seconds, so it outlives those before
 * it. When the counter has expired, a log begins at 1 again, and must not meet this on its way.
 */
const REMOVED = 'removed'
const REMOVED_FOR = KEEP / 1000

/** So many logs are remembered, so that only new keys are read. */
const MOST = 1000

export function keysStore(publisher: Publisher, subscriber: Subscriber, prefix: string): Store {
  const known = new Map<string, Known>()
  const keyOf = (name: string): string => `${prefix}:log:${name}`

  const refresh = async (name: string): Promise<Entry[]> => {
    const log = known.get(name) ?? { entries: [], next: 1 }
    known.delete(name)
    known.set(name, log)
    for (const oldest of known.keys()) {
      if (known.size <= MOST) break
      known.delete(oldest)
    }
    for (;;) {
      const number = log.next
      const value = await publisher.get(`${keyOf(name)}:${number}`)
      if (value === null || value === undefined) break
      // Another refresh may have taken it meanwhile.
      if (number === log.next) take(log, `${value}`)
    }
    return log.entries
  }
  const write = async (name: string, value: string, EX: number): Promise<void> => {
    const counter = `${keyOf(name)}:count`
    // `INCR` keeps an expiry, and cannot set one.
    if ((await publisher.get(counter)) === null) await publisher.set(counter, '0', { EX })
    const number = await publisher.incr(counter)
    await publisher.set(`${keyOf(name)}:${number}`, value, { EX })
  }

  return {
    async append(name, { epoch, number }, body, { create, keep }) {
      const entries = await refresh(name)
      const newest = entries.at(-1)
      const entry = { epoch, number, body }
      if (!newest && !create) return 'gone'
      if (newest && compare(entry, newest) <= 0) return 'refused'
      await write(name, `${epoch} ${number} ${body}`, Math.ceil(keep / 1000))
      const isMine = (await refresh(name)).some(
        (each) => compare(each, entry) === 0 && each.body === body,
      )
      if (!isMine) return 'refused'
      publisher.publish(keyOf(name), `${epoch}`).catch(() => {})
      return 'stored'
    },
    async read(name, from, limit) {
      const entries = await refresh(name)
      return (from ? entries.filter((entry) => compare(entry, from) >= 0) : entries).slice(0, limit)
    },
    async last(name, limit) {
      return (await refresh(name)).slice(-limit).toReversed()
    },
    async remove(name) {
      await write(name, REMOVED, REMOVED_FOR)
    },
    watch(name, wake) {
      const channel = keyOf(name)
      const subscribed = subscriber.subscribe(channel, (message) => wake(Number(message)))
      // What goes wrong here costs hints: readers look every `poll` milliseconds all the same.
      subscribed.catch(() => {})
      return () => {
        subscribed.then(() => subscriber.unsubscribe(channel)).catch(() => {})
      }
    },
  }
}

function take(log: Known, value: string): void {
  log.next++
  if (value === REMOVED) {
    log.entries = []
    return
  }
  const [, epoch, number, body = ''] = /^(\d+) (\d+) ([^]*)$/.exec(value) ?? []
  const entry = { epoch: Number(epoch), number: Number(number), body }
  const newest = log.entries.at(-1)
  if (!newest || compare(entry, newest) > 0) log.entries.push(entry)
}
