import { Listeners } from './listeners.ts'
import { compare } from './place.ts'
import type { Entry, Store } from './store.ts'

/** In milliseconds. Creating a log deletes expired logs, at most once in this time, because a sweep visits every log. */
const SWEEP_EVERY = 1000

interface Kept {
  readonly entries: Entry[]
  until: number
}

/**
 * Logs in the memory of this process. They end with it.
 *
 * @example
 * ```ts
 * import { createStreams, memoryStore } from '@tesserae/resume'
 *
 * const streams = createStreams({ store: memoryStore() })
 * await streams.start('answer', [{ data: 'Hello' }])
 * for await (const { data } of streams.read('answer')) console.log(data) // => Hello
 * ```
 */
export function memoryStore(): Store {
  const logs = new Map<string, Kept>()
  const watchers = new Listeners()
  let sweepAt = 0

  const sweep = (now: number): void => {
    if (now < sweepAt) return
    sweepAt = now + SWEEP_EVERY
    for (const [name, { until }] of logs) if (until <= now) logs.delete(name)
  }
  const entriesOf = (name: string): readonly Entry[] => {
    const kept = logs.get(name)
    return kept && kept.until > performance.now() ? kept.entries : []
  }

  return {
    async append(name, { epoch, number }, body, { create, keep }) {
      const now = performance.now()
      const newest = entriesOf(name).at(-1)
      if (!newest && !create) return 'gone'
      const entry = { epoch, number, body }
      if (newest && compare(entry, newest) <= 0) return 'refused'
      if (!newest) {
        sweep(now)
        logs.set(name, { entries: [], until: 0 })
      }
      const kept = logs.get(name) as Kept
      kept.entries.push(entry)
      kept.until = now + keep
      watchers.ring(name, epoch)
      return 'stored'
    },
    async read(name, from, limit) {
      const entries = entriesOf(name)
      const first = from ? indexFrom(entries, from) : 0
      return entries.slice(first, first + limit)
    },
    async last(name, limit) {
      return entriesOf(name).slice(-limit).toReversed()
    },
    async remove(name) {
      logs.delete(name)
    },
    watch: (name, wake) => watchers.add(name, wake),
  }
}

/** The index of the first entry at or beyond a place, by halving: readers come back to logs of any length. */
function indexFrom(entries: readonly Entry[], place: { epoch: number; number: number }): number {
  let low = 0
  let high = entries.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (compare(entries[middle] as Entry, place) < 0) low = middle + 1
    else high = middle
  }
  return low
}
