/**
 * A store that forgets its newest entries, as often as it likes, while takeovers write and readers come and go. Whatever it
 * forgot, a client that starts over at each `reset` has in the end exactly what the log has.
 */
import { createStreams, type SseEventInit, type Streams } from '@tesserae/resume'
import { reference } from './reference.ts'
import { random, World } from './world.ts'

const LEASE = 900
const SETTINGS = { lease: LEASE, poll: 100, patience: 60_000 }
const LOG = 'log'

/** What one client has, and whether its stream is over. */
interface Client {
  data: string[]
  /** The last event, when the stream is over. */
  end: string | undefined
  lastId: string | undefined
  leave: () => void
}

/** @returns the number of resets */
export async function forgetful(seed: number): Promise<number> {
  const next = random(seed)
  const below = (count: number): number => Math.floor(next() * count)
  const world = new World(() => 0)
  const { platform, store } = world
  const token = (): string =>
    below(36 ** 8)
      .toString(36)
      .padStart(8, '0')
      .padEnd(20, 'z')
  const clients: Client[] = []
  let resets = 0

  const producer = (): { streams: Streams; kill: () => void } => {
    let isDead = false
    const append: typeof store.append = (...args) =>
      isDead ? new Promise(() => {}) : store.append(...args)
    const streams = createStreams({
      ...SETTINGS,
      store: { ...store, append },
      platform: { ...platform, token },
    })
    return { streams, kill: () => void (isDead = true) }
  }
  const servers = [true, false].map((share) =>
    createStreams({ ...SETTINGS, store, platform, share }),
  )

  const follow = (client: Client): void => {
    const reader = servers[below(2)]?.read(LOG, { after: client.lastId })[Symbol.asyncIterator]()
    if (!reader) return
    client.leave = () => void reader.return()
    void (async () => {
      for await (const event of reader) take(client, event)
    })()
  }
  const take = (client: Client, { event, data, id }: SseEventInit): void => {
    client.lastId = id ?? client.lastId
    if (event === undefined) client.data.push(data)
    else if (event === 'reset') {
      resets++
      client.data = []
    } else client.end = data
  }

  let said = 0
  const kills: (() => void)[] = []
  for (let turn = 4 + below(8); turn >= 0; turn--) {
    const { streams, kill } = producer()
    const isLast = turn === 0
    const count = below(4)
    const source = async function* (): AsyncGenerator<SseEventInit> {
      for (let n = 0; n < count; n++) {
        yield { data: `${said++}` }
        if (next() < 0.5) await world.pause(below(60))
      }
      if (!isLast) await new Promise(() => {})
    }
    await world.until(streams.start(LOG, source, { takeover: true }))
    kills.push(kill)
    await world.pass(below(150))
    const client: Client = { data: [], end: undefined, lastId: undefined, leave: () => {} }
    if (next() < 0.7) follow(clients[clients.push(client) - 1] as Client)
    await world.pass(below(150))
    const back = clients[below(clients.length)]
    if (back && next() < 0.3) {
      back.leave()
      follow(back)
    }
    if (isLast || next() < 0.3) continue
    // A producer that goes on after the store forgot some of its entries leaves a hole, which is another story.
    for (const each of kills) each()
    if (next() < 0.8) world.log.length = Math.max(world.log.length - below(5), 1)
  }
  await world.pass(4 * LEASE)
  const { events, end } = reference(world.log)
  if (end !== 'end') throw new Error(`the log ended with ${end}`)
  const expected = JSON.stringify(events.map(({ data }) => data))
  for (const [index, { data, end: failed }] of clients.entries())
    if (failed !== undefined || JSON.stringify(data) !== expected)
      throw new Error(
        `client ${index} has ${JSON.stringify(data)} ${failed ?? ''}, not ${expected}`,
      )
  return resets
}
