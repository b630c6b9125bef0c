import { badSource, type CloseReason, type StreamClosed } from '../errors.ts'
import { frameOf } from '../frame.ts'
import { Batch, type Entry } from './batch.ts'
import { AMOUNT, checkOptions, FUNCTION, type Kinds } from '../response/options.ts'
import { iteratorOf } from '../response/pump.ts'
import type {
  EventStream,
  Follower,
  HubClient,
  JoinOptions,
  Outlet,
  SlowPolicy,
  SseEventInit,
} from '../types.ts'

/** What a client gets, and how, with nothing left open. */
export interface Rules extends JoinOptions {
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
  /** How many clients a publisher has to wait for. */
  full: number
}

/** How many bytes are sent at a time to a client that catches up. */
const BATCH_BYTES = 65_536
/** How many times `queueBytes`, and how many bytes in any case, a publisher that does not wait may queue. */
const PATIENCE = 16
const LEAST_PATIENCE = 1 << 20
export const POLICIES: readonly SlowPolicy[] = ['disconnect', 'drop-oldest', 'coalesce', 'wait']
const KINDS: Kinds = {
  topics: 'a string or an array',
  filter: FUNCTION,
  policy: POLICIES,
  queueBytes: AMOUNT,
  label: '',
  replay: FUNCTION,
}

/** What clients need of their hub. */
export interface Host {
  readonly tally: Tally
  /** Sends what was published so far. */
  flush(): void
  /** A client has taken what waited for it. */
  onEmpty(): void
  onLeave(client: Client, end: StreamClosed): void
}

/** One client of a hub: a queue for what its connection cannot take yet, and the policy for when there is too much. */
export class Client implements Follower, HubClient {
  readonly #rules: Rules
  readonly #host: Host
  readonly topics: readonly string[] | undefined
  readonly outlet: Outlet
  /** In the order of sending. Entries with a key stand under it where they are coalesced, others under themselves. */
  #queue: Map<unknown, Entry> | undefined
  #bytes = 0
  #isFull = false
  #hasLeft = false
  /** Why the stream ends as soon as nothing waits. */
  #ending: CloseReason | undefined
  /** The ids that were replayed. Set from the start of a replay until an event comes with an id that it did not hold. */
  #replayed: Set<string> | undefined
  #isReplaying: boolean

  constructor(stream: Pick<EventStream, 'attach'>, rules: Rules, host: Host) {
    this.#rules = rules
    this.#host = host
    this.#isReplaying = rules.replay !== undefined
    // Copied: the client is found under them again when it leaves.
    this.topics = rules.topics === undefined ? undefined : [rules.topics].flat()
    this.outlet = stream.attach(this)
  }

  get label(): unknown {
    return this.#rules.label
  }

  get hasLeft(): boolean {
    return this.#hasLeft
  }

  /** Whether something waits for it. */
  get isBehind(): boolean {
    return this.#isReplaying || (this.#queue !== undefined && this.#queue.size > 0)
  }

  close(): void {
    this.#closeWith('done')
  }

  /** Ends the stream when nothing waits for it any more. */
  drain(): void {
    this.#closeWith('shutdown')
  }

  async send(event: SseEventInit): Promise<void> {
    const frame = frameOf(event)
    this.#host.flush()
    this.#deliver(new Batch([{ frame }]))
  }

  /** Takes what a turn brought. */
  take(batch: Batch): void {
    const { filter } = this.#rules
    try {
      this.#deliver(filter ? batch.where(({ frame, topic }) => filter(frame, topic)) : batch)
    } catch (error) {
      // The filter and the connection are this client's, and the other clients still get their events.
      this.outlet.fail(error)
    }
  }

