import { createHub } from '@tesserae/encoder/hub'
import { eventStream, type StreamSummary } from '@tesserae/encoder/web'
import { referenceParse } from '@tesserae/testkit'
import { describe, expect, it } from 'vitest'
import { sleep } from './support/sleep.ts'

const hundredBytes = (index: number) => ({ data: `${index}`.padEnd(92, '.') })

describe('a publisher that awaits publish()', () => {
  for (const queueBytes of [0, 1000, 4096])
    it(`loses no client with the policy wait and ${queueBytes} bytes in each queue`, async () => {
      const hub = createHub({ policy: 'wait', queueBytes })
      const ends: StreamSummary[] = []
      const response = await eventStream(hub.source(), { onClose: (end) => void ends.push(end) })
      await sleep(5)
      const publishing = (async () => {
        for (let index = 0; index < 2000; index++) await hub.publish(hundredBytes(index))
      })()
      // For a while the client reads nothing.
      await sleep(30)
      expect(ends).toEqual([])
      expect(hub.counters()).toMatchObject({ evicted: 0 })
      expect(hub.counters().queued).toBeLessThanOrEqual(queueBytes + 100)
      const bytes = response.arrayBuffer()
      await publishing
      await hub.drain()
      expect(referenceParse(new Uint8Array(await bytes)).events).toHaveLength(2000)
    })

  it('continues when every client has the event in its connection or its queue', async () => {
    const hub = createHub()
    const ready = await eventStream(hub.source())
    const busy = await eventStream(hub.source())
    await sleep(5)
    const read = ready.text()
    await sleep(5)
    await hub.publish(hundredBytes(0))
    expect(hub.counters()).toMatchObject({ deliveries: 1, queued: 100 })
    await hub.publish(hundredBytes(1))
    expect(hub.counters().deliveries * 100 + hub.counters().queued).toBe(400)
    const readLate = busy.text()
    await hub.drain()
    expect(await read).toBe(await readLate)
  })
})

describe('drain({ spread })', () => {
  it('resolves as soon as all clients have left', async () => {
    const hub = createHub()
    const leave = new AbortController()
    const texts = Array.from({ length: 5 }, async () =>
      (await eventStream(hub.source(), { signal: leave.signal })).text(),
    )
    await sleep(5)
    const drained = hub.drain({ spread: 3_600_000 })
    expect(await Promise.race([drained, sleep(20).then(() => 'waits')])).toBe('waits')
    leave.abort()
    expect(await drained).toBeUndefined()
    await Promise.all(texts)
    expect(hub.counters()).toMatchObject({ clients: 0, closed: { shutdown: 5 } })
  })
})
