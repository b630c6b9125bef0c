/**
 * A store over clients that can only get, set, increment and publish. Each entry has a key of its own, numbered by a counter.
 * Every reader goes through the entries in that order, and passes over those whose place is not beyond the last one, so all
 * see the same log.
 *
 * A writer reads its entry back to learn whether it counts. A slower writer with a smaller number can still appear after that,
 * so two producers at the same time are not fenced reliably. Redis clients with more commands do not use this store.
 */
import { stillWriting } from '../errors.ts'
import { compare } from '../place.ts'
import { hintsOver } from '../redis-hints.ts'
import type { Entry, Store } from '../store.ts'
import { KEEP } from './context.ts'
import type { Publisher, Subscriber } from './types.ts'

interface Known {
  entries: Entry[]
  /** The number of the next key to look at. */
  next: number
  /** When that key became the next, or when it was last asked why it is missing. */
  since: number
  /** Whether a writer had its number by then. */
  isLate: boolean
  /** The number of an entry that may not be stored, because the attempt failed. 0 is none. */
  owed: number
}

/**
 * A removed log: what came before it is forgotten. It is kept for as long as an entry, in seconds, so it outlives those before
 * it. So is its number, where those who know nothing begin: keys with smaller numbers may have expired. A log that began at 1
 * again when only the counter had expired would meet what is left of earlier ones.
 */
const REMOVED = 'removed'
const REMOVED_FOR = KEEP / 1000

/** So many logs are remembered, so that only new keys are read. */
const MOST = 1000

/**
 * In milliseconds. A key that is missing for so long is either not written yet, or late, or expired with the others. A late one is
 * passed over if it is missing for as long again: its writer died after it had the number, or stands still. Twice this is less than
 * the `patience` of those who wait to write.
 */
const LATE = 12_000

/** @param now - a clock in milliseconds */
export function keysStore(
  publisher: Publisher,
  subscriber: Subscriber,
  prefix: string,
  now: () => number = () => performance.now(),
): Store {
  const known = new Map<string, Known>()
  const watch = hintsOver(subscriber)
  const channelOf = (name: string): string => `${prefix}:log:${name}`
  const keyOf = (name: string, part: number | 'count' | 'begin'): string =>
    `${channelOf(name)}:${part}`
  const get = async (key: string): Promise<string | undefined> => {
    const value = await publisher.get(key)
    return value === null || value === undefined ? undefined : `${value}`
  }

  const beginOf = async (name: string): Promise<number> =>
    Number((await get(keyOf(name, 'begin'))) ?? 1)

  const refresh = async (name: string): Promise<Known> => {
    const begin = known.has(name) ? 1 : await beginOf(name)
    const log = known.get(name) ?? {
      entries: [],
      next: begin,
      since: now(),
      isLate: false,
      owed: 0,
    }
    known.delete(name)
    known.set(name, log)
    for (const oldest of known.keys()) {
      if (known.size <= MOST) break
      known.delete(oldest)
    }
    for (;;) {
      const number = log.next
      const value = await get(keyOf(name, number))
      // Another refresh may have taken it meanwhile.
      if (number !== log.next) continue
      if (value !== undefined) take(log, value, now())
      else if (now() - log.since < LATE || !(await goesOn(log, name))) return log
    }
  }
  /** Asks why the next key is missing. @returns whether there may be more to read now */
  const goesOn = async (log: Known, name: string): Promise<boolean> => {
    const { next, isLate } = log
    log.since = now()
    const count = Number(await get(keyOf(name, 'count')))
    const begin = await beginOf(name)
    const isLateNow = count >= next
    let first = next
    if (begin > next) first = begin
    else if (isLateNow && isLate)
      do first++
      while (first <= count && (await get(keyOf(name, first))) === undefined)
    // All have expired. What begins again under this name begins there. Before the next number, one may have been passed over.
    else if (!isLateNow && count !== next - 1 && (await get(keyOf(name, next - 1))) === undefined)
      first = begin
    // Another refresh has found the key meanwhile.
    if (log.next !== next) return true
    log.next = first
    log.isLate = isLateNow && first === next
    if (first === begin) log.entries = []
    return first !== next
  }
  const write = async (name: string, log: Known, value: string, EX: number): Promise<number> => {
    const counter = keyOf(name, 'count')
    const count = await get(counter)
    const { next, owed } = log
    // `INCR` keeps an expiry, and cannot set one. The counter of a log that is written for longer expires before its entries.
    if (count === undefined) await publisher.set(counter, `${next - 1}`, { EX })
    // What came after a missing entry would not be read.
    else if (Number(count) >= next && owed !== next) throw stillWriting()
    log.owed = 0
    const number = owed === next ? owed : await publisher.incr(counter)
    try {
      await publisher.set(keyOf(name, number), value, { EX })
    } catch (error) {
      log.owed = number
      throw error
    }
    return number
  }

  return {
    async append(name, { epoch, number }, body, { create, keep }) {
      const log = await refresh(name)
      const newest = log.entries.at(-1)
      const entry = { epoch, number, body }
      if (!newest && !create) return 'gone'
      if (newest && compare(entry, newest) <= 0) return 'refused'
      const value = `${epoch} ${number} ${body}`
      const key = await write(name, log, value, Math.ceil(keep / 1000))
      const { entries, next } = await refresh(name)
      const isMine = entries.some((each) => compare(each, entry) === 0 && each.body === body)
      // It comes after one that is still being written, which decides.
      if (!isMine && next <= key) throw stillWriting()
      if (!isMine) return 'refused'
      publisher.publish(channelOf(name), `${epoch}`).catch(() => {})
      return 'stored'
    },
    async read(name, from, limit) {
      const { entries } = await refresh(name)
      return (from ? entries.filter((entry) => compare(entry, from) >= 0) : entries).slice(0, limit)
    },
    async last(name, limit) {
      return (await refresh(name)).entries.slice(-limit).toReversed()
    },
    async remove(name) {
      const key = await write(name, await refresh(name), REMOVED, REMOVED_FOR)
      await publisher.set(keyOf(name, 'begin'), `${key}`, { EX: REMOVED_FOR })
    },
    ...(watch && { watch: (name, wake) => watch(channelOf(name), wake) }),
  }
}

function take(log: Known, value: string, now: number): void {
  log.next++
  log.since = now
  log.isLate = false
  if (value === REMOVED) {
    log.entries = []
    return
  }
  const [, epoch, number, body = ''] = /^(\d+) (\d+) ([^]*)$/.exec(value) ?? []
  const entry = { epoch: Number(epoch), number: Number(number), body }
  const newest = log.entries.at(-1)
  if (!newest || compare(entry, newest) > 0) log.entries.push(entry)
}
