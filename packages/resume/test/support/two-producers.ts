import { LEASE, Schedule } from './schedule.ts'
import type { Choose } from './world.ts'

/** Two producers in processes of their own, and one reader in a third. No faults: only the order of what the store is asked. */
export async function two(choose: Choose, takeover: boolean): Promise<void> {
  const schedule = new Schedule(choose)
  const { world } = schedule
  world.hints = () => 0
  schedule.produce(schedule.process(), 'a', 2)
  schedule.produce(schedule.process(), 'b', 2, { takeover })
  schedule.read(schedule.process())
  await schedule.finish()
  schedule.check()
  if (world.now >= LEASE) throw new Error('someone waited for the lease')
}
