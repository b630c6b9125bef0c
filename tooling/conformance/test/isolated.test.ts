import { expect, test } from 'vitest'
import { runIsolated } from '../src/isolated.ts'

test('a peer in a process of its own has the same result, and its name', async () => {
  const { name, package: from, result, lost } = await runIsolated('encoders', 'tesserae')
  expect([name, from, lost]).toEqual(['@tesserae/encoder', '@tesserae/encoder', undefined])
  expect(result).toHaveProperty('fields.event.injected', 0)
})

test('one that does not end costs its own row', async () => {
  expect(await runIsolated('encoders', 'tesserae', 1)).toEqual({ lost: 'did not end' })
})

test('and so does one that cannot be loaded', async () => {
  expect(await runIsolated('encoders', 'nobody')).toEqual({ lost: 'crashed' })
})
