import { setTimeout as sleep } from 'node:timers/promises'
import { onRedis } from '../../../src/stores/redis-server.ts'
import { ALL, type Chaos, type FaultName } from './chaos.ts'
import { LEASE } from './settings.ts'

/** One stream while it is being produced and read. */
export interface Stage {
  readonly chaos: Chaos
  readonly name: string
  readonly events: number
  /** Whether every reader is through. */
  isDone: boolean
  isDeleted: boolean
}

export interface Scene {
  readonly events: number
  readonly readers: number
  readonly faults: readonly FaultName[]
  /** The last events that readers may get, beside `end` with everything. */
  readonly ends: readonly string[]
  readonly mayEnd?: boolean
  readonly mayForget?: boolean
  /** Starts, stops and kills producers. */
  produce(stage: Stage): Promise<void>
}

const NETWORK: readonly FaultName[] = ['cut a command or a reply', 'cut all connections']
const STORE: readonly FaultName[] = [
  ...NETWORK,
  'restart Redis',
  'freeze Redis',
  'take the network away',
  'end all clients',
]
const DAMAGE = 'cut off the end of the log on disk'
/** More than any round has time for. */
const ENDLESS = 1_000_000
/** The last events that readers receive, by the reason. */
export const LOST = 'failed {"reason":"lost"}'
const STOPPED = 'stopped {"reason":"stopped"}'
const GONE = 'failed {"reason":"gone"}'
const DAMAGED = 'failed {"reason":"damaged"}'

let attempts = 0

/** Asks a server to produce the stream, or to stop it. @returns whether it answered in time */
async function ask(stage: Stage, method: string, index?: number, query = ''): Promise<boolean> {
  const { chaos, name, events } = stage
  const url = chaos.address(name, index)
  if (url === undefined) return false
  const pause = 3 + chaos.random.below(9)
  const call = `${url}?events=${events}&pause=${pause}&attempt=${attempts++}${query}`
  const signal = AbortSignal.timeout(3 * LEASE)
  return fetch(call, { method, signal }).then(
    ({ ok }) => ok,
    () => false,
  )
}

async function untilAnswered(stage: Stage, method: string): Promise<void> {
  while (!stage.isDone && !(await ask(stage, method))) await sleep(50)
}

/** Starts it again and again with takeover, as a job queue does. */
async function takeOver(stage: Stage): Promise<void> {
  const { chaos } = stage
  while (!stage.isDone) {
    await ask(stage, 'POST', undefined, '&takeover')
    await sleep(LEASE / 3 + chaos.random.below(LEASE))
  }
}

export const scenes: Record<string, Scene> = {
  /** Producers die, freeze and run twice, the store restarts, and another producer always goes on. */
  takeover: {
    events: 100,
    readers: 6,
    faults: ALL.filter((name) => name !== DAMAGE),
    ends: [LOST],
    produce: takeOver,
  },
  /** Three servers start at once, one of them is the producer, and none takes over. The store is away for longer than the lease. */
  alone: {
    events: 150,
    readers: 6,
    faults: STORE,
    ends: [],
    async produce(stage) {
      while (!stage.isDone) {
        await Promise.all([0, 1, 2].map((index) => ask(stage, 'POST', index)))
        await sleep(LEASE)
      }
    },
  },
  /** The producer dies, and 16 readers find out at the same time. */
  lost: {
    events: ENDLESS,
    readers: 16,
    faults: NETWORK,
    ends: [LOST],
    mayEnd: false,
    async produce(stage) {
      const { chaos } = stage
      const index = chaos.random.below(3)
      while (!stage.isDone && !(await ask(stage, 'POST', index))) await sleep(50)
      await sleep(chaos.random.below(LEASE))
      await chaos.killServer(index)
    },
  },
  /** A stream too long to end by itself is stopped on any server, now and then before it begins. */
  stop: {
    events: ENDLESS,
    readers: 6,
    faults: STORE,
    ends: [STOPPED],
    mayEnd: false,
    async produce(stage) {
      const { random } = stage.chaos
      if (random.next() < 0.3) await untilAnswered(stage, 'DELETE')
      await untilAnswered(stage, 'POST')
      await sleep(random.below(LEASE))
      await untilAnswered(stage, 'DELETE')
    },
  },
  /** The log is deleted while it is written. Nothing else happens: a start whose answer was lost could begin a new log. */
  vanish: {
    events: ENDLESS,
    readers: 6,
    faults: [],
    ends: [GONE, 'deleted '],
    mayEnd: false,
    async produce(stage) {
      const { redis, random } = stage.chaos
      await untilAnswered(stage, 'POST')
      await sleep(random.below(LEASE))
      await onRedis(redis, ['DEL', `tesserae:${stage.name}`])
      stage.isDeleted = true
    },
  },
  /** The disk loses the newest entries, takeovers among them. */
  damage: {
    events: 600,
    readers: 6,
    faults: [DAMAGE, 'kill a server', 'cut all connections'],
    ends: [LOST, GONE, DAMAGED],
    mayForget: true,
    produce: takeOver,
  },
}
