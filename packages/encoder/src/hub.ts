import { StreamError } from './errors.ts'
import { frame } from './frame.ts'
import { lifecycleOf } from './handle.ts'
import { Client, type Entry, type Host, join, type Rules, rulesOf } from './hub-client.ts'
import { amount } from './limits.ts'
import { LONGEST_WAIT } from './numbers.ts'
import type { Lifecycle } from './lifecycle.ts'
import { atTurnEnd } from './turn.ts'
import type { CloseReason, EventMap, Hub, HubOptions } from './types.ts'

export { StreamClosed, StreamError, type StreamErrorCode } from './errors.ts'
export type * from './types.ts'

const USUAL: Rules = { filter: undefined, policy: 'disconnect', queueBytes: 262_144 }

/** So many bytes go out before the turn ends. */
const BATCH = 65_536

/**
 * One event to many clients: encoded once, sent in one piece with what else is published in the same turn, and held
 * for each client that is slow within a bound, with a policy for what happens then.
 *
 * @example
 * import { createHub } from '@tesserae/encoder/hub'
 * import { eventStream } from '@tesserae/encoder/web'
 *
 * const hub = createHub<{ tick: { n: number } }>({ policy: 'disconnect', maxClients: 1000 })
 * const response = await eventStream(hub.source())
 * const text = response.text()
 * await hub.emit('tick', { n: 1 })
 * await hub.drain()
 * await text // => ':\n\nevent: tick\ndata: {"n":1}\n\n'
 */
export function createHub<Events extends object = EventMap>(options: HubOptions = {}): Hub<Events> {
  const { maxClients = Infinity } = options
  amount('maxClients', maxClients)
  const { policy, queueBytes } = rulesOf(options, USUAL)
  const usual = { ...USUAL, policy, queueBytes }
  const clients = new Set<Client>()
  const tally = { deliveries: 0, bytes: 0, queued: 0, dropped: 0, evicted: 0, full: 0 }
  const closed: Record<CloseReason, number> = {
    done: 0,
    error: 0,
    'client-gone': 0,
    slow: 0,
    idle: 0,
    expired: 0,
    shutdown: 0,
  }
  let opened = 0
  let events = 0
  let draining = false

  let pending: Entry[] = []
  let pendingBytes = 0
  let turn: Promise<void> = Promise.resolve()
  /** Publishers, and whoever drains, that wait for clients to catch up. */
  let waiters: (() => void)[] = []

  const wake = (): void => {
    const woken = waiters
    waiters = []
    for (const waiter of woken) waiter()
  }
  const change = (): Promise<void> => new Promise((resolve) => waiters.push(resolve))
  const host: Host = {
    tally,
    onEmpty: wake,
    onLeave(client, { reason }) {
      clients.delete(client)
      closed[reason]++
      wake()
    },
  }

  const flush = (): void => {
    const entries = pending
    if (entries.length === 0) return
    pending = []
    pendingBytes = 0
    let whole: Uint8Array<ArrayBuffer> | undefined
    const joined = (): Uint8Array<ArrayBuffer> => (whole ??= join(entries))
    for (const client of clients) client.take(entries, joined)
  }

  const untilRoom = async (): Promise<void> => {
    while (tally.full > 0) await change()
  }

  const hub: Hub<Events> = {
    publish(event, { topic, key } = {}) {
      const { bytes } = frame(event)
      events++
      pendingBytes += bytes.length
      if (pending.push({ event, bytes, topic, key }) === 1)
        turn = new Promise((resolve) =>
          atTurnEnd(() => {
            flush()
            resolve()
          }, undefined),
        )
      if (pendingBytes >= BATCH) {
        flush()
        // A publisher that waits comes to its senses in another turn, and clients have read by then.
        return turn.then(untilRoom)
      }
      return untilRoom()
    },

    emit(name, payload, { topic, key, ...fields } = {}) {
      return hub.publish({ ...fields, event: name, data: JSON.stringify(payload) }, { topic, key })
    },

    source: (its) => (stream) => hub.join(stream, its),

    join(stream, its) {
      const lifecycle = (stream as { [lifecycleOf]?: Lifecycle })[lifecycleOf]
      if (!lifecycle) throw new TypeError('join() takes the stream that a source is given.')
      if (draining) throw new StreamError('draining', 'The hub is shutting down.', 503)
      if (clients.size >= maxClients)
        throw new StreamError(
          'too-many-clients',
          `All ${maxClients} places are taken: raise maxClients.`,
          503,
        )
      const client = new Client(lifecycle, rulesOf(its, usual), host)
      // What was published before it came is not for it.
      flush()
      clients.add(client)
      opened++
      lifecycle.follow(client)
      return stream.closed
    },

    counters: () => ({
      clients: clients.size,
      opened,
      closed: { ...closed },
      events,
      deliveries: tally.deliveries,
      bytes: tally.bytes,
      queued: tally.queued,
      dropped: tally.dropped,
      evicted: tally.evicted,
    }),

    async drain({ spread = 0, grace = 5000 } = {}) {
      const pause = amount('spread', spread) / clients.size
      amount('grace', grace)
      draining = true
      flush()
      await Promise.all(
        [...clients].map(async (client, index) => {
          await sleep(pause * index)
          const timer = sleep(grace)
          const caughtUp = async (): Promise<void> => {
            while (client.isBehind) await change()
          }
          await Promise.race([timer, caughtUp()])
          timer.cancel()
          client.lifecycle.close('shutdown')
        }),
      )
    },
  }
  return hub
}

function sleep(milliseconds: number): Promise<void> & { cancel(): void } {
  let timer: ReturnType<typeof setTimeout>
  const promise = new Promise<void>(
    (resolve) => (timer = setTimeout(resolve, Math.min(milliseconds, LONGEST_WAIT))),
  )
  return Object.assign(promise, { cancel: () => clearTimeout(timer) })
}
