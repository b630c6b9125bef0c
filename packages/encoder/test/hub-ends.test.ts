import { createHub, type Hub } from '@tesserae/encoder/hub'
import { eventStream } from '@tesserae/encoder/web'
import { describe, expect, it } from 'vitest'
import { sleep } from './support/sleep.ts'

const kilobyte = { data: 'x'.repeat(1000) }

/** A client that has not read anything yet, so that all that is published waits for it. */
async function client(hub: Pick<Hub, 'source'>) {
  const response = await eventStream(hub.source())
  await sleep(5)
  return response.body!
}

describe('a client that a policy drops in the middle of a turn', () => {
  for (const policy of ['disconnect', 'coalesce', 'wait'] as const)
    it(`takes no more events, with the policy ${policy}`, async () => {
      const hub = createHub({ policy, queueBytes: 2000 })
      const body = await client(hub)
      // As many as go out before the turn ends, twice: some are queued, one is too many, and more come after it.
      for (let count = 0; count < 1200; count++) void hub.publish(kilobyte)
      await sleep(5)
      expect(hub.counters()).toMatchObject({ clients: 0, queued: 0, evicted: 1 })
      const published = hub.publish({ data: 'next' }).then(() => 'published')
      expect(await Promise.race([published, sleep(500)])).toBe('published')
      await body.cancel().catch(() => {})
    })

  it('takes no more events when its filter has ended it', async () => {
    const hub = createHub()
    const response = await eventStream((stream) =>
      hub.join(stream, {
        filter() {
          stream.close()
          return true
        },
      }),
    )
    void hub.publish(kilobyte)
    await sleep(5)
    expect(hub.counters()).toMatchObject({ clients: 0, queued: 0, deliveries: 0 })
    expect(await response.text()).toBe(':\n\n')
  })
})

it('a client that is closed gets what waited for it, and nothing that is published later', async () => {
  const hub = createHub({ queueBytes: 100_000 })
  const body = await client(hub)
  const [joined] = hub.clients()
  void hub.publish({ data: 'early' })
  void hub.publish({ data: 'before' })
  await sleep(5)
  void joined!.send({ data: 'last' })
  joined!.close()
  void hub.publish({ data: 'after' })
  void joined!.send({ data: 'after' })
  await sleep(5)
  void hub.publish({ data: 'after' })
  await sleep(5)
  expect(await new Response(body).text()).toBe(':\n\ndata: early\n\ndata: before\n\ndata: last\n\n')
  expect(hub.counters()).toMatchObject({ clients: 0, queued: 0, closed: { done: 1 } })
})

it('a client that is closed before the hub is drained is done, and not shut down', async () => {
  const hub = createHub()
  const body = await client(hub)
  void hub.publish({ data: 'waits' })
  await sleep(5)
  for (const joined of hub.clients()) joined.close()
  const drained = hub.drain()
  expect(await new Response(body).text()).toBe(':\n\ndata: waits\n\n')
  await drained
  expect(hub.counters().closed).toMatchObject({ done: 1, shutdown: 0 })
})

it('a stream can be a client of two hubs, and gets the queued events of both', async () => {
  const hubs = [createHub(), createHub()] as const
  const response = await eventStream((stream) => Promise.race(hubs.map((hub) => hub.join(stream))))
  await sleep(5)
  for (const [index, hub] of hubs.entries()) void hub.publish({ data: `from ${index}` })
  await sleep(5)
  const text = response.text()
  await sleep(20)
  await hubs[0].drain()
  expect(await text).toBe(':\n\ndata: from 0\n\ndata: from 1\n\n')
})

it('drain() with a grace of Infinity waits until the client has read everything', async () => {
  const hub = createHub()
  const body = await client(hub)
  void hub.publish(kilobyte)
  await sleep(5)
  const drained = hub.drain({ grace: Infinity }).then(() => 'drained')
  expect(await Promise.race([drained, sleep(50).then(() => 'waits')])).toBe('waits')
  const text = new Response(body).text()
  expect(await drained).toBe('drained')
  expect(await text).toContain(kilobyte.data)
})
