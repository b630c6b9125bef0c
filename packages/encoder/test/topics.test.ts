import { createHub, type HubClient, type JoinOptions } from '@tesserae/encoder/hub'
import { eventStream } from '@tesserae/encoder/web'
import { describe, expect, it } from 'vitest'

const dataOf = (text: string) => [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => data)

describe('topics', () => {
  it('bring each client the events of its topics and those without one, in order', async () => {
    const hub = createHub()
    const joins: JoinOptions[] = [
      { topics: 'a' },
      { topics: ['a', 'b'] },
      { topics: ['b', 'a'] },
      { topics: [] },
      {},
    ]
    const texts = joins.map(async (options) => (await eventStream(hub.source(options))).text())
    await Promise.resolve()
    for (const [data, topic] of [
      ['1', 'a'],
      ['2', undefined],
      ['3', 'b'],
      ['4', 'c'],
      ['5', 'a'],
    ] as const)
      void hub.publish({ data }, { topic })
    await hub.drain()
    expect((await Promise.all(texts)).map(dataOf)).toEqual([
      ['1', '2', '5'],
      ['1', '2', '3', '5'],
      ['1', '2', '3', '5'],
      ['2'],
      ['1', '2', '3', '4', '5'],
    ])
  })

  it('are forgotten when their last client leaves', async () => {
    const hub = createHub()
    const response = await eventStream(hub.source({ topics: ['a', 'b'] }))
    expect([...hub.clients('a')]).toHaveLength(1)
    await response.body!.cancel()
    expect([...hub.clients('a'), ...hub.clients('b'), ...hub.clients()]).toEqual([])
    await hub.publish({ data: 'x' }, { topic: 'a' })
    expect(hub.counters()).toMatchObject({ clients: 0, queued: 0, deliveries: 0 })
  })

  it('are those of the moment of joining, also if the list changes later', async () => {
    const hub = createHub()
    const topics = ['a']
    const response = await eventStream(hub.source({ topics }))
    topics[0] = 'b'
    expect([...hub.clients('b')]).toEqual([])
    await response.body!.cancel()
    expect([...hub.clients('a'), ...hub.clients('b'), ...hub.clients()]).toEqual([])
  })

  it('ask nothing of clients that are not in them', async () => {
    const hub = createHub()
    let asked = 0
    const filter = () => ++asked > 0
    const sources = [0, 1, 2, 3].map((n) => hub.source({ topics: `${n}`, filter }))
    const responses = await Promise.all(sources.map((source) => eventStream(source)))
    await hub.publish({ data: 'x' }, { topic: '2' })
    expect(asked).toBe(1)
    for (const response of responses) await response.body!.cancel()
  })
})

describe('the clients of a hub', () => {
  it('are objects that are listed, sent to and closed one by one', async () => {
    const joined: HubClient[] = []
    const left: [unknown, string][] = []
    const hub = createHub({
      onJoin: (client) => void joined.push(client),
      onLeave: ({ label }, { reason }) => void left.push([label, reason]),
    })
    const texts = await Promise.all(
      ['ann', 'bob']
        .map(async (label) => (await eventStream(hub.source({ label }))).text())
        .map((text) => [text]),
    )
    await Promise.resolve()
    expect([...hub.clients()]).toEqual(joined)
    expect(joined.map(({ label, topics }) => [label, topics])).toEqual([
      ['ann', undefined],
      ['bob', undefined],
    ])
    void hub.publish({ data: 'to all' })
    await joined[0]!.send({ data: 'to ann' })
    joined[1]!.close()
    await texts[1]![0]
    expect(left).toEqual([['bob', 'done']])
    await hub.drain()
    expect(dataOf(await texts[0]![0]!)).toEqual(['to all', 'to ann'])
    expect(dataOf(await texts[1]![0]!)).toEqual(['to all'])
    expect(left).toEqual([
      ['bob', 'done'],
      ['ann', 'shutdown'],
    ])
  })

  it('reject an event that cannot be sent to them', async () => {
    const hub = createHub()
    const response = await eventStream(hub.source())
    const [client] = [...hub.clients()]
    await expect(client!.send({ data: '', id: '\n' })).rejects.toMatchObject({ code: 'line-break' })
    await response.body!.cancel()
  })
})

it('onPublish is called with the number of receivers of each event', async () => {
  const published: unknown[] = []
  const hub = createHub({
    onPublish: ({ data }, topic, clients) => void published.push([data, topic, clients]),
  })
  const sources = [hub.source({ topics: 'a' }), hub.source({ topics: 'b' }), hub.source()]
  const responses = await Promise.all(sources.map((source) => eventStream(source)))
  void hub.publish({ data: '1' }, { topic: 'a' })
  void hub.publish({ data: '2' })
  expect(published).toEqual([
    ['1', 'a', 2],
    ['2', undefined, 3],
  ])
  for (const response of responses) await response.body!.cancel()
})
