import { type StreamClosed, StreamError } from './errors.ts'
import type { Follower, Lifecycle } from './lifecycle.ts'
import { amount } from './limits.ts'
import type { JoinOptions, PublishOptions, SlowPolicy, SseEventInit } from './types.ts'

/** A published event. */
export interface Entry extends PublishOptions {
  readonly event: SseEventInit
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

/** What clients need of their hub. */
export interface Host {
  readonly tally: Tally
  /** A client has taken what waited for it, or is no client any more. */
  onEmpty(): void
  onLeave(client: Client, end: StreamClosed): void
}

/** One client of a hub: what waits for it, and what is done when that becomes too much. */
export class Client implements Follower {
  readonly lifecycle: Lifecycle
  readonly #rules: Rules
  readonly #host: Host
  /** In the order of sending. Entries with a key stand under it where they are coalesced, others under themselves. */
  #queue: Map<unknown, Entry> | undefined
  #bytes = 0
  #isFull = false
  #hasLeft = false

  constructor(lifecycle: Lifecycle, rules: Rules, host: Host) {
    this.lifecycle = lifecycle
    this.#rules = rules
    this.#host = host
  }

  get isBehind(): boolean {
    return this.#queue !== undefined && this.#queue.size > 0
  }

  /** Takes what a turn brought. `joined` is all of it in one piece, made when first asked for. */
  take(entries: readonly Entry[], joined: () => Uint8Array<ArrayBuffer>): void {
    const { filter } = this.#rules
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

  /** Forgets what waits. */
  onEnd(end: StreamClosed): void {
    this.#hasLeft = true
    this.#queue = undefined
    this.#grow(-this.#bytes)
    this.#host.onLeave(this, end)
  }

  /** Sends what waits. */
  onRoom(): void {
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
    if (!this.isBehind || !this.#isFull) this.#host.onEmpty()
  }

  #pass(bytes: Uint8Array<ArrayBuffer>, events: number): void {
    this.#host.tally.deliveries += events
    this.#host.tally.bytes += bytes.length
    this.lifecycle.pass(bytes, events)
  }

  #enqueue(entry: Entry): void {
    // An entry before this one, or the filter, was its end.
    if (this.#hasLeft) return
    const { policy, queueBytes } = this.#rules
    const key = policy === 'coalesce' && entry.key !== undefined ? entry.key : entry
    if (this.#remove(key)) this.#host.tally.dropped++
    const limit = policy === 'wait' ? PATIENCE * queueBytes : queueBytes
    // One event is taken whatever its size, or a client that reads well could never get it.
    while (this.#bytes + entry.bytes.length > limit && this.isBehind) {
      if (policy !== 'drop-oldest') return this.#evict()
      this.#remove(this.#queue?.keys().next().value)
      this.#host.tally.dropped++
    }
    this.#queue ??= new Map()
    this.#queue.set(key, entry)
    this.#grow(entry.bytes.length)
  }

  #evict(): void {
    this.#host.tally.evicted++
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
    this.#host.tally.queued += bytes
    const { policy, queueBytes } = this.#rules
    const isFull = policy === 'wait' && this.#bytes > queueBytes
    if (isFull !== this.#isFull) this.#host.tally.full += isFull ? 1 : -1
    this.#isFull = isFull
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

export function rulesOf(options: JoinOptions | undefined, usual: Rules): Rules {
  if (!options) return usual
  const { filter, policy = usual.policy, queueBytes = usual.queueBytes } = options
  if (!POLICIES.includes(policy))
    throw new StreamError('bad-option', `policy must be one of ${POLICIES.join(', ')}.`)
  return { filter, policy, queueBytes: amount('queueBytes', queueBytes) }
}
