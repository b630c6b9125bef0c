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
import { baseOf, decode, endIn, follows, hasRecords, isEvent, split, tokenIn } from './blocks.ts'
import { badCursor, gapError, notFound } from './errors.ts'
import type { SseEventInit } from '@tesserae/encoder'
import type { Follower } from './follower.ts'
import type { Entry, Log, Place } from './log.ts'
import { ask } from './patience.ts'
import { beyond, compare, FINAL_ID, idOf, LARGEST_NUMBER, parseCursor } from './place.ts'
import type { EndReason, Reader, ReadLogOptions } from './types.ts'

/** How many entries the first page has, and the largest. */
const FIRST_PAGE = 32
const LARGEST_PAGE = 512
/** In UTF-16 units of bodies: what a page should have. */
const PAGE_SIZE = 131_072

const DONE = { done: true, value: undefined } as const
const NO_EVENTS: readonly SseEventInit[] = []
const NO_ENTRIES: readonly Entry[] = []

/** Finds the follower of a log, or makes one that knows this entry. `generation` tells logs of one name apart. */
export type FindFollower = (log: Log, generation: string, newest: Entry) => Follower

export class LogReader implements Reader {
  readonly #log: Log
  readonly #options: ReadLogOptions
  readonly #findFollower: FindFollower

  #state: 'new' | 'open' | 'ended' | 'over' = 'new'
  /** Decoded, and not yet handed out from `#at` on. */
  #events = NO_EVENTS
  #at = 0
  #delivered = 0

