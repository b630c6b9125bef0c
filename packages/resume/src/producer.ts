/**
 * The one writer of a log, from its claim to its end.
 *
 * States: `open` while the source is read; `closing` after the record of the end was queued; `over`.
 *
 * Invariants:
 * - At most one append is under way. What the source yields meanwhile waits, and goes into one next entry. With two under
 *   way, a cut connection could store the second without the first, and a retry of the first would be refused.
 * - An append whose outcome is unknown is repeated unchanged: the same entry at the same place.
 * - `#number` is the number of the last record that the store has acknowledged.
 * - After `over` no append begins, the source's iterator has been returned, and no timer or listener remains.
 */
import { encode } from '@tesserae/encoder'
import {
  baseOf,
  BEAT,
  bytesOf,
  decode,
  endIn,
  endOf,
  follows,
  hasRecords,
  isEvent,
  linkOf,
  split,
} from './blocks.ts'
import type { Claimed } from './claim.ts'
import { aborted, ownId, type ResumeError } from './errors.ts'
import type { SseEventInit } from '@tesserae/encoder'
import type { Log } from './log.ts'
import { ask } from './patience.ts'
import { beyond, compare } from './place.ts'
import { discard, type EventIterator, iteratorOf } from './source.ts'
import type { Place } from './store.ts'
import type { EndReason, Ending, RunReason, RunSource } from './types.ts'

/** A silent producer beats so many times in a lease. */
const BEATS = 3

const HISTORY_PAGE = 64

export class Producer {
  readonly done: Promise<Ending>
  readonly #log: Log
  readonly #epoch: number
  #number: number
  /** Of all entries. */
  #bytes = 0
  #state: 'open' | 'closing' | 'over' = 'open'

  #queue: string[] = []
  /** In the queue, and under way to the store. */
  #waitingBytes = 0
  #isAppending = false
  #onRoom: (() => void) | undefined

  #events = 0
  #error: unknown
  #iterator: EventIterator | undefined
  readonly #controller = new AbortController()
  #resolve!: (ending: Ending) => void

  readonly #beatEvery: number
  #lastAppend: number
  #cancelTimer: () => void = () => {}
  readonly #unlisten: () => void
  #unfollow: () => void = () => {}

