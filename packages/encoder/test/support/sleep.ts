const TURNS = 4

const timer = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds))

/**
 * A time, and then some whole turns: on a busy machine a timer is due before the turn in which it was set has ended, and
 * what is to happen meanwhile may take several. `sleep(0)` is one turn after the next.
 */
export async function sleep(milliseconds: number): Promise<void> {
  await timer(milliseconds)
  for (let turn = 0; turn < (milliseconds === 0 ? 1 : TURNS); turn++) await timer(0)
}
