import { memoryStore } from '@tesserae/resume'
import { expect, test } from 'vitest'

const FEW = 1000
const MANY = 16_000
/** How much longer each of many may take than each of few: for a busy machine, and not for work that grows with their number. */
const TOLERANCE = 4

test(
  'the memory store creates the last of many logs as fast as the first',
  { retry: 3 },
  async () => {
    const cost = async (count: number): Promise<number> => {
      const store = memoryStore()
      const options = { create: true, keep: 60_000 }
      const began = performance.now()
      for (let n = 0; n < count; n++)
        await store.append(`${n}`, { epoch: 1, number: 0 }, 'x', options)
      return (performance.now() - began) / count
    }
    await cost(FEW)
    expect((await cost(MANY)) / (await cost(FEW))).toBeLessThan(TOLERANCE)
  },
)
