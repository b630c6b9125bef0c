import { EncodeError, type SseEventInit } from '@tesserae/encoder'
import { createHub, type Hub, type HubOptions, type JoinOptions } from '@tesserae/encoder/hub'
import { eventStream, type StreamSummary } from '@tesserae/encoder/web'
import { describe, expect, it } from 'vitest'
import { sleep } from './support/sleep.ts'

const comeBack = /^retry: [345]\d\d\d\n\n$/
const dataOf = (text: string) => [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => data)

/** A client: the text it has read, and the end of its stream. */
async function client<Events extends object>(
  hub: Pick<Hub<Events>, 'source'>,
  options?: JoinOptions<Events>,
) {
  const ends: StreamSummary[] = []
  const response = await eventStream(hub.source(options), {
    onClose: (end) => void ends.push(end),
    stallTimeout: 0,
  })
  const reader = (response.body ?? new Blob().stream()).getReader()
  const decoder = new TextDecoder()
  const chunks: string[] = []
  return {
    status: response.status,
    ends,
    chunks,
    /** Reads what comes until the stream ends, or pauses for a while. */
    async read() {
      for (;;) {
        const step = await Promise.race([reader.read(), sleep(1000)])
        if (step === undefined || (step as ReadableStreamReadResult<Uint8Array>).done)
          return chunks.join('')
        chunks.push(decoder.decode((step as ReadableStreamReadValueResult<Uint8Array>).value))
      }
    },
    gone: () => reader.cancel(),
  }
}