  /** Sends what the client missed. Events that are published meanwhile wait in its queue. */
  async replay(stream: EventStream): Promise<void> {
    const { replay } = this.#rules
    const replayed = (this.#replayed = new Set())
    let iterator = iteratorOf((await replay?.(stream)) ?? [])
    if (!iterator) throw badSource('`replay` must return a sequence of events, or promise one.')
    const onStop = async (): Promise<void> => {
      // A generator that runs cannot be returned.
      await undefined
      await iterator?.return?.()
    }
    // One that waits for its next event would not notice the end.
    stream.attach({ onStop: () => void onStop().catch(() => {}) })
    while (iterator && !this.#hasLeft) {
      const step: IteratorResult<SseEventInit> = await iterator.next()
      if (step.done) iterator = undefined
      else {
        if (step.value.id) replayed.add(step.value.id)
        await stream.send(step.value)
      }
    }
    this.#isReplaying = false
    const waiting = [...(this.#queue ?? [])]
    for (const [key, entry] of waiting) if (this.#wasReplayed(entry)) this.#remove(key)
    if (replayed.size === 0) this.#replayed = undefined
    this.onRoom()
  }

  onStop(end: StreamClosed): void {
    this.#hasLeft = true
    this.#queue = undefined
    this.#grow(-this.#bytes)
    this.#host.onLeave(this, end)
  }

  onRoom(): void {
    while (!this.#isReplaying && this.isBehind && this.outlet.isClear) {
      const entries: Entry[] = []
      let bytes = 0
      for (const [key, entry] of this.#queue ?? []) {
        if (bytes >= BATCH_BYTES) break
        entries.push(entry)
        bytes += entry.frame.bytes.length
        this.#remove(key)
      }
      this.#send(new Batch(entries))
    }
    if (!this.isBehind || !this.#isFull) this.#host.onEmpty()
    if (this.#ending) this.#closeWith(this.#ending)
  }

  #closeWith(reason: CloseReason): void {
    // What was published before is still for this client.
    this.#host.flush()
    this.#ending ??= reason
    if (!this.isBehind) this.outlet.close(reason)
  }

  #deliver(batch: Batch): void {
    if (this.#ending) return
    const fresh =
      this.#replayed && !this.#isReplaying
        ? batch.where((entry) => !this.#wasReplayed(entry))
        : batch
    if (this.isBehind || !this.outlet.isClear)
      for (const entry of fresh.entries) this.#enqueue(entry)
    else if (fresh.events > 0) {
      this.#send(fresh)
      // What `onWrite` has sent.
      if (this.isBehind) this.onRoom()
    }
  }

  /** Events are published in the order in which they are replayed, so the first new one is after the last old one. */
  #wasReplayed({ frame: { id } }: Entry): boolean {
    // An event without one says nothing about the order.
    if (id === undefined) return false
    if (this.#replayed?.has(id)) return true
    this.#replayed = undefined
    return false
  }

  #send(batch: Batch): void {
    const { tally } = this.#host
    tally.deliveries += batch.events
    tally.bytes += batch.bytes.length
    this.outlet.sendBatch(batch)
  }

  #enqueue(entry: Entry): void {
    // An entry before this one, or the filter, has ended the stream.
    if (this.#hasLeft) return
    const { policy, queueBytes } = this.#rules
    const { tally } = this.#host
    const key = policy === 'coalesce' && entry.key !== undefined ? entry.key : entry
    if (this.#remove(key)) tally.dropped++
    const limit = policy === 'wait' ? Math.max(PATIENCE * queueBytes, LEAST_PATIENCE) : queueBytes
    const { length } = entry.frame.bytes
    // One event is taken whatever its size, or a client that reads well could never get it.
    while (this.#bytes + length > limit && this.#bytes > 0) {
      if (policy !== 'drop-oldest') {
        tally.evicted++
        return this.outlet.drop('slow')
      }
      this.#remove(this.#queue?.keys().next().value)
      tally.dropped++
    }
    this.#queue ??= new Map()
    this.#queue.set(key, entry)
    this.#grow(length)
  }

  #remove(key: unknown): boolean {
    const entry = this.#queue?.get(key)
    if (entry === undefined) return false
    this.#grow(-entry.frame.bytes.length)
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

export function rulesOf(options: JoinOptions | undefined, usual: Rules): Rules {
  if (options === undefined) return usual
  const given = checkOptions(options, KINDS)
  const { policy = usual.policy, queueBytes = usual.queueBytes } = given
  return { ...given, policy, queueBytes }
}
