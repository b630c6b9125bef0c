import { StreamError } from './errors.ts'
import type { Lifecycle } from './lifecycle.ts'
import { amount } from './limits.ts'
import type { JoinOptions, PublishOptions, SlowPolicy, SseEvent } from './types.ts'

/** A published event. */
export interface Entry extends PublishOptions {
  readonly event: SseEvent
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** What a client gets, and how, with nothing left open. */
export interface Rules {
  readonly filter: JoinOptions['filter']
  readonly policy: SlowPolicy
  readonly queueBytes: number
}

/** What clients have in common, and count together. */
export interface Tally {
  deliveries: number
  bytes: number
  queued: number
  dropped: number
  evicted: number
  /** How many clients hold a publisher up that waits. */
  full: number
}

/** How much is sent at a time to a client that catches up. */
const BATCH = 65_536
const PATIENCE = 16
const POLICIES: readonly SlowPolicy[] = ['disconnect', 'drop-oldest', 'coalesce', 'wait']

/** One client of a hub: what waits for it, and what is done when that becomes too much. */
export class Client {
  readonly lifecycle: Lifecycle
  readonly #filter: JoinOptions['filter']
  readonly #policy: SlowPolicy
  readonly #limit: number
  readonly #tally: Tally
  readonly #onEmpty: () => void
  /** In the order of sending. Entries with a key stand under it where they are coalesced, others under themselves. */
  #queue: Map<unknown, Entry> | undefined
  #bytes = 0
  #isFull = false
  #hasLeft = false

  constructor(
    lifecycle: Lifecycle,
    { filter, policy, queueBytes }: Rules,
    tally: Tally,
    onEmpty: () => void,
  ) {
    this.lifecycle = lifecycle
    this.#filter = filter
    this.#policy = policy
    this.#limit = queueBytes
    this.#tally = tally
    this.#onEmpty = onEmpty
    // A stream may be a client of several hubs.
    const { onRoom } = lifecycle
    lifecycle.onRoom = () => {
      onRoom?.()
      this.#catchUp()
    }
  }

  get isBehind(): boolean {
    return this.#queue !== undefined && this.#queue.size > 0
  }

  /** Takes what a turn brought. `joined` is all of it in one piece, made when first asked for. */
  take(entries: readonly Entry[], joined: () => Uint8Array<ArrayBuffer>): void {
    const filter = this.#filter
    try {
      const wanted = filter ? entries.filter(({ event, topic }) => filter(event, topic)) : entries
      if (wanted.length === 0) return
      if (!this.isBehind && this.lifecycle.isClear)
        this.#pass(wanted.length === entries.length ? joined() : join(wanted), wanted.length)
      else for (const entry of wanted) this.#enqueue(entry)
    } catch (error) {
      // It is this client's filter, or connection, and the others still want their events.
      this.lifecycle.fail(error)
    }
  }

  /** Forgets what waits: the stream is over. */
  leave(): void {
    this.#hasLeft = true
    this.#queue = undefined
    this.#grow(-this.#bytes)
  }

  #pass(bytes: Uint8Array<ArrayBuffer>, events: number): void {
    this.#tally.deliveries += events
    this.#tally.bytes += bytes.length
    this.lifecycle.pass(bytes, events)
  }

  #enqueue(entry: Entry): void {
    // An entry before this one, or the filter, was its end.
    if (this.#hasLeft) return
    const policy = this.#policy
    const key = policy === 'coalesce' && entry.key !== undefined ? entry.key : entry
    if (this.#remove(key)) this.#tally.dropped++
    const limit = policy === 'wait' ? PATIENCE * this.#limit : this.#limit
    // One event is taken whatever its size, or a client that reads well could never get it.
    while (this.#bytes + entry.bytes.length > limit && this.isBehind) {
      if (policy !== 'drop-oldest') return this.#evict()
      this.#remove(this.#queue?.keys().next().value)
      this.#tally.dropped++
    }
    this.#queue ??= new Map()
    this.#queue.set(key, entry)
    this.#grow(entry.bytes.length)
  }

  #evict(): void {
    this.#tally.evicted++
    this.lifecycle.close('slow')
  }

  #remove(key: unknown): boolean {
    const entry = this.#queue?.get(key)
    if (entry === undefined) return false
    this.#grow(-entry.bytes.length)
    this.#queue?.delete(key)
    return true
  }

  #grow(bytes: number): void {
    this.#bytes += bytes
    this.#tally.queued += bytes
    const isFull = this.#policy === 'wait' && this.#bytes > this.#limit
    if (isFull !== this.#isFull) this.#tally.full += isFull ? 1 : -1
    this.#isFull = isFull
  }

  #catchUp(): void {
    while (this.isBehind && this.lifecycle.isClear) {
      const batch: Entry[] = []
      let bytes = 0
      for (const [key, entry] of this.#queue ?? []) {
        if (bytes >= BATCH) break
        batch.push(entry)
        bytes += entry.bytes.length
        this.#remove(key)
      }
      this.#pass(join(batch), batch.length)
    }
    if (!this.isBehind || !this.#isFull) this.#onEmpty()
  }
}

export function join(entries: readonly Entry[]): Uint8Array<ArrayBuffer> {
  const [first] = entries
  if (entries.length === 1 && first) return first.bytes
  const whole = new Uint8Array(entries.reduce((sum, { bytes }) => sum + bytes.length, 0))
  let at = 0
  for (const { bytes } of entries) {
    whole.set(bytes, at)
    at += bytes.length
  }
  return whole
}

export function rulesOf(
  { filter, policy, queueBytes }: JoinOptions = {},
  usual: Pick<Rules, 'policy' | 'queueBytes'> = { policy: 'disconnect', queueBytes: 262_144 },
): Rules {
  if (policy !== undefined && !POLICIES.includes(policy))
    throw new StreamError('bad-option', `policy must be one of ${POLICIES.join(', ')}.`)
  return {
    filter,
    policy: policy ?? usual.policy,
    queueBytes: amount('queueBytes', queueBytes, usual.queueBytes),
  }
}