describe('a hub', () => {
  it('sends what is published in a turn to all clients, encoded once, in one piece', async () => {
    const hub = createHub()
    const bodies = await Promise.all([eventStream(hub.source()), eventStream(hub.source())])
    const readers = bodies.map((response) => response.body!.getReader())
    for (const reader of readers) await reader.read()
    let reads = 0
    void hub.publish({
      get data() {
        reads++
        return 'a'
      },
    })
    void hub.publish({ event: 'b', data: 'c', id: '1' })
    const [one, two] = await Promise.all(readers.map((reader) => reader.read()))
    expect(new TextDecoder().decode(one!.value)).toBe('data: a\n\nevent: b\nid: 1\ndata: c\n\n')
    expect(two!.value).toEqual(one!.value)
    expect(reads).toBe(1)
    await hub.drain()
    expect(
      await Promise.all(readers.map((reader) => reader.read().then(({ done }) => done))),
    ).toEqual([true, true])
  })

  it('sends a client what is published after it joined, also in the same turn', async () => {
    const hub = createHub()
    void hub.publish({ data: 'before' })
    const response = eventStream(hub.source())
    void hub.publish({ data: 'after' })
    const text = (await response).text()
    await hub.drain()
    expect(dataOf(await text)).toEqual(['after'])
  })

  it('rejects for an event that cannot be sent, and sends the others', async () => {
    const hub = createHub()
    const it = await client(hub)
    const reading = it.read()
    await expect(hub.publish({ data: '', id: 'a\nb' })).rejects.toThrow(EncodeError)
    await hub.publish({ data: 'a' })
    await hub.drain()
    expect(dataOf(await reading)).toEqual(['a'])
  })

  it('checks names and payloads', async () => {
    interface Events {
      token: { text: string }
    }
    const hub = createHub<Events>()
    const it = await client(hub)
    const reading = it.read()
    await hub.emit('token', { text: 'x' }, { id: '5' })
    // @ts-expect-error: no such name
    await hub.emit('tokens', { text: 'x' })
    // @ts-expect-error: not its payload
    await hub.emit('token', { txt: 'x' })
    await hub.drain()
    expect(dataOf(await reading)).toEqual(['{"text":"x"}', '{"text":"x"}', '{"txt":"x"}'])
  })

  it('emits through `publish`, so that what wraps `publish` sees every event', async () => {
    const hub = createHub()
    const seen: unknown[] = []
    const { publish } = hub
    hub.publish = (event, its) => {
      seen.push([event.event, event.data, event.id, its?.topic, its?.key])
      return publish(event, its)
    }
    await hub.emit('tick', { n: 1 }, { id: '5', topic: 'a', key: 'b' })
    expect(seen).toEqual([['tick', '{"n":1}', '5', 'a', 'b']])
    expect(hub.counters().events).toBe(1)
  })

  it('ends the stream of a client whose filter throws, and no other', async () => {
    const hub = createHub()
    const [even, topical, broken] = await Promise.all([
      client(hub, { filter: ({ data }) => Number(data) % 2 === 0 }),
      client(hub, { filter: (_, topic) => topic === 'x' }),
      client(hub, {
        filter: () => {
          throw new Error('a bug')
        },
      }),
    ])
    const reading = [even, topical, broken].map((it) => it.read())
    for (let i = 0; i < 4; i++) void hub.publish({ data: `${i}` }, { topic: i === 3 ? 'x' : 'y' })
    await sleep(5)
    await hub.drain()
    const texts = await Promise.all(reading)
    expect(texts.slice(0, 2).map(dataOf)).toEqual([['0', '2'], ['3']])
    expect(broken.ends).toMatchObject([{ reason: 'error', error: { message: 'a bug' } }])
    expect(texts[2]).toContain('event: stream-error')
  })

  it('tells one client too many, and every client after drain(), to come back', async () => {
    const hub = createHub({ maxClients: 1 })
    const it = await client(hub)
    const refused = await client(hub)
    expect([refused.status, await refused.read()]).toEqual([200, expect.stringMatching(comeBack)])
    expect(refused.ends).toMatchObject([{ error: { code: 'too-many-clients', status: 503 } }])
    await it.gone()
    const other = await client(hub)
    await hub.drain({ grace: 20 })
    const late = await client(hub)
    expect([late.status, await late.read()]).toEqual([200, expect.stringMatching(comeBack)])
    expect(late.ends).toMatchObject([{ error: { code: 'draining', statusCode: 503 } }])
    expect(other.ends).toMatchObject([{ reason: 'shutdown' }])
  })

  it('joins a stream that has sent something of its own', async () => {
    const hub = createHub()
    const response = await eventStream(async (stream) => {
      await stream.send({ data: 'missed' })
      return hub.join(stream)
    })
    const text = response.text()
    await hub.publish({ data: 'live' })
    await hub.drain()
    expect(dataOf(await text)).toEqual(['missed', 'live'])
  })

  for (const misuse of ['write', 'transfer'] as const)
    it(`gives each client bytes of its own, so that one may ${misuse} what it reads`, async () => {
      const hub = createHub()
      const bodies = await Promise.all([1, 2, 3].map(() => eventStream(hub.source())))
      const readers = bodies.map((response) => response.body!.getReader())
      const chunks = () => Promise.all(readers.map(async (reader) => (await reader.read()).value!))
      await chunks()
      void hub.publish({ data: 'for all' })
      const [mine, ...others] = await chunks()
      if (misuse === 'write') mine!.fill(0x21)
      else structuredClone(mine, { transfer: [mine!.buffer] })
      for (const chunk of others) expect(new TextDecoder().decode(chunk)).toBe('data: for all\n\n')
      await hub.drain()
    })

  it('refuses options with a wrong value', async () => {
    for (const value of [-1, Number.NaN, '5', null]) {
      expect(() => createHub({ maxClients: value as number })).toThrow('maxClients')
      expect(() => createHub({ queueBytes: value as number })).toThrow('queueBytes')
      const hub = createHub()
      for (const name of ['spread', 'grace'])
        await expect(hub.drain({ [name]: value as number })).rejects.toMatchObject({
          code: 'bad-option',
        })
      await expect(eventStream(hub.source({ queueBytes: value as number }))).rejects.toMatchObject({
        code: 'bad-option',
      })
      expect(hub.counters()).toMatchObject({ clients: 0, opened: 0 })
    }
  })

  it('allows no client with `maxClients: 0`, and one waiting event with `queueBytes: 0`', async () => {
    expect(await (await client(createHub({ maxClients: 0 }))).read()).toMatch(comeBack)
    const hub = createHub({ queueBytes: 0 })
    const slow = await client(hub)
    for (let i = 0; i < 2; i++) void hub.publish({ data: 'x' })
    await sleep(5)
    expect(slow.ends).toMatchObject([{ reason: 'slow' }])
  })
})