  #page = NO_ENTRIES
  #pageAt = 0
  #pageLimit = FIRST_PAGE
  /** Whether the last record and the next entry of the page came in the same answer of the store. */
  #isSure = false
  /** Whether the last page was full, so that the store certainly has to be asked for the next one. */
  #isBehind = false
  #newest: Entry | undefined
  /** Its epoch is 0 before the first record. It has a body if this reader has read it. */
  #last: Place & { readonly body?: string } = { epoch: 0, number: 0 }
  /** The number of the cursor: the client has the records up to it. */
  #cursor = 0
  /** The body of the log's oldest entry, which holds a random token. */
  #generation = ''
  #follower: Follower | undefined
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
      await this.#begin(cursor)
    } catch (error) {
      this.#close()
      throw error
    }
  }

  #close(): void {
    this.#state = 'over'
    this.#events = NO_EVENTS
    this.#page = NO_ENTRIES
    this.#unfollow()
  }

  async #next(): Promise<IteratorResult<SseEventInit, undefined>> {
    try {
      if (this.#state === 'new') await this.#begin(this.#options.after)
      for (;;) {
        const event = this.#events[this.#at++]
        if (event) {
          this.#delivered++
          return { done: false, value: event }
        }
        if (this.#state !== 'open') break
        this.#handOut(NO_EVENTS)
        await this.#advance()
      }
    } catch (error) {
      this.#close()
      throw error
    }
    this.#close()
    return DONE
  }

  #handOut(events: readonly SseEventInit[]): void {
    this.#events = events
    this.#at = 0
  }

  async #begin(cursor: string | null | undefined): Promise<void> {
    if (cursor === FINAL_ID) return this.#end('end')
    // An empty one means none.
    const place = cursor ? parseCursor(cursor) : undefined
    if (place?.epoch === 0) throw badCursor()
    if (!(await this.#fromOldest(place ? 1 : FIRST_PAGE))) throw notFound()
    if (!place || this.isOver) return
    // The client knows that the log is damaged, and had nothing more to get.
    if (place.number === LARGEST_NUMBER) return this.#end('end')
    const page = await this.#read(place)
    if (this.isOver || this.#startAfter(place, page)) return
    if (!(await this.#reset(cursor as string))) throw notFound()
  }

  /** Stands before the oldest record. @returns whether there is a log */
  async #fromOldest(limit: number): Promise<boolean> {
    const page = await this.#read(undefined, limit)
    const [oldest] = page
    if (!oldest || this.isOver) return this.isOver
    this.#state = 'open'
    this.#generation = oldest.body
    this.#last = { epoch: 0, number: baseOf(oldest) }
    this.#cursor = 0
    this.#use(page, true)
    return true
  }

  /** Stands after the cursor, if the page that begins at it fits. */
  #startAfter(cursor: Place, page: readonly Entry[]): boolean {
    const entry = page.find((each) => tokenIn(each) === undefined)
    if (!entry) return false
    if (!hasRecords(entry)) {
      const isSeal = compare(entry, cursor) === 0
      if (isSeal) this.#end('end')
      return isSeal
    }
    const blocks = split(entry.body)
    const { epoch } = entry
    const number = entry.number - blocks.length
    const holds = epoch === cursor.epoch && number < cursor.number
    if (!holds && !follows(entry, blocks, cursor)) return false
    this.#last = holds ? { epoch, number } : cursor
    this.#cursor = cursor.number
    this.#use(page, true)
    return true
  }

  #advance(): Promise<void> | void {
    const entry = this.#page[this.#pageAt]
    if (entry === undefined) return this.#turnPage()
    this.#pageAt++
    if (hasRecords(entry)) return this.#takeRecords(entry)
    this.#newest = entry
    const reason = endIn(entry.body)
    if (reason === undefined) return
    // A seal does not say which record it follows.
    if (!this.#isSure) return this.#lookBack()
    this.#end(reason, idOf(entry.epoch, entry.number))
  }

  #takeRecords(entry: Entry): Promise<void> | void {
    const blocks = split(entry.body)
    const { epoch } = entry
    if (!follows(entry, blocks, this.#last))
      return this.#isSure ? this.#end('damaged', idOf(epoch, LARGEST_NUMBER)) : this.#lookBack()
    let number = this.#last.number
    const events: SseEventInit[] = []
    for (const block of blocks)
      if (++number > this.#cursor && isEvent(block)) events.push(decode(block, idOf(epoch, number)))
    this.#handOut(events)
    this.#newest = this.#last = entry
    // Without a follower the whole page is one answer.
    this.#isSure ||= !this.#follower
    const reason = endIn(blocks.at(-1) as string)
    // A client that comes back with the id of the end has seen it.
    if (reason !== undefined) this.#end(number > this.#cursor ? reason : 'end', idOf(epoch, number))
  }

  /** Takes the end of the log. `end` itself has no event: `final` of the encoder tells it. */
  #end(reason: EndReason, id?: string): void {
    this.#state = 'ended'
    if (reason === 'end') return
    const { ending = usualEnding } = this.#options
    const events = this.#delivered + this.#events.length
    const all = [...ending({ reason, events, error: undefined })]
    const last = all.pop()
    // Only the last one has the id: a client that is cut off before it must get it again.
    if (last) all.push(id === undefined ? last : { ...last, id })
    this.#handOut([...this.#events, ...all])
  }

  /** The log does not continue after what the client has, so the client starts over. @returns whether there still is a log */
  async #reset(after: string): Promise<boolean> {
    const isThere = await this.#fromOldest(FIRST_PAGE)
    if (this.isOver || !isThere) return isThere
    if (this.#options.gap === 'reject') throw gapError()
    const [oldest] = this.#page as [Entry]
    const event = { event: 'reset', data: JSON.stringify({ after }) }
    // The id before the first record. With the one that it has, a client that is cut off now would go on in the middle.
    const id = idOf(oldest.epoch, this.#last.number)
    this.#handOut([tokenIn(oldest) === undefined ? event : { ...event, id }])
    return true
  }

  /**
   * Reads again from the last record on, because something came that may not be next: a follower remembers what the store has
   * forgotten, and the store may have forgotten that record, or a mark after it, and have stored something else before that mark.
   */
  async #lookBack(): Promise<void> {
    const { epoch, number, body } = this.#last
    if (this.#follower) this.#follower.isStale = true
    this.#unfollow()
    const page = await this.#read(epoch === 0 ? undefined : this.#last)
    if (this.isOver) return
    const [entry] = page
    // The store can have forgotten an entry, and have another one at the same place.
    const isSame = entry && compare(entry, this.#last) === 0 && (body ?? entry.body) === entry.body
    const isThere = epoch === 0 ? entry?.body === this.#generation : isSame
    if (isThere) {
      this.#newest = entry
      this.#use(page.slice(1), true)
    } else if (!(await this.#reset(idOf(epoch, number)))) this.#end('gone')
  }

  #use(page: readonly Entry[], isSure: boolean): void {
    this.#page = page
    this.#pageAt = 0
    this.#isSure = isSure
  }

  async #turnPage(): Promise<void> {
    const place = this.#newest as Entry
    // After a full page without records, the next page is read at once. Records are delivered first, so a slow client delays it.
    const isSure = this.#isSure && this.#isBehind && !this.#page.some(hasRecords)
    const follower = (this.#follower ??= this.#isBehind ? undefined : this.#follow())
    const news = follower?.covers(place) ? follower.after(place, this) : undefined
    const page = await (news ?? this.#read(beyond(place)))
    if (this.isOver) return
    // Without news: the follower has seen entries beyond this place, and the store no longer has them.
    const isShort = follower && !news && page?.length === 0
    if (!page || isShort) return this.#lookBack()
    this.#use(page, isSure)
  }

  #follow(): Follower {
    const newest = this.#newest as Entry
    const follower = this.#findFollower(this.#log, this.#generation, newest)
    follower.join(newest)
    return follower
  }

  #unfollow(): void {
    this.#follower?.leave(this)
    this.#follower = undefined
  }

  async #read(from: Place | undefined, limit = this.#pageLimit): Promise<readonly Entry[]> {
    const { store, name } = this.#log
    const page = await ask(this.#log, () => store.read(name, from, limit))
    this.#isBehind = page.length === limit
    if (!this.#isBehind) return page
    const size = page.reduce((sum, { body }) => sum + body.length, 0)
    const fitting = Math.floor((PAGE_SIZE * limit) / size)
    this.#pageLimit = Math.max(Math.min(fitting, 2 * this.#pageLimit, LARGEST_PAGE), 1)
    return page
  }
}

function usualEnding({ reason }: { readonly reason: EndReason }): readonly SseEventInit[] {
  const event = reason === 'stopped' ? 'stopped' : 'failed'
  return [{ event, data: JSON.stringify({ reason }) }]
}
