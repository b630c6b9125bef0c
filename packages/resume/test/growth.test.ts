import { memoryStore } from '@tesserae/resume'
import { expect, test } from 'vitest'

const MANY = 2000

/** How many entries of maps are visited meanwhile: a count is the same on a busy machine. */
async function visitsDuring(work: () => Promise<void>): Promise<number> {
  const { prototype } = Map
  const iterate = prototype[Symbol.iterator]
  let visits = 0
  prototype[Symbol.iterator] = function* (this: Map<unknown, unknown>) {
    for (const entry of iterate.call(this)) {
      visits++
      yield entry
    }
    return undefined
  } as typeof iterate
  try {
    await work()
  } finally {
    prototype[Symbol.iterator] = iterate
  }
  return visits
}

test('the memory store does not visit all logs for each new one', async () => {
  const store = memoryStore()
  const options = { create: true, keep: 60_000 }
  const visits = await visitsDuring(async () => {
    for (let n = 0; n < MANY; n++) await store.append(`${n}`, { epoch: 1, number: 0 }, 'x', options)
  })
  // Once a second at most, however slow the machine is. For each new log it would be 2 million.
  expect(visits).toBeLessThan(20 * MANY)
})
