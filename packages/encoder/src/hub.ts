import { type CloseReason, draining, tooManyClients } from './errors.ts'
import { frameOf } from './frame.ts'
import { Batch, type Entry } from './hub/batch.ts'
import { Client, type Host, POLICIES, type Rules, rulesOf } from './hub/client.ts'
import { type Group, Groups } from './hub/groups.ts'
import { jsonEvent } from './json-event.ts'
import { LONGEST_WAIT } from './numbers.ts'
import { callHook } from './response/hooks.ts'
import { AMOUNT, checkHas, checkOptions, FUNCTION, type Kinds } from './response/options.ts'
import { atTurnEnd } from './response/turn.ts'
import type {
  EventMap,
  EventStream,
  Hub,
  HubOptions,
  JoinOptions,
  PublishOptions,
  SseEventInit,
} from './types.ts'

export { StreamClosed, StreamError, type StreamErrorCode } from './errors.ts'
export type * from './types.ts'

const HUB: Kinds = {
  policy: POLICIES,
  queueBytes: AMOUNT,
  maxClients: AMOUNT,
  onJoin: FUNCTION,
  onLeave: FUNCTION,
  onPublish: FUNCTION,
}
const PUBLISH: Kinds = { topic: 'a string', key: '' }
const EMIT: Kinds = { ...PUBLISH, id: '', retry: '' }

/** So many characters are sent before the turn ends. */
const BATCH_LENGTH = 65_536

/**
 * Sends one event to many clients: encoded once, in one piece with everything that is published in the same turn, and
 * queued for each slow client up to a bound, with a policy for what happens then.
 *
 * @example
 * ```ts
 * import { createHub } from '@tesserae/encoder/hub'
 * import { eventStream } from '@tesserae/encoder/web'
 *
 * const hub = createHub<{ tick: { n: number } }>({ policy: 'disconnect', maxClients: 1000 })
 * const response = await eventStream(hub.source())
 * const text = response.text()
 * await hub.emit('tick', { n: 1 })
 * await hub.drain()
 * await text // => ':\n\nevent: tick\ndata: {"n":1}\n\n'
 * ```
 */
export function createHub<Events extends object = EventMap>(options?: HubOptions): Hub<Events> {
  const given = checkOptions(options, HUB)
  const { maxClients = Infinity, onJoin, onLeave, onPublish } = given
  const { policy = 'disconnect', queueBytes = 262_144 } = given
  const usual: Rules = { policy, queueBytes }
  const groups = new Groups()
  const tally = {
    opened: 0,
    events: 0,
    deliveries: 0,
    bytes: 0,
    queued: 0,
    dropped: 0,
    evicted: 0,
    full: 0,
  }
  const closed: Record<CloseReason, number> = {
    done: 0,
    error: 0,
    'client-gone': 0,
    slow: 0,
    idle: 0,
    expired: 0,
    shutdown: 0,
  }
  let isDraining = false

  /** The groups that this turn brings something. */
  let dirty = new Set<Group>()
  let pendingLength = 0
  let turn: Promise<void> | undefined
  /** Publishers that wait for clients to catch up or leave. */
  let waiters: (() => void)[] = []

  const wake = (): void => {
    const woken = waiters
    waiters = []
    for (const waiter of woken) waiter()
  }
  const change = (): Promise<void> => new Promise((resolve) => waiters.push(resolve))

  const flush = (): void => {
    const flushed = dirty
    dirty = new Set()
    pendingLength = 0
    for (const group of flushed) {
      const { batch } = group
      group.batch = undefined
      if (batch) for (const client of group.clients) client.take(batch)
    }
  }

  const host: Host = {
    tally,
    flush,
    onEmpty: wake,
    onLeave(client, end) {
      if (!groups.remove(client)) return
      closed[end.reason]++
      wake()
      void callHook(onLeave, client, end)
    },
  }

  /** Settles after this turn, when every client with the policy `wait` has room. */
  const untilRoom = async (): Promise<void> => {
    await new Promise<void>((resolve) => void atTurnEnd(resolve))
    turn = undefined
    flush()
    while (tally.full > 0) await change()
  }

  const receivers = (topic: string | undefined): number => {
    let count = 0
    for (const group of groups.of(topic)) count += group.clients.size
    return count
  }

  const send = (event: SseEventInit, { topic, key }: PublishOptions): Promise<void> => {
    const frame = frameOf(event)
    const entry: Entry = { frame, topic, key }
    tally.events++
    for (const group of groups.of(topic)) {
      group.batch ??= new Batch([])
      group.batch.entries.push(entry)
      dirty.add(group)
    }
    pendingLength += frame.text.length
    if (onPublish) void callHook(onPublish, frame, topic, receivers(topic))
    if (pendingLength >= BATCH_LENGTH) flush()
    return (turn ??= untilRoom())
  }

  const hub: Hub<Events> = {
    async publish(event, its) {
      await send(event, checkOptions(its, PUBLISH))
    },

    async emit(name, payload, its) {
      const { topic, key, ...fields } = checkOptions(its, EMIT)
      await hub.publish(jsonEvent(name, payload, fields) as never, { topic, key })
    },

    source: (its) => (stream) => hub.join(stream, its),

    join(stream, its) {
      try {
        const rules = rulesOf(its as JoinOptions | undefined, usual)
        checkHas('attach', stream, 'stream', 'the stream of a source, or of `openStream()`')
        if (isDraining) throw draining()
        if (groups.size >= maxClients) throw tooManyClients(maxClients)
        // What was published before is not for the new client.
        flush()
        const client = new Client(stream, rules, host)
        if (client.hasLeft) return stream.closed
        groups.add(client)
        tally.opened++
        void callHook(onJoin, client)
        if (rules.replay) {
          const replayed = client.replay(stream as unknown as EventStream)
          return replayed.catch((error) => client.outlet.fail(error)).then(() => stream.closed)
        }
        return stream.closed
      } catch (error) {
        return Promise.reject(error)
      }
    },

    clients: (topic) => groups.clients(topic),

    counters() {
      const { full: _full, ...totals } = tally
      return { clients: groups.size, closed: { ...closed }, ...totals }
    },

    async drain(its) {
      const { spread = 0, grace = 5000 } = checkOptions(its, { spread: AMOUNT, grace: AMOUNT })
      const pause = spread / groups.size
      isDraining = true
      flush()
      await Promise.all(
        [...groups.clients(undefined)].map(async (client, index) => {
          const { outlet } = client
          if (index > 0) await within(pause * index, outlet.closed)
          client.drain()
          await within(grace, outlet.closed)
          outlet.drop('shutdown')
        }),
      )
    },
  }
  return hub
}

/** Waits for the promise, for at most so many milliseconds. */
async function within(milliseconds: number, promise: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, Math.min(milliseconds, LONGEST_WAIT))
  })
  await Promise.race([promise, late])
  clearTimeout(timer)
}
