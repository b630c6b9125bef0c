import { expect, test } from 'vitest'
import { runPeer } from '../src/encoders/area.ts'
import { peers } from '../src/encoders/peers.ts'
import { runIsolated } from '../src/isolated.ts'

test('a peer in a process of its own has the same result', async () => {
  const { result, lost } = await runIsolated('encoders', '@tesserae/encoder')
  expect(lost).toBeUndefined()
  expect(result).toEqual(await runPeer(peers['@tesserae/encoder']))
})

test('one that does not end costs its own row', async () => {
  expect(await runIsolated('encoders', '@tesserae/encoder', 1)).toEqual({ lost: 'did not end' })
})

test('and so does one that cannot be loaded', async () => {
  expect(await runIsolated('encoders', 'nobody')).toEqual({ lost: 'crashed' })
})
