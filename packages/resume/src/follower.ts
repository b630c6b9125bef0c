/**
 * Reads the end of one log, for all readers of it in this process: they cost the store the commands of one.
 *
 * It runs only while a reader waits. Then it asks for what is beyond the newest entry that it knows, and if there is nothing,
 * waits for a hint or for `poll`. It listens for hints before it asks; a hint that arrives in between is counted.
 *
 * Readers get entries from the window, the newest ones in memory. A reader that is further behind reads the store itself.
 *
 * Invariants:
 * - The window holds every entry beyond `#from`, up to and including `#newest`, in order.
 * - `#quiet` is how long the log had no new entry while the store answered promptly. Time in which the store was slow does not
 *   count, because the producer could not write either: some clients wait out an outage without an error.
 */
import { sealLost } from './claim.ts'
import type { Entry, Log, Place } from './log.ts'
import { ask } from './patience.ts'
import { beyond, compare } from './place.ts'

/** In UTF-16 units of bodies. */
const WINDOW = 262_144

/** How many entries one look takes. */
const PAGE = 64

/** The new entries. `undefined`: the log no longer has what it had. */
type News = readonly Entry[] | undefined

interface Waiter {
  readonly place: Place
  /** How many looks had begun. */
  readonly since: number
  resolve(news: News): void
  reject(error: unknown): void
}

export class Follower {
  /** Whether the log may no longer have an entry that this follower knows. It is of no use to another reader. */
  isStale = false

  readonly #log: Log
  #window: Entry[] = []
  #windowSize = 0
  #from: Place
  #newest: Entry
  #waiters = new Map<object, Waiter>()
  #isRunning = false
  #looks = 0

  #readers = 0
  #unlisten: (() => void) | undefined
  #hints = 0
  #onHint: (() => void) | undefined

  #quiet = 0

  /** @param newest - an entry that the log has */
  constructor(log: Log, newest: Entry) {
    this.#log = log
    this.#from = this.#newest = newest
  }

  /** Whether no reader has it open. */
  get isIdle(): boolean {
    return this.#readers === 0
  }

  /** One more reader, which has read up to an entry. Hints are listened for while there is one. */
  join(newest: Entry): void {
    this.#readers++
    // If no reader waits, the follower can skip the entries up to `newest`.
    const isAhead = compare(newest, this.#newest) > 0
    if (isAhead && !this.#isRunning) {
      this.#quiet = 0
      this.#letGo(newest)
    }
    this.#unlisten ??= this.#log.listen(() => {
      this.#hints++
      this.#onHint?.()
    })
  }

  /** Called once by each reader that has joined. It gets no news if it waits. */
  leave(reader: object): void {
    this.#waiters.get(reader)?.resolve([])
    this.#waiters.delete(reader)
    if (this.#waiters.size === 0) this.#onHint?.()
    if (--this.#readers > 0) return
    this.#unlisten?.()
    this.#unlisten = undefined
    // A reader that comes back soon must not start the lease anew, so only the memory is let go of.
    this.#letGo(this.#newest)
  }

  /** Begins again at an entry, with an empty window. */
  #letGo(newest: Entry): void {
    this.#window = []
    this.#windowSize = 0
    this.#from = this.#newest = newest
  }

  /** Whether everything beyond a place, up to now, is in memory. */
  covers(place: Place): boolean {
    return compare(place, this.#from) >= 0
  }

  /** The next entries beyond a place that the follower {@link covers}, as soon as there are any. */
  async after(place: Place, reader: object): Promise<News> {
    const known = this.#known(place)
    if (known.length > 0) return known
    const news = new Promise<News>((resolve, reject) => {
      this.#waiters.set(reader, { place, since: this.#looks, resolve, reject })
    })
    if (!this.#isRunning) void this.#run()
    return news
  }

  #known(place: Place): readonly Entry[] {
    const window = this.#window
    // Readers keep up, so the place is almost always near the end.
    let first = window.length
    while (first > 0 && compare(window[first - 1] as Entry, place) > 0) first--
    return window.slice(first)
  }

  async #run(): Promise<void> {
    this.#isRunning = true
    try {
      while (this.#waiters.size > 0) await this.#look()
    } catch (error) {
      // A reader that asks again begins a new lease and a new patience.
      this.#quiet = 0
      for (const waiter of this.#take()) waiter.reject(error)
    } finally {
      this.#isRunning = false
      // A reader that began to wait when the loop had just ended.
      if (this.#waiters.size > 0) void this.#run()
    }
  }

  #take(): Iterable<Waiter> {
    const waiters = this.#waiters
    this.#waiters = new Map()
    return waiters.values()
  }

  async #look(): Promise<void> {
    const { platform, store, name, poll, lease } = this.#log
    const hints = this.#hints
    this.#looks++
    const began = platform.now()
    let failures = 0
    const entries = await ask(this.#log, () => {
      failures++
      return store.read(name, beyond(this.#newest), PAGE)
    })
    if (entries.length < PAGE) this.#dropAhead(entries.at(-1) ?? this.#newest)
    if (entries.length > 0) return this.#add(entries)
    const wasPrompt = failures === 1 && platform.now() - began <= poll
    if (!wasPrompt) this.#quiet = 0
    else if (this.#quiet >= lease) return this.#lost()
    if (hints === this.#hints && this.#waiters.size > 0) await this.#pause()
    // Capped, so that a process that was frozen does not blame the producer for it.
    if (wasPrompt) this.#quiet += Math.min(platform.now() - began, 2 * poll)
  }

  /**
   * Readers whose place is beyond the end of the log had an entry that the store forgot before this follower saw it. What
   * follows may have earlier places, so it would never reach them. A reader that came during the look may be ahead of it.
   */
  #dropAhead(newest: Place): void {
    for (const [reader, { place, since, resolve }] of this.#waiters)
      if (since < this.#looks && compare(place, newest) > 0) {
        this.#waiters.delete(reader)
        resolve(undefined)
      }
  }

  /** Waits for a hint, or for `poll`. */
  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        cancel()
        this.#onHint = undefined
        resolve()
      }
      const cancel = this.#log.platform.timer(this.#log.poll, done)
      this.#onHint = done
    })
  }

  #add(entries: readonly Entry[]): void {
    this.#quiet = 0
    for (const entry of entries) {
      this.#window.push(entry)
      this.#windowSize += entry.body.length
    }
    this.#newest = entries.at(-1) as Entry
    while (this.#windowSize > WINDOW && this.#window.length > 1) {
      const oldest = this.#window.shift() as Entry
      this.#windowSize -= oldest.body.length
      this.#from = oldest
    }
    for (const waiter of this.#take()) {
      // If the window has slid past it, the reader reads the store.
      waiter.resolve(this.covers(waiter.place) ? this.#known(waiter.place) : [])
    }
  }

  /** Each reader then reads the log again from the store. */
  async #lost(): Promise<void> {
    await sealLost(this.#log, this.#newest)
    this.isStale = true
    for (const waiter of this.#take()) waiter.resolve(undefined)
  }
}
