import { createParser } from '@tesserae/parser'
import { expect, test } from 'vitest'
import { chunksOf, feedMuch, GIB, MIB } from './support/memory-in-use.ts'

test.each([
  ['heartbeats', ': ping\n\n'],
  ['events', `id: 1\nevent: e\ndata: ${'x'.repeat(900)}\ndata: ${'y'.repeat(78)}\n\n`],
])('a gibibyte of %s passes, and leaves nothing behind', async (_name, text) => {
  const { fed, most, error } = await feedMuch(createParser(), GIB, chunksOf(text))
  expect(fed).toBe(GIB)
  expect(error).toBeUndefined()
  expect(most).toBeLessThan(2 * MIB)
})