  constructor(log: Log, { epoch, last, isTakeover }: Claimed) {
    this.#log = log
    this.#epoch = epoch
    this.#number = last.number
    this.#lastAppend = log.platform.now()
    this.done = new Promise((resolve) => (this.#resolve = resolve))
    // Another epoch: someone stopped the log or took it over. A beat finds out.
    this.#unlisten = log.listen((other) => other !== epoch && this.#beat())
    // If `keep` is shorter than `lease`, the log would expire between two beats.
    this.#beatEvery = Math.min(log.lease, log.keep) / BEATS
    this.#beatIn(this.#beatEvery)
    // Waits for the first event or beat, and goes into the same entry.
    if (isTakeover) this.#queue.push(linkOf(last.epoch))
  }

  /** Stops the log when `signal` aborts. */
  follow(signal: AbortSignal): void {
    const stop = (): void => this.#close('stopped')
    signal.addEventListener('abort', stop)
    this.#unfollow = () => signal.removeEventListener('abort', stop)
    if (signal.aborted) stop()
  }

  async run(source: RunSource, { isTakeover, last: origin }: Claimed): Promise<void> {
    let isUsed = false
    try {
      const history = isTakeover ? await this.#history(origin) : { last: undefined, count: 0 }
      if (!history) this.#close('damaged')
      if (!history || this.#state !== 'open') return
      isUsed = true
      const { last, count } = history
      const { signal } = this.#controller
      const sequence = typeof source === 'function' ? await source({ signal, last, count }) : source
      this.#iterator = iteratorOf(sequence)
      if (this.#state !== 'open') return this.#release()
      await this.#pump(this.#iterator)
    } catch (error) {
      // An iterator that has thrown is finished.
      this.#iterator = undefined
      // A source that throws because it was stopped has not failed.
      if (this.#state === 'open') this.#close('error', error)
      else if (!isAbort(error, this.#controller.signal)) this.#log.report(error)
    } finally {
      // Cancels a source that was not used. `discard` does not call a function.
      if (!isUsed) discard(source).catch(this.#log.report)
    }
  }

  async #pump(iterator: EventIterator): Promise<void> {
    while (this.#state === 'open') {
      if (this.#waitingBytes > this.#log.highWaterMark) {
        await new Promise<void>((resolve) => (this.#onRoom = resolve))
        continue
      }
      const step = await iterator.next()
      if (step.done) {
        this.#iterator = undefined
        this.#close('end')
      } else if (this.#state === 'open') this.#add(step.value)
    }
  }

  #add(event: SseEventInit): void {
    let block: string
    try {
      if ((event as SseEventInit | undefined)?.id !== undefined) throw ownId()
      block = encode(event)
    } catch (error) {
      // The source can see what was wrong with its event.
      void this.#release(error)
      return this.#close('error', error)
    }
    const size = bytesOf(block)
    if (this.#bytes + this.#waitingBytes + size > this.#log.maxBytes)
      return this.#close('too-large')
    this.#push(block, size)
  }

  #push(block: string, size: number): void {
    this.#queue.push(block)
    this.#waitingBytes += size
    if (!this.#isAppending) void this.#append()
  }

  /** Queues the record of the end. Nothing follows it. */
  #close(reason: EndReason, error?: unknown): void {
    if (this.#state !== 'open') return
    this.#state = 'closing'
    this.#error = error
    if (reason === 'error') this.#log.report(error)
    const block = endOf(reason)
    this.#push(block, block.length)
    if (reason === 'stopped' || reason === 'too-large') this.#controller.abort(aborted(reason))
    if (reason !== 'end') void this.#release()
  }

  async #append(): Promise<void> {
    this.#isAppending = true
    try {
      while (this.#queue.length > 0 && this.#state !== 'over') {
        const blocks = this.#queue
        const size = this.#waitingBytes
        this.#queue = []
        const place = { epoch: this.#epoch, number: this.#number + blocks.length }
        const refusal = await this.#put(place, blocks.join(''))
        if (refusal) return this.#finish(refusal)
        this.#stored(place, blocks, size)
      }
    } catch (error) {
      this.#finish('unreachable', (error as ResumeError).cause ?? error)
    } finally {
      this.#isAppending = false
    }
  }

  #stored({ number }: Place, blocks: readonly string[], size: number): void {
    this.#number = number
    this.#bytes += size
    this.#waitingBytes -= size
    this.#lastAppend = this.#log.platform.now()
    this.#log.ring(this.#epoch)
    const end = endIn(blocks.at(-1) as string)
    for (const block of blocks) if (isEvent(block)) this.#events++
    if (end) this.#finish(end, this.#error)
    this.#wakeSource()
  }

  /** @returns why nothing can be stored any more, or `undefined` if the entry is stored */
  async #put(place: Place, body: string): Promise<RunReason | undefined> {
    const log = this.#log
    const options = { create: false, keep: log.keep }
    const answer = await ask(log, () => log.store.append(log.name, place, body, options))
    if (answer !== 'refused') return answer === 'gone' ? 'gone' : undefined
    // Either an earlier attempt was stored and its answer was lost, or another epoch has begun.
    const [entry] = await ask(log, () => log.store.read(log.name, place, 1))
    if (entry?.epoch === place.epoch && entry.number === place.number && entry.body === body)
      return undefined
    if (!entry || entry.epoch === place.epoch) return 'gone'
    return hasRecords(entry) ? 'fenced' : (endIn(entry.body) ?? 'fenced')
  }

  #beat(): void {
    if (this.#state === 'open' && !this.#isAppending) this.#push(BEAT, BEAT.length)
  }

  /** The timer is not the source's: a source that blocks the event loop for longer than the lease is lost. */
  #beatIn(delay: number): void {
    const { platform } = this.#log
    const every = this.#beatEvery
    this.#cancelTimer = platform.timer(delay, () => {
      const idle = platform.now() - this.#lastAppend
      if (idle >= every) this.#beat()
      this.#beatIn(idle >= every ? every : every - idle)
    })
  }

  #finish(reason: RunReason, error?: unknown): void {
    if (this.#state === 'over') return
    this.#state = 'over'
    this.#cancelTimer()
    this.#unlisten()
    this.#unfollow()
    void this.#release()
    if (reason !== 'end' && reason !== 'error')
      this.#controller.abort(aborted(reason as Parameters<typeof aborted>[0], error))
    this.#wakeSource()
    if (reason === 'unreachable') this.#log.report(error)
    this.#resolve({ reason, events: this.#events, error })
  }

  #wakeSource(): void {
    this.#onRoom?.()
    this.#onRoom = undefined
  }

  /** Asynchronous, so that whatever fails in an iterator comes out here. @param error - is thrown into the source first */
  async #release(error?: unknown): Promise<void> {
    const iterator = this.#iterator
    this.#iterator = undefined
    try {
      if (error !== undefined) await iterator?.throw?.(error)
      // The source has caught the error, or cannot be reached.
      await iterator?.return?.()
    } catch (fault) {
      if (fault !== error) this.#log.report(fault)
    }
  }

  /**
   * What a takeover continues after. `undefined`: there is no `count`, because the store lost entries, or has forgotten some since
   * the claim. Then the numbers would fit readers that have those, and the source would repeat what they have.
   */
  async #history(
    origin: Place,
  ): Promise<{ last: SseEventInit | undefined; count: number } | undefined> {
    const log = this.#log
    let last: SseEventInit | undefined
    let count = 0
    let from: Place | undefined
    let before: Place | undefined
    for (;;) {
      const page = await ask(log, () => log.store.read(log.name, from, HISTORY_PAGE))
      for (const entry of page) {
        // A beat of its own.
        if (entry.epoch === this.#epoch) continue
        this.#bytes += bytesOf(entry.body)
        if (!hasRecords(entry)) {
          before ??= { epoch: 0, number: baseOf(entry) }
          continue
        }
        const blocks = split(entry.body)
        if (before && !follows(entry, blocks, before)) return undefined
        before = entry
        const events = blocks.filter(isEvent)
        count += events.length
        const newest = events.at(-1)
        if (newest !== undefined) last = decode(newest)
      }
      if (page.length < HISTORY_PAGE)
        return before && compare(before, origin) === 0 ? { last, count } : undefined
      from = beyond(page.at(-1) as Place)
    }
  }
}

function isAbort(error: unknown, signal: AbortSignal): boolean {
  return (
    signal.aborted &&
    (error === signal.reason || (error as Error | undefined)?.name === 'AbortError')
  )
}