describe('a client that does not read', () => {
  const event = (i: number): SseEventInit => ({ data: `${i}`.padEnd(92, '.') }) // 100 bytes on the wire
  const numbers = (text: string) => dataOf(text).map((data) => Number(data!.replaceAll('.', '')))

  async function stalled(
    options: HubOptions & JoinOptions,
    count: number,
    key?: (i: number) => unknown,
  ) {
    const hub = createHub(options)
    const slow = await client(hub)
    const fast = await client(hub)
    const reading = fast.read()
    for (let i = 0; i < count; i++) {
      await hub.publish(event(i), { key: key?.(i) })
      await sleep(0)
    }
    return { hub, slow, fast, reading }
  }

  it('is dropped by default when its queue is full, and the others get everything', async () => {
    const { hub, slow, reading } = await stalled({ queueBytes: 1000 }, 30)
    expect(slow.ends).toMatchObject([{ reason: 'slow' }])
    expect(hub.counters()).toMatchObject({ clients: 1, evicted: 1, queued: 0, closed: { slow: 1 } })
    await hub.drain()
    expect(numbers(await reading)).toEqual(Array.from({ length: 30 }, (_, i) => i))
  })

  it('loses the oldest events with `drop-oldest`, and gets the rest in order', async () => {
    const { hub, slow, reading } = await stalled({ queueBytes: 1000, policy: 'drop-oldest' }, 30)
    const counters = hub.counters()
    expect(counters.queued).toBe(1000)
    const read = slow.read()
    await sleep(20)
    await hub.drain()
    const got = numbers(await read)
    expect(got).toEqual([...got].sort((a, b) => a - b))
    expect(got.slice(-10)).toEqual([20, 21, 22, 23, 24, 25, 26, 27, 28, 29])
    expect(got.length + counters.dropped).toBe(30)
    expect(numbers(await reading)).toHaveLength(30)
  })

  it('gets the newest event of each key with `coalesce`', async () => {
    const { hub, slow } = await stalled({ queueBytes: 1000, policy: 'coalesce' }, 60, (i) => i % 3)
    expect(hub.counters()).toMatchObject({ evicted: 0, queued: 300 })
    const read = slow.read()
    await sleep(20)
    await hub.drain()
    expect(numbers(await read).slice(-3)).toEqual([57, 58, 59])
  })

  it('is dropped with `coalesce` when all keys differ', async () => {
    const { hub } = await stalled({ queueBytes: 1000, policy: 'coalesce' }, 30, (i) => i)
    expect(hub.counters()).toMatchObject({ evicted: 1, clients: 1 })
  })

  it('makes the publisher wait with `wait`, and every client gets everything', async () => {
    const hub = createHub({ queueBytes: 1000, policy: 'wait' })
    const slow = await client(hub)
    let published = 0
    const publishing = (async () => {
      for (; published < 100; published++) {
        await hub.publish(event(published))
        await sleep(0)
      }
    })()
    // For what happens, not for a time: on a busy machine ten turns may take long.
    while (hub.counters().queued <= 1000) await sleep(5)
    await sleep(5)
    const before = published
    expect(before).toBeLessThan(30)
    await sleep(50)
    expect(published).toBe(before)
    const read = slow.read()
    await publishing
    await hub.drain()
    expect(numbers(await read)).toEqual(Array.from({ length: 100 }, (_, i) => i))
  })

  it('frees the publisher when the slow client leaves', async () => {
    const hub = createHub({ queueBytes: 100, policy: 'wait' })
    const slow = await client(hub)
    for (let i = 0; i < 5; i++) void hub.publish(event(i)).then(() => sleep(0))
    await sleep(5)
    for (let i = 0; i < 5; i++) void hub.publish(event(i))
    await sleep(5)
    const waiting = hub.publish(event(9))
    await slow.gone()
    await waiting
    expect(hub.counters()).toMatchObject({ clients: 0, queued: 0 })
  })

  it('cannot fill the memory of a publisher that does not wait', async () => {
    const hub = createHub({ queueBytes: 1000, policy: 'wait' })
    await client(hub)
    for (let i = 0; i < 500; i++) {
      void hub.publish({ data: 'x'.repeat(3000) })
      if (i % 10 === 0) await sleep(0)
    }
    expect(hub.counters()).toMatchObject({ evicted: 1, queued: 0 })
  })

  it('may have one event larger than its queue', async () => {
    const hub = createHub({ queueBytes: 10 })
    const slow = await client(hub)
    void hub.publish(event(0))
    await sleep(5)
    expect(hub.counters().queued).toBe(100)
    expect(slow.ends).toEqual([])
    const read = slow.read()
    await sleep(5)
    await hub.drain()
    expect(numbers(await read)).toEqual([0])
  })
})

describe('drain()', () => {
  it(
    'lets each client read what waits for it, and spreads the ends over time',
    { retry: 3 },
    async () => {
      const hub = createHub()
      const ends: number[] = []
      const began = performance.now()
      const texts = await Promise.all(
        Array.from({ length: 5 }, async () => {
          const response = await eventStream(hub.source(), {
            onClose: () => void ends.push(performance.now() - began),
          })
          return response.text()
        }).map((text) => [text]),
      )
      await sleep(5)
      void hub.publish({ data: 'last' })
      await hub.drain({ spread: 200 })
      expect(ends).toHaveLength(5)
      expect(ends[4]! - ends[0]!).toBeGreaterThan(120)
      for (const [text] of texts) expect(dataOf(await text!)).toEqual(['last'])
      expect(hub.counters()).toMatchObject({
        clients: 0,
        opened: 5,
        closed: { shutdown: 5 },
        events: 1,
        deliveries: 5,
        bytes: 60,
      })
    },
  )

  it('waits no longer than `grace` for a client that reads nothing', { retry: 3 }, async () => {
    const hub = createHub()
    await client(hub)
    for (let i = 0; i < 3; i++) {
      void hub.publish({ data: 'x' })
      await sleep(1)
    }
    expect(hub.counters().queued).toBeGreaterThan(0)
    const began = performance.now()
    await hub.drain({ grace: 50 })
    expect(performance.now() - began).toBeLessThan(1000)
    expect(hub.counters()).toMatchObject({ clients: 0, queued: 0 })
  })
})
