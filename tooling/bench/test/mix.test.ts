import type { Outcome } from '@tooling/conformance/timed/work'
import { describe, expect, it } from 'vitest'
import type { Workload } from '../src/case.ts'
import { worked } from '../src/clock.ts'
import type { Contest } from '../src/duel.ts'
import { mix, shuffled } from '../src/mix.ts'
import { seededRandom } from '../../config/random.ts'

type Work = () => Outcome

const right: Outcome = { events: 2, checksum: 7 }
const workload: Workload<Work> = {
  events: 2,
  bytes: 20,
  faultOf: () => undefined,
  outcome: right,
  run: (work) => work(),
}
const hurried = { seed: 1, batchMs: 0.01, warmUps: 1, rounds: 4 } as const
const costing =
  (nanoseconds: number): Work =>
  () => ({ ...right, nanoseconds })
const contest = (...sides: [Work, Work]): Contest => ({
  workload: workload as Workload<unknown>,
  sides,
  names: ['left', 'right'],
})

describe('mix', () => {
  it('says of each contest how many times as long the second side took', async () => {
    const contests = [contest(costing(1e5), costing(2e5)), contest(costing(3e5), costing(1e5))]
    const results = await mix(contests, hurried)
    expect(results).toEqual([
      { nanoseconds: [1e5, 2e5], ratio: 2 },
      { nanoseconds: [3e5, 1e5], ratio: 1 / 3 },
    ])
  })

  it('ends a contest at the first wrong answer, and no other', async () => {
    let calls = 0
    const tiring: Work = () => (++calls > 2 ? { ...right, events: 1 } : costing(1e5)())
    const good = contest(costing(1e5), costing(1e5))
    const results = await mix([contest(costing(1e5), tiring), good], hurried)
    expect(results[0]).toMatchObject({
      name: 'WrongAnswer',
      message: expect.stringMatching(/^right /),
    })
    expect(results[1]).toMatchObject({ ratio: 1 })
    expect(calls).toBe(3)
  })

  it('runs both sides of a contest one after the other, in an order that the seed decides', async () => {
    const orderBy = async (seed: number): Promise<string[]> => {
      const order: string[] = []
      const noting =
        (name: string): Work =>
        () => {
          order.push(name)
          return { ...right, nanoseconds: 1e9 }
        }
      const contests = [...'abcdefgh'].map((name) => contest(noting(name), noting(name)))
      await mix(contests, { ...hurried, seed })
      return order
    }
    const order = await orderBy(1)
    expect(order).toHaveLength(8 * 2 * 5)
    for (let at = 0; at < order.length; at += 2) expect(order[at]).toBe(order[at + 1])
    expect(await orderBy(1)).toEqual(order)
    expect(await orderBy(2)).not.toEqual(order)
  })
})

it('shuffled() keeps every item, and its input in order', () => {
  const items = [1, 2, 3, 4, 5, 6, 7, 8]
  const other = shuffled(items, seededRandom(3))
  expect(other).not.toEqual(items)
  expect(other.toSorted()).toEqual(items)
  expect(items).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
})

it('the clock counts work, and goes on', () => {
  const started = worked()
  const clock = performance.now()
  while (performance.now() - clock < 5);
  const taken = worked() - started
  expect(taken).toBeGreaterThan(0)
  // What it was not given a processor for is left out; it is never more than the time that passed.
  expect(taken).toBeLessThanOrEqual(performance.now() - clock + 1)
})
