import { LEASE, Schedule } from './schedule.ts'
import { type Fault, random } from './world.ts'

const FAULTS: readonly Fault[] = [
  'lost call',
  'lost answer',
  'late call',
  'late answer',
  'doubled call',
]

/** One random run: up to three producers, a stop now and then, up to five readers, faults of every kind. */
export async function randomSchedule(seed: number): Promise<Schedule> {
  const next = random(seed)
  const below = (count: number): number => Math.floor(next() * count)
  const faults = next() < 0.2 ? 0 : next() * 0.5
  const hints = next()
  const impatience = next() < 0.3 ? 0 : next() * 0.2
  const schedule = new Schedule(below)
  const { world } = schedule
  world.fault = () => (next() < faults ? (FAULTS[below(FAULTS.length)] as Fault) : 'none')
  world.hints = () => (next() < hints ? 1 + below(2) : 0)
  world.impatient = () => next() < impatience
  const between = async (): Promise<void> => {
    const kind = next()
    if (kind < 0.4) await world.pause()
    else if (kind < 0.5) await world.pause(below(3 * LEASE))
  }
  const processes = [schedule.process(), schedule.process(), schedule.process()]
  const any = (): (typeof processes)[number] => processes[below(3)] as (typeof processes)[number]

  const acts: (() => void)[] = []
  const producers = 1 + below(3)
  for (let n = 0; n < producers; n++) {
    const takeover = next() < 0.5
    acts.push(() => schedule.produce(any(), `p${n}`, below(6), { takeover, between }))
  }
  if (next() < 0.3) acts.push(() => schedule.stop(any()))
  const readers = 1 + below(4)
  for (let n = 0; n < readers; n++) {
    const most = next() < 0.5 ? Infinity : 1 + below(3)
    acts.push(() => {
      const ids = schedule.readers.flatMap(({ told }) => told.map(({ id }) => id)).filter(Boolean)
      const after = next() < 0.6 ? ids[below(ids.length)] : undefined
      schedule.read(any(), next() < 0.05 ? '1-5' : after, most)
    })
  }
  // Each begins at a time of its own.
  let first = true
  while (acts.length > 0) {
    // Readers that come before there is a log get an error, which is soon tested.
    const index = first && next() < 0.8 ? 0 : below(acts.length)
    first = false
    acts.splice(index, 1)[0]?.()
    for (let steps = below(16); steps > 0; steps--) await world.step()
  }
  // From here on everything works, so everyone must come to an end.
  world.fault = () => 'none'
  world.hints = () => 1
  world.impatient = () => false
  // One reader more, from the start to the end. If there is no log, there is nothing to read.
  schedule.read(any())
  await schedule.finish()
  schedule.check()
  await schedule.drain()
  return schedule
}
