import type { Outcome } from '@tooling/conformance/timed/work'
import type { Workload } from './case.ts'
import { worked } from './clock.ts'
import { median } from './statistics.ts'

export interface DuelOptions {
  /** Long enough that the clock's grain and a time slice of the system do not decide. */
  readonly batchMs: number
  /** For each side; both reach the optimising compiler, and the length of a batch is learnt. */
  readonly warmUpMs: number
  /** Pairs of batches, each giving one ratio. */
  readonly rounds: number
  /** Who begins the first round; they take turns after that. */
  readonly first: 0 | 1
}

/** Of one process: nanoseconds an iteration took each side, and how many times as long the second took. */
export interface DuelResult {
  readonly nanoseconds: readonly [number, number]
  readonly ratio: number
}

/** Both sides of a case, loaded, and what they are given. */
export interface Contest<Work = unknown> {
  readonly workload: Workload<Work>
  readonly sides: readonly [Work, Work]
  readonly names: readonly [string, string]
}

/** A result that is not the right one. It ends a case: a wrong answer has no speed. */
export class WrongAnswer extends Error {
  override readonly name = 'WrongAnswer'
}

/** Both sides give everything that was put into the workload, or there is nothing to time. */
export async function verify<Work>(contest: Contest<Work>): Promise<void> {
  for (const side of [0, 1] as const) {
    const fault = await contest.workload.faultOf(contest.sides[side])
    if (fault !== undefined) throw new WrongAnswer(`${contest.names[side]}: ${fault}`)
    await batch(contest, side, 1)
  }
}

/** A B, B A, A B …: what disturbs the machine for longer than a batch disturbs both sides alike. */
export async function duel<Work>(
  contest: Contest<Work>,
  { batchMs, warmUpMs, rounds, first }: DuelOptions,
): Promise<DuelResult> {
  const second = first === 0 ? 1 : 0
  const iterations = { 0: 1, 1: 1 }
  const warm = { 0: 0, 1: 0 }
  while (Math.min(warm[0], warm[1]) < warmUpMs * 1e6)
    for (const side of [first, second] as const) {
      const started = performance.now()
      const taken = await batch(contest, side, iterations[side])
      warm[side] += (performance.now() - started) * 1e6
      // By steps, for the first iterations are slow, and a coarse clock may show no time at all.
      const factor = Math.min((batchMs * 1e6) / taken, 16)
      iterations[side] = Math.max(1, Math.ceil(iterations[side] * factor))
    }

  const times: [number[], number[]] = [[], []]
  for (let round = 0; round < rounds; round++)
    for (const side of round % 2 === 0 ? ([first, second] as const) : ([second, first] as const)) {
      // The young generation only. A full collection throws away shapes and code as well: the batch after
      // one took 84 ns in place of 59 for one side's tiny events and 30 in place of 22 for the other's.
      globalThis.gc?.({ type: 'minor' })
      times[side].push((await batch(contest, side, iterations[side])) / iterations[side])
    }
  return resultOf(times)
}

/** Of the nanoseconds that each side took in each round. */
export function resultOf([first, second]: readonly [number[], number[]]): DuelResult {
  return {
    nanoseconds: [median(first), median(second)],
    ratio: median(first.map((time, round) => second[round]! / time)),
  }
}

/** Runs the work of a side so many times and returns the nanoseconds that took, by its own account if it keeps one. */
export async function batch<Work>(
  { workload: { run, outcome }, sides, names }: Contest<Work>,
  side: 0 | 1,
  iterations: number,
): Promise<number> {
  const code = sides[side]
  let own: number | undefined
  let waits = false
  const started = { clock: performance.now(), work: worked() }
  for (let i = 0; i < iterations; i++) {
    const pending = run(code)
    waits ||= pending instanceof Promise
    // An `await` would put a turn of the microtask queue into the time of work that does not need one.
    const { events, checksum, nanoseconds }: Outcome =
      pending instanceof Promise ? await pending : pending
    if (events !== outcome.events || checksum !== outcome.checksum)
      throw new WrongAnswer(
        `${names[side]} came to ${events} events with checksum ${checksum}, not ${outcome.events} with ${outcome.checksum}`,
      )
    if (nanoseconds !== undefined) own = (own ?? 0) + nanoseconds
  }
  // Work that waits for another process takes the time that process takes.
  const taken = waits ? performance.now() - started.clock : worked() - started.work
  return own ?? taken * 1e6
}
