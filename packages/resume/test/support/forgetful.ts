/**
 * A store that forgets its newest entries, as often as it likes, while takeovers write and readers come and go: between two
 * producers, or at any moment of a claim. Whatever it forgot, a client that starts over at each `reset` has in the end exactly
 * what the log has. If a takeover noticed that its claim was forgotten, it ended the log with `damaged` and its source was
 * not called; then every client is notified.
 */
import {
  createStreams,
  type Entry,
  type SseEventInit,
  type Store,
  type Streams,
} from '@tesserae/resume'
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

/** A claim asks the store this often, if the log is short: how it stands, the mark, how it stands, its events. */
const CALLS_OF_A_CLAIM = 4

interface Producing {
  readonly streams: Streams
  readonly kill: () => void
}

/** What happened in one run. */
export interface Forgetting {
  readonly resets: number
  /** A takeover ended the log, because the store forgot some of it during the claim. */
  readonly isDamaged: boolean
  /** The store forgot something during a claim, and the takeover went on after what was left. */
  readonly continued: number
}

export async function forgetful(seed: number): Promise<Forgetting> {
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
  let continued = 0

  const forget = (count: number): void =>
    void world.log.splice(Math.max(world.log.length - count, 1))
  /** @param forgetAt - before which of its calls the store forgets something */
  const producer = (forgetAt: number, onForget: () => void): Producing => {
    let isDead = false
    let calls = 0
    const counted =
      <Args extends unknown[], Answer>(call: (...args: Args) => Promise<Answer>) =>
      (...args: Args): Promise<Answer> => {
        if (++calls === forgetAt) onForget()
        return isDead ? new Promise(() => {}) : call(...args)
      }
    const own: Store = {
      ...store,
      append: counted(store.append),
      read: counted(store.read),
      last: counted(store.last),
    }
    const streams = createStreams({ ...SETTINGS, store: own, platform: { ...platform, token } })
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

  const come = (): void => {
    const client: Client = { data: [], end: undefined, lastId: undefined, leave: () => {} }
    clients.push(client)
    follow(client)
  }

  let said = 0
  /** What the log had before a takeover ended it with `damaged`. */
  let damaged: readonly string[] | undefined
  const kills: (() => void)[] = []
  for (let turn = 4 + below(8); turn >= 0 && !damaged; turn--) {
    const forgetsInClaim = next() < 0.3
    let before: readonly Entry[] | undefined
    let isCalled = false
    const { streams, kill } = producer(forgetsInClaim ? 1 + below(CALLS_OF_A_CLAIM) : 0, () => {
      // After the claim it is another story.
      if (isCalled) return
      before = [...world.log]
      for (const each of kills) each()
      forget(below(5))
    })
    const isLast = turn === 0
    const count = below(4)
    const source = async function* (): AsyncGenerator<SseEventInit> {
      isCalled = true
      for (let n = 0; n < count; n++) {
        yield { data: `${said++}` }
        if (next() < 0.5) await world.pause(below(60))
      }
      if (!isLast) await new Promise(() => {})
    }
    const run = await world.until(streams.start(LOG, source, { takeover: true }))
    if (run === 'still waiting') throw new Error('a claim does not return')
    const ending = await world.until(run.done, 1)
    if (ending !== 'still waiting' && ending.reason === 'damaged') {
      if (isCalled || !before) throw new Error('a takeover found damage too late')
      damaged = dataOf(before)
    } else if (before) continued++
    kills.push(kill)
    await world.pass(below(150))
    if (next() < 0.7) come()
    await world.pass(below(150))
    const back = clients[below(clients.length)]
    if (back && next() < 0.3) {
      back.leave()
      follow(back)
    }
    // One whose mark was forgotten may have a later epoch than the next takeover. Either of them then fences the other.
    if (before && !isLast) kill()
    if (damaged || isLast || next() < 0.3) continue
    // A producer that goes on after the store forgot some of its entries leaves a hole, which is another story.
    for (const each of kills) each()
    if (next() < 0.8) forget(below(5))
  }
  // One that comes last, and knows nothing of what was forgotten.
  come()
  await world.pass(4 * LEASE)
  if (damaged) checkDamaged(clients, world.log, damaged)
  else checkWhole(clients, world.log)
  return { resets, isDamaged: damaged !== undefined, continued }
}

function dataOf(log: readonly Entry[]): string[] {
  return reference(log).events.map(({ data }) => data)
}

/** An append that was under way while the store forgot what it follows leaves a hole. */
function dataBeforeHole(log: readonly Entry[]): string[] {
  try {
    return dataOf(log)
  } catch {
    return dataBeforeHole(log.slice(0, -1))
  }
}

function checkWhole(clients: readonly Client[], log: readonly Entry[]): void {
  const { events, end } = reference(log)
  if (end !== 'end') throw new Error(`the log ended with ${end}`)
  const expected = JSON.stringify(events.map(({ data }) => data))
  for (const [index, { data, end: failed }] of clients.entries())
    if (failed !== undefined || JSON.stringify(data) !== expected)
      throw new Error(
        `client ${index} has ${JSON.stringify(data)} ${failed ?? ''}, not ${expected}`,
      )
}

/** The end follows the last event before the loss: a client has all of them, or those that are left. */
function checkDamaged(
  clients: readonly Client[],
  log: readonly Entry[],
  before: readonly string[],
): void {
  const left = dataBeforeHole(log.slice(0, -1))
  const possible = [left, before].map((data) => JSON.stringify(data))
  for (const [index, { data, end }] of clients.entries())
    if (end !== '{"reason":"damaged"}' || !possible.includes(JSON.stringify(data)))
      throw new Error(`client ${index} has ${JSON.stringify(data)} ${end}, not ${possible}`)
}
