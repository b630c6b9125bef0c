// Real processes, a real Redis with its log on disk, and faults. What readers received is compared with what the sources yielded,
// and with nothing else.
import { startRedis } from '../../../src/stores/redis-server.ts'
import { Chaos } from './chaos.ts'
import { type Seen, violations } from './checker.ts'
import { startProxy } from './proxy.ts'
import { Random } from './random.ts'
import { readToEnd } from './reader.ts'
import { LOST, type Scene, type Stage } from './scenes.ts'
import { LEASE } from './settings.ts'

/** The seed of the properties: it is printed, and `FC_SEED` replays it. */
const seed = Number(process.env['FC_SEED'])

/** After so many milliseconds of a round no more faults happen. */
const FAULTY = 8000
/** A reader that is not through so long after the last fault waits for ever. */
const LONGEST_CALM = 90_000
/** Ids that no log here assigned. */
const FORGED = ['1-5', '9-0', '4000000000-7']

/** One stream, produced and read to its end. */
async function round(chaos: Chaos, name: string, scene: Scene, faulty: number): Promise<Seen[]> {
  const { random } = chaos
  const stage: Stage = { chaos, name, events: scene.events, isDone: false, isDeleted: false }
  const calm = Date.now() + faulty
  const around = {
    address: () => chaos.address(name),
    connection: () => ({
      bytes: random.next() < 0.3 ? Infinity : random.below(6000),
      isCutAtField: random.next() < 0.3,
      pause: random.next() < 0.1 ? 300 : 0,
    }),
    isDeleted: () => stage.isDeleted,
    deadline: () => calm + LONGEST_CALM,
  }
  const faulting = chaos.run(scene.faults, () => stage.isDone || Date.now() > calm)
  const producing = scene.produce(stage)
  const seen = await Promise.all(
    Array.from({ length: scene.readers }, (_, index) =>
      readToEnd(around, index === 0 ? random.pick(FORGED) : ''),
    ),
  )
  stage.isDone = true
  await Promise.all([producing, faulting])
  // The first reader came with a cursor of no log, so its first word must be that it starts over, or 404.
  const [first] = seen as [Seen]
  const [word] = first.told
  while (first.told[0]?.event === 'reset') first.told.shift()
  if (word && word.event !== 'reset' && word.event !== 'deleted')
    first.told.push({ event: 'trusted', data: `${word.event} ${word.data}` })
  return seen
}

/** Plays one scene again and again. @returns every reader that did not get what it was promised, in a sentence */
export async function runChaos(title: string, scene: Scene, seconds: number): Promise<string[]> {
  await using redis = await startRedis()
  const chaos = new Chaos(redis, await startProxy(redis.port), new Random(seed))
  const problems: string[] = []
  const total = { streams: 0, events: 0, readers: 0, connections: 0, starved: 0 }
  const ends: Record<string, number> = {}
  try {
    await chaos.start()
    const end = Date.now() + seconds * 1000
    while (Date.now() < end && problems.length === 0) {
      const name = `/${title}-${total.streams++}`
      chaos.longestStall = 0
      const seen = await round(chaos, name, scene, Math.min(FAULTY, seconds * 500))
      const { events, mayEnd = true, mayForget } = scene
      // A producer that does not run for so long is rightly lost, and a busy machine can do that to any. It can be lost before it
      // runs again, and then its report comes later.
      await chaos.untilStallsAreReported()
      const isStarved = chaos.longestStall > LEASE / 3
      if (isStarved) total.starved++
      const its = isStarved ? [...scene.ends, LOST] : scene.ends
      const forgotAt = mayForget ? Math.max(chaos.quietSince, 1) : 0
      problems.push(...violations({ name, events, ends: its, mayEnd, forgotAt }, seen))
      total.readers += seen.length
      for (const { told, connections } of seen) {
        total.events += told.filter(({ event }) => event === undefined).length
        total.connections += connections
        const { event, data } = told.at(-1) ?? { event: undefined, data: '' }
        const how = event === undefined ? 'end' : `${event} ${data}`
        ends[how] = (ends[how] ?? 0) + 1
      }
    }
  } finally {
    chaos.close()
  }
  console.log(
    `chaos, ${title}, seed ${seed}: ${total.streams} streams (${total.starved} while the machine starved a server), ` +
      `${total.events} events to ${total.readers} readers over ` +
      `${total.connections} connections. Ends: ${JSON.stringify(ends)}. Faults: ${JSON.stringify(chaos.counts)}`,
  )
  return problems
}
