import {
  eventStream,
  openStream,
  type StreamSummary,
  type WebStreamOptions,
} from '@tesserae/encoder/web'
import { createHub } from '@tesserae/encoder/hub'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sleep } from './support/sleep.ts'

const fault = new Error('in a hook')
const throwing = () => {
  throw fault
}
const rejecting = async () => throwing()

describe('a hook that fails', () => {
  const { error } = console
  let reported: unknown[] = []
  beforeEach(() => {
    reported = []
    console.error = (it: unknown) => void reported.push(it)
  })
  afterEach(() => void (console.error = error))

  async function* failing() {
    yield { data: 'a' }
    throw new Error('broken')
  }

  for (const hook of [throwing, rejecting])
    for (const name of ['onError', 'onClose', 'onWrite'] as const)
      it(`is reported on the console, and the stream goes on: ${name}, ${hook.name}`, async () => {
        const options: WebStreamOptions = { [name]: hook }
        const text = await (await eventStream(failing, options)).text()
        expect(text).toContain('event: stream-error')
        await sleep(1)
        expect(new Set(reported)).toEqual(new Set([fault]))
      })

  for (const name of ['onJoin', 'onLeave', 'onPublish'] as const)
    it(`is reported on the console, and the hub goes on: ${name}`, async () => {
      const hub = createHub({ [name]: throwing })
      const text = (await eventStream(hub.source())).text()
      await hub.publish({ data: 'a' })
      await hub.drain()
      expect(await text).toBe(':\n\ndata: a\n\n')
      expect(reported).toEqual([fault])
    })
})

describe('onClose', () => {
  const cases: Record<string, [Request, number]> = {
    'a HEAD request': [new Request('http://localhost/', { method: 'HEAD' }), 200],
    'a client that must not come back': [
      new Request('http://localhost/', { headers: { 'last-event-id': 'tesserae:final' } }),
      204,
    ],
  }
  for (const [name, [request, status]] of Object.entries(cases))
    it(`is called for ${name}`, async () => {
      const ends: StreamSummary[] = []
      const response = await eventStream([{ data: 'a' }], {
        request,
        onClose: (end) => void ends.push(end),
      })
      expect(response.status).toBe(status)
      expect(ends).toMatchObject([{ reason: 'done', events: 0, bytes: 0 }])
    })
})

describe('onWrite', () => {
  it('is called for each write, with the number of events that were added', async () => {
    const writes: unknown[] = []
    const response = await eventStream(
      async ({ send }) => {
        void send({ data: 'a' })
        void send({ data: 'b' })
        await sleep(5)
        await send({ data: 'c' })
      },
      { onWrite: (written) => void writes.push(written) },
    )
    await response.text()
    expect(writes).toEqual([
      { events: 2, bytes: 18 },
      { events: 1, bytes: 9 },
    ])
  })

  it('counts the events that a hub sends', async () => {
    const writes: { events: number; bytes: number }[] = []
    const hub = createHub()
    const response = await eventStream(hub.source(), {
      onWrite: (written) => void writes.push(written),
    })
    const text = response.text()
    for (let i = 0; i < 3; i++) void hub.publish({ data: 'a' })
    await hub.drain()
    await text
    expect(writes.reduce((sum, { events }) => sum + events, 0)).toBe(3)
  })
})

describe('onWrite that uses its stream', () => {
  it('ends it after what is being written', async () => {
    const ends: StreamSummary[] = []
    const { response, send, close } = openStream({
      onWrite: () => close(),
      onClose: (end) => void ends.push(end),
    })
    void send({ data: 'a' })
    expect(await response.text()).toBe('data: a\n\n')
    expect(ends).toMatchObject([{ reason: 'done', events: 1, bytes: 9 }])
  })

  it('sends after what is being written, and all of it is counted', async () => {
    const large = ['a', 'b', 'c'].map((letter) => letter.repeat(40_000))
    let events = 0
    const { response, send, close } = openStream({
      highWaterMark: 1_000_000,
      onWrite(written) {
        if (events === 0) void send({ data: 'from the hook' })
        events += written.events
      },
    })
    for (const data of large) void send({ data })
    await sleep(5)
    close()
    const sent = [...(await response.text()).matchAll(/^data: (.*)$/gm)].map(([, data]) => data)
    expect(sent.filter((data) => data !== 'from the hook')).toEqual(large)
    expect(sent).toHaveLength(4)
    expect(events).toBe(4)
  })
})

describe('a follower that throws', () => {
  it('stops no other follower, and no other stream of the turn', async () => {
    const { error } = console
    const reported: unknown[] = []
    console.error = (it: unknown) => void reported.push(it)
    const told: string[] = []
    const streams = [openStream(), openStream()] as const
    streams[0].attach({ onStop: throwing })
    for (const stream of streams) stream.attach({ onStop: ({ reason }) => void told.push(reason) })
    for (const { send, close } of streams) {
      void send({ data: 'a' })
      close()
    }
    console.error = error
    for (const { response } of streams) expect(await response.text()).toBe('data: a\n\n')
    expect(told).toEqual(['done', 'done'])
    expect(reported).toEqual([fault])
  })
})
