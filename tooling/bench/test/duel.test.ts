import type { Outcome } from '@tooling/conformance/timed/work'
import { describe, expect, it } from 'vitest'
import type { Workload } from '../src/case.ts'
import { worked } from '../src/clock.ts'
import { type Contest, duel, verify } from '../src/duel.ts'

interface Work {
  work(): Outcome | Promise<Outcome>
  fault?: string
}

const right: Outcome = { events: 2, checksum: 7 }
const workload: Workload<Work> = {
  events: 2,
  bytes: 20,
  faultOf: (code) => code.fault,
  outcome: right,
  run: (code) => code.work(),
}
const contest = (...sides: [Work, Work]): Contest<Work> => ({
  workload,
  sides,
  names: ['left', 'right'],
})
const hurried = { batchMs: 0.01, warmUpMs: 0.05, rounds: 4, first: 0 } as const
const good: Work = { work: () => right }

/** Work that claims to have taken so long, as a server in another process would. */
const costing = (nanoseconds: number): Work => ({ work: () => ({ ...right, nanoseconds }) })

describe('verify', () => {
  it('is content with right answers', () => verify(contest(good, good)))

  it('names the side whose events differ, though their number and checksum do not', async () => {
    const wrong: Work = { ...good, fault: 'one event twice' }
    await expect(verify(contest(good, wrong))).rejects.toThrow('right: one event twice')
    await expect(verify(contest(wrong, good))).rejects.toThrow('left: ')
  })

  it.each([
    { events: 1, checksum: 7 },
    { events: 2, checksum: 8 },
  ])(
    'finds that the timed work comes to $events events with checksum $checksum',
    async (outcome) => {
      const wrong: Work = { work: async () => outcome }
      await expect(verify(contest(good, wrong))).rejects.toThrow('right came to')
    },
  )
})

describe('duel', () => {
  it('says how many times as long the second side took', async () => {
    const result = await duel(contest(costing(1e5), costing(2e5)), hurried)
    expect(result.ratio).toBeCloseTo(2, 9)
    expect(result.nanoseconds).toEqual([1e5, 2e5])
  })

  it('takes the clock where the work does not', { retry: 4 }, async () => {
    const slow: Work = {
      work: () => {
        const until = worked() + 1
        while (worked() < until);
        return right
      },
    }
    const { ratio, nanoseconds } = await duel(contest(good, slow), hurried)
    expect(nanoseconds[1]).toBeGreaterThan(0.999e6)
    expect(ratio).toBeGreaterThan(1)
  })

  it('waits for work that is asynchronous', async () => {
    const later: Work = {
      work: () => new Promise((resolve) => setTimeout(resolve, 2, right)),
    }
    const { nanoseconds } = await duel(contest(later, later), { ...hurried, rounds: 2 })
    expect(Math.min(...nanoseconds)).toBeGreaterThan(1e6)
  })

  it('survives a clock that shows no time at first', async () => {
    let calls = 0
    const coarse: Work = { work: () => ({ ...right, nanoseconds: calls++ < 3 ? 0 : 1e5 }) }
    const { nanoseconds } = await duel(contest(coarse, costing(1e5)), hurried)
    expect(nanoseconds).toEqual([1e5, 1e5])
  })

  it('stops at the first wrong answer, however late it comes', async () => {
    let calls = 0
    const tiring: Work = {
      work: () => (++calls > 3 ? { ...right, events: 1 } : costing(1e5).work()),
    }
    await expect(duel(contest(costing(1e5), tiring), hurried)).rejects.toThrow('right came to')
  })

  it.each([0, 1] as const)(
    'has the sides take turns at beginning, side %i first',
    async (first) => {
      const order: number[] = []
      const noting = (side: number): Work => ({
        work: () => {
          order.push(side)
          return { ...right, nanoseconds: 1e9 }
        },
      })
      await duel(contest(noting(0), noting(1)), { ...hurried, first })
      const second = 1 - first
      expect(order.slice(-8)).toEqual([
      first, second, second, first, first, second, second, first,
    ]) // prettier-ignore
    },
  )
})
