/**
 * One reader of a log, from its cursor to the end.
 *
 * States: `new` until it has looked up where to begin; `open`; `ended` when it has taken the end of the log, and may still have
 * events to hand out; `over`.
 *
 * Invariants:
 * - `#newest` is the last entry taken, and `#last` the last record. The next entry with records must follow it.
 *   That check is what makes an entry that the store lost visible.
 * - Nothing is asked of the store before the caller has asked for an event.
 * - After `over` no wait, timer or listener remains.
 */
import { baseOf, controlOf, decode, endIn, follows, isEvent, linkIn, split } from './blocks.ts'
import { badCursor, gapError, notFound } from './errors.ts'
import type { SseEventInit } from '@tesserae/encoder'
import type { Follower, News } from './follower.ts'
import type { Entry, Log, Place } from './log.ts'
import { ask } from './patience.ts'
import { beyond, compare, FINAL_ID, idOf, LARGEST_NUMBER, parseCursor } from './place.ts'
import type { EndReason, Reader, ReadLogOptions } from './types.ts'

/** How many entries a page has at first, and between which bounds that follows their size. */
const FIRST_PAGE = 32
const LARGEST_PAGE = 512
/** In UTF-16 units: a page above it is halved, a full one below a quarter of it doubled. */
const PAGE_SIZE = 262_144

const DONE = { done: true, value: undefined } as const

/** Finds the follower of a log, or makes one that knows this entry. `generation` tells logs of one name apart. */
export type FindFollower = (log: Log, generation: string, newest: Entry) => Follower

export class LogReader implements Reader {
  readonly #log: Log
  readonly #options: ReadLogOptions
  readonly #findFollower: FindFollower

  #state: 'new' | 'open' | 'ended' | 'over' = 'new'
  /** Decoded, and not yet handed out from `#at` on. */
  #events: SseEventInit[] = []
  #at = 0
  #delivered = 0

  #page: readonly Entry[] = []
  #pageAt = 0
  #pageLimit = FIRST_PAGE
  /** Whether the page was full, so that the store certainly has to be asked for the next one. */
  #isBehind = false
  #newest: Entry | undefined
  /** Its epoch is 0 before the first record. */
  #last: Place = { epoch: 0, number: 0 }
  /** The body of the log's oldest entry, which holds a random token. */
  #generation = ''
  /** Where the last reset was caused. A second one there means that the log is damaged. */
  #resetAt: Place | undefined

  #follower: Follower | undefined
  #leave: (() => void) | undefined
  #interrupt: (() => void) | undefined
  /** Calls of `next` are served one after another. */
  #turn: Promise<unknown> = Promise.resolve()

  constructor(log: Log, options: ReadLogOptions, findFollower: FindFollower) {
    this.#log = log
    this.#options = options
    this.#findFollower = findFollower
  }

