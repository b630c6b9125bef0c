import { expect, test } from 'vitest'
import { every } from './support/every.ts'
import { two } from './support/two-producers.ts'

test('every order of two starts and a reader keeps every promise, and one start wins', async () => {
  const runs = await every((choose) => two(choose, false))
  expect(runs).toBeGreaterThan(1000)
})
