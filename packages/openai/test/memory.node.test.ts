import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { accumulate } from '@tesserae/openai'
import { createAccumulator } from '@tesserae/openai/accumulator'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Bytes that are in use after `make` than before, as long as its result is. */
async function bytesOf(make: () => unknown): Promise<number> {
  collect()
  const before = process.memoryUsage().heapUsed
  const kept = [await make()]
  collect()
  const after = process.memoryUsage().heapUsed
  expect(kept).toHaveLength(1)
  return after - before
}

const count = 200_000
const piece = (at: number): string => `${at} `.slice(-5)
const chunkOf = (at: number): object => ({
  id: 'chatcmpl-1',
  choices: [
    { index: 0, delta: { content: piece(at) }, finish_reason: at === count - 1 ? 'stop' : null },
  ],
})
const length = Array.from({ length: count }, (_, at) => piece(at).length).reduce((a, b) => a + b)

test('a finished message takes no more than twice its text', async () => {
  const bytes = await bytesOf(() => {
    const accumulator = createAccumulator()
    for (let at = 0; at < count; at++) accumulator.push(chunkOf(at))
    return accumulator.finish()
  })
  expect(bytes / length).toBeLessThan(2)
})

test('nor does one that was read from bytes, and no chunk of the network stays with it', async () => {
  const encoder = new TextEncoder()
  function* stream(): Generator<Uint8Array> {
    for (let at = 0; at < count; at++)
      yield encoder.encode(`data: ${JSON.stringify(chunkOf(at))}\n\n`)
  }
  const bytes = await bytesOf(() => accumulate(stream()))
  expect(bytes / length).toBeLessThan(2)
})
