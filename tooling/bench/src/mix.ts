import { batch, type Contest, type DuelOptions, type DuelResult, resultOf } from './duel.ts'
import { seededRandom } from '../../config/random.ts'

export interface MixOptions extends Pick<DuelOptions, 'rounds'> {
  /** What the order of the cases is made of. */
  readonly seed: number
  /** About how long a batch takes: short, because there are hundreds of cases. */
  readonly batchMs: number
  /** How many times all cases are run before the first that counts. */
  readonly warmUps: number
}

/** What came of a contest: numbers, or why there are none. */
export type MixResult = DuelResult | Error

/**
 * All contests in one process, as streams of all kinds meet in a server: V8 compiles one parser for all of them. Each round has
 * an order of its own, in which both sides of a contest come one after the other.
 *
 * @returns what came of each, in the order of the contests
 */
export async function mix(
  contests: readonly Contest[],
  { seed, batchMs, warmUps, rounds }: MixOptions,
): Promise<MixResult[]> {
  const random = seededRandom(seed)
  const states = contests.map((contest) => ({
    contest,
    iterations: 1,
    times: [[], []] as [number[], number[]],
    failure: undefined as Error | undefined,
  }))
  for (let round = -warmUps; round < rounds; round++)
    for (const state of shuffled(states, random)) {
      if (state.failure !== undefined) continue
      globalThis.gc?.({ type: 'minor' })
      try {
        const taken = [0, 0]
        const first = random() < 0.5 ? 0 : 1
        for (const side of [first, 1 - first] as (0 | 1)[])
          taken[side] = (await batch(state.contest, side, state.iterations)) / state.iterations
        if (round < 0)
          state.iterations = Math.max(1, Math.ceil((batchMs * 1e6) / Math.max(...taken)))
        else for (const side of [0, 1] as const) state.times[side].push(taken[side]!)
      } catch (error) {
        state.failure = error as Error
      }
    }
  return states.map(({ failure, times }) => failure ?? resultOf(times))
}

/** The same items in another order (Fisher and Yates). */
export function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  const result = [...items]
  for (let at = result.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1))
    ;[result[at], result[other]] = [result[other]!, result[at]!]
  }
  return result
}