  get isOver(): boolean {
    return this.#state === 'over'
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<IteratorResult<SseEventInit, undefined>> {
    const step = this.#turn.then(() => this.#next())
    this.#turn = step.catch(() => {})
    return step
  }

  async return(): Promise<IteratorResult<SseEventInit, undefined>> {
    this.#close()
    return DONE
  }

  /** Looks up where to begin. @throws {@link ResumeError} */
  async open(cursor: string | null | undefined): Promise<void> {
    if (this.#state !== 'new') return
    try {
      await this.#begin(cursor || undefined)
    } catch (error) {
      this.#close()
      throw error
    }
  }

  #close(): void {
    this.#state = 'over'
    this.#events = []
    this.#page = []
    this.#leave?.()
    this.#leave = undefined
    this.#interrupt?.()
  }

  async #next(): Promise<IteratorResult<SseEventInit, undefined>> {
    try {
      if (this.#state === 'new') await this.#begin(this.#options.after || undefined)
      for (;;) {
        if (this.#at < this.#events.length) {
          this.#delivered++
          return { done: false, value: this.#events[this.#at++] as SseEventInit }
        }
        if (this.#state !== 'open') break
        await this.#advance()
      }
    } catch (error) {
      this.#close()
      throw error
    }
    this.#close()
    return DONE
  }

  async #begin(cursor: string | undefined): Promise<void> {
    if (cursor === FINAL_ID) return this.#end('end')
    const place = cursor === undefined ? undefined : parseCursor(cursor)
    if (place && place.epoch === 0) throw badCursor()
    if (!(await this.#fromOldest(place ? 1 : this.#pageLimit))) throw notFound()
    if (place === undefined) return
    // The client knows that the log is damaged, and had nothing more to get.
    if (place.number === LARGEST_NUMBER) return this.#end('end')
    const page = await this.#read(place)
    if (this.#isOverNow() || this.#startAfter(place, page)) return
    await this.#reset(cursor as string)
  }

  /** `return()` may have been called during any wait. */
  #isOverNow(): boolean {
    return this.#state === 'over'
  }

  /** Stands before the oldest record. @returns whether there is a log */
  async #fromOldest(limit: number): Promise<boolean> {
    const page = await this.#read(undefined, limit)
    const [oldest] = page
    if (!oldest) return false
    if (this.#isOverNow()) return true
    this.#state = 'open'
    this.#generation = oldest.body
    const control = controlOf(oldest)
    this.#last = { epoch: 0, number: control.kind === 'mark' ? baseOf(control.token) : 0 }
    this.#use(page)
    return true
  }

  /** Stands after the cursor, if the page that begins at it fits. */
  #startAfter(cursor: Place, page: readonly Entry[]): boolean {
    for (const [index, entry] of page.entries()) {
      const control = controlOf(entry)
      const isSame = compare(entry, cursor) === 0
      if (control.kind === 'seal') {
        if (isSame) this.#end('end')
        return isSame
      }
      if (control.kind === 'mark') continue
      const blocks = split(entry.body)
      const holds = entry.epoch === cursor.epoch && entry.number - blocks.length < cursor.number
      if (!holds && !follows(entry, blocks, cursor)) return false
      this.#last = holds ? entry : cursor
      this.#use(page)
      this.#pageAt = holds ? index + 1 : index
      if (holds) this.#takeRecords(entry, blocks, cursor.number)
      return true
    }
    return false
  }

  async #advance(): Promise<void> {
    const entry = this.#page[this.#pageAt]
    if (entry === undefined) return this.#turnPage()
    this.#pageAt++
    const control = controlOf(entry)
    if (control.kind === 'seal') this.#end(control.reason, idOf(entry.epoch, entry.number))
    if (control.kind !== 'records') {
      this.#newest = entry
      return
    }
    const blocks = split(entry.body)
    if (!follows(entry, blocks, this.#last)) return this.#mismatch(entry, blocks)
    this.#takeRecords(entry, blocks, this.#last.number)
  }

  /** Takes the records of an entry beyond a number. */
  #takeRecords(entry: Entry, blocks: readonly string[], after: number): void {
    const { epoch } = entry
    let number = entry.number - blocks.length
    this.#events = []
    this.#at = 0
    for (const block of blocks) {
      number++
      const reason = endIn(block)
      if (reason !== undefined) {
        // A client that comes back with the id of the end has seen it.
        if (number > after) this.#end(reason, idOf(epoch, number))
        else this.#end('end')
      } else if (number > after && isEvent(block))
        this.#events.push(decode(block, idOf(epoch, number)))
    }
    this.#last = this.#newest = entry
  }

  /** Takes the end of the log. `end` itself has no event: `final` of the encoder tells it. */
  #end(reason: EndReason, id?: string): void {
    this.#state = 'ended'
    if (reason === 'end') return
    const { ending = usualEnding } = this.#options
    const events = this.#delivered + this.#events.length - this.#at
    const all = [...ending({ reason, events, error: undefined })]
    const last = all.pop()
    // Only the last one has the id: a client that is cut off before it must get it again.
    if (last) all.push(id === undefined ? last : { ...last, id })
    this.#events = [...this.#events.slice(this.#at), ...all]
    this.#at = 0
  }

  /** The client starts over. @returns whether there is a log */
  async #reset(after: string): Promise<boolean> {
    if (this.#options.gap === 'reject') throw gapError()
    const isThere = await this.#fromOldest(this.#pageLimit)
    const [oldest] = this.#page
    if (!isThere || !oldest) return isThere
    const event = { event: 'reset', data: JSON.stringify({ after }) }
    // The id before the first record. With the one that it has, a client that is cut off now would go on in the middle.
    const id = idOf(oldest.epoch, this.#last.number)
    this.#events.push(controlOf(oldest).kind === 'mark' ? { ...event, id } : event)
    return true
  }

  /** The next record is not the one after the last record read. */
  async #mismatch(entry: Entry, blocks: readonly string[]): Promise<void> {
    if (this.#follower) return this.#askTheStore(this.#follower)
    const isRepeated = this.#resetAt !== undefined && compare(this.#resetAt, entry) === 0
    const { epoch, number } = this.#last
    const link = linkIn(blocks[0] as string) ?? epoch
    const isBefore = entry.number - blocks.length < number || link < epoch
    if (!isRepeated && (isBefore || (await this.#isReplaced()))) return this.#startAgain(entry)
    if (!this.#isOverNow()) this.#end('damaged', idOf(entry.epoch, LARGEST_NUMBER))
  }

  /**
   * A follower remembers what the store has forgotten. Goes on after the last record without it, or, if the store no longer
   * has that record, starts again.
   */
  async #askTheStore(follower: Follower): Promise<void> {
    follower.markStale()
    this.#unfollow()
    const last = this.#last
    const page = await this.#read(last)
    const [entry] = page
    if (this.#isOverNow()) return
    const isFirst = last.epoch === 0
    if (!entry || (!isFirst && compare(entry, last) !== 0)) return this.#startAgain(last)
    this.#use(page)
    if (isFirst) return
    this.#pageAt = 1
    this.#newest = entry
  }

  async #isReplaced(): Promise<boolean> {
    const [oldest] = await ask(this.#log, () => this.#log.store.read(this.#log.name, undefined, 1))
    return oldest?.body !== this.#generation
  }

  /** The log forgot entries that this reader has, or is another one of the same name. */
  async #startAgain(at: Place): Promise<void> {
    this.#resetAt = at
    const after = idOf(this.#last.epoch, this.#last.number)
    this.#unfollow()
    this.#events = []
    this.#at = 0
    const isThere = await this.#reset(after)
    if (!isThere && !this.#isOverNow()) this.#end('gone')
  }

  #use(page: readonly Entry[]): void {
    this.#page = page
    this.#pageAt = 0
  }

  async #turnPage(): Promise<void> {
    const place = this.#newest as Entry
    const follower = (this.#follower ??= this.#isBehind ? undefined : this.#follow())
    if (follower?.covers(place)) {
      const { news, cancel } = follower.after(place)
      const answer = await this.#unlessReturned(news, cancel)
      if (answer === 'forgotten') return this.#askTheStore(follower)
      return this.#use(answer)
    }
    const page = await this.#read(beyond(place))
    if (this.#isOverNow()) return
    // The follower has seen entries beyond this place that the store no longer has.
    if (follower && page.length === 0) return this.#askTheStore(follower)
    this.#use(page)
  }

  #follow(): Follower {
    const follower = this.#findFollower(this.#log, this.#generation, this.#newest as Entry)
    this.#leave = follower.join()
    return follower
  }

  #unfollow(): void {
    this.#leave?.()
    this.#leave = this.#follower = undefined
  }

  #unlessReturned(news: Promise<News>, cancel: () => void): Promise<News> {
    return new Promise((resolve, reject) => {
      this.#interrupt = () => {
        cancel()
        resolve([])
      }
      const settle = (): void => void (this.#interrupt = undefined)
      news.then(resolve, reject).finally(settle)
    })
  }

  async #read(from: Place | undefined, limit = this.#pageLimit): Promise<readonly Entry[]> {
    const { store, name } = this.#log
    const page = await ask(this.#log, () => store.read(name, from, limit))
    this.#isBehind = page.length === limit
    const size = page.reduce((sum, { body }) => sum + body.length, 0)
    if (size > PAGE_SIZE) this.#pageLimit = Math.max(this.#pageLimit >> 1, 1)
    else if (this.#isBehind && size < PAGE_SIZE / 4)
      this.#pageLimit = Math.min(Math.max(2 * limit, this.#pageLimit), LARGEST_PAGE)
    return page
  }
}

function usualEnding({ reason }: { readonly reason: EndReason }): readonly SseEventInit[] {
  const event = reason === 'stopped' ? 'stopped' : 'failed'
  return [{ event, data: JSON.stringify({ reason }) }]
}
