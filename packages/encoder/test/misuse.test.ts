import { encode, EncodeError, frame, type SseEventInit } from '@tesserae/encoder'
import { createHub } from '@tesserae/encoder/hub'
import { EventEncoderStream } from '@tesserae/encoder/stream'
import { eventStream, type EventStream, type WebStreamOptions } from '@tesserae/encoder/web'
import { describe, expect, it } from 'vitest'
import { sleep } from './support/sleep.ts'

const injected = 'event: admin\ndata: {}\n\n'

describe('a forged frame', () => {
  const genuine = frame({ data: 'genuine' })
  const Frame = genuine.constructor as new (event: SseEventInit) => SseEventInit
  const plain = Object.create(Frame.prototype, {
    text: { value: injected },
    data: { value: 'plain' },
  }) as SseEventInit
  it('cannot bring other bytes into a stream as a subclass', async () => {
    class Subclass extends Frame {
      get text(): string {
        return injected
      }
    }
    const made = new Subclass({ data: 'subclass' })
    expect(await (await eventStream([made])).text()).toBe('data: subclass\n\n')
    const hub = createHub()
    const text = (await eventStream(hub.source())).text()
    await hub.publish(made)
    await hub.drain()
    expect(await text).toBe(':\n\ndata: subclass\n\n')
  })

  it('cannot be made of a genuine one', () => {
    expect(() => Object.setPrototypeOf(genuine, {})).toThrow(TypeError)
    expect(() => Object.assign(genuine, { text: injected })).toThrow(TypeError)
  })

  it('cannot bring other bytes into a stream by its prototype', async () => {
    expect(await (await eventStream([plain])).text()).toBe('data: plain\n\n')
  })

  it('cannot bring other bytes into a hub by its prototype', async () => {
    const hub = createHub()
    const text = (await eventStream(hub.source())).text()
    await hub.publish(plain)
    await hub.drain()
    expect(await text).toBe(':\n\ndata: plain\n\n')
  })

  it('cannot bring other bytes through an EventEncoderStream by its prototype', async () => {
    const encoder = new EventEncoderStream()
    const writer = encoder.writable.getWriter()
    void writer.write(plain).then(() => writer.close())
    expect(await new Response(encoder.readable).text()).toBe('data: plain\n\n')
  })
})

describe('a frame', () => {
  it('is published by a hub', async () => {
    const hub = createHub()
    const text = (await eventStream(hub.source())).text()
    await hub.publish(frame({ event: 'tick', data: '1' }))
    await hub.drain()
    expect(await text).toBe(':\n\nevent: tick\ndata: 1\n\n')
  })

  it('has the fields of its event, and keeps them', () => {
    const event = { event: 'a', data: 'b', id: 'c', retry: 1 }
    const made = frame(event)
    event.data = 'changed'
    expect([made.event, made.data, made.id, made.retry]).toEqual(['a', 'b', 'c', 1])
    expect(() => Object.assign(made, { data: 'changed' })).toThrow(TypeError)
    expect(encode(made)).toBe(made.text)
  })
})

describe('an object that its caller uses again', () => {
  it('is filtered as it was when it was published', async () => {
    const hub = createHub()
    const [alice, bob] = await Promise.all(
      ['alice', 'bob'].map((name) =>
        eventStream(hub.source({ filter: ({ event }) => event === name })),
      ),
    )
    const event = { event: 'alice', data: 'for Alice' }
    void hub.publish(event)
    event.event = 'bob'
    event.data = 'for Bob'
    void hub.publish(event)
    const texts = [alice!.text(), bob!.text()]
    await hub.drain()
    expect(await Promise.all(texts)).toEqual([
      ':\n\nevent: alice\ndata: for Alice\n\n',
      ':\n\nevent: bob\ndata: for Bob\n\n',
    ])
  })
})

describe('options', () => {
  const misspelt: Record<string, () => unknown> = {
    eventStream: () => eventStream([], { heartBeat: 5 } as never),
    createHub: () => createHub({ maxClient: 5 } as never),
    'hub.source': () => eventStream(createHub().source({ topic: 'a' } as never)),
    'hub.publish': () => createHub().publish({ data: '' }, { topics: 'a' } as never),
    'hub.emit': () => createHub().emit('a', 1, { topics: 'a' } as never),
    'the option `heartbeat`': () => eventStream([], { heartbeat: { every: 5, evnt: {} } as never }),
    'hub.drain': () => createHub().drain({ graze: 5 } as never),
  }
  for (const [name, call] of Object.entries(misspelt))
    it(`that do not exist are refused by ${name}`, async () => {
      const fault = (async () => call())()
      await expect(fault).rejects.toMatchObject({ code: 'bad-option' })
      await expect(fault).rejects.toThrow(/^Unknown option `/)
    })

  it('turn heartbeats off with false', async () => {
    const options: WebStreamOptions = { heartbeat: false }
    expect(await (await eventStream([{ data: 'a' }], options)).text()).toBe('data: a\n\n')
  })
})

describe('an id', () => {
  const accepted = ['x'.repeat(1024), 'é'.repeat(512), '語'.repeat(341)]
  const refused = ['x'.repeat(1025), 'é'.repeat(513), '語'.repeat(342)]

  it('of at most 1,024 bytes is sent, and accepted when it comes back', async () => {
    for (const id of accepted) {
      expect(encode({ data: '', id })).toContain(id)
      const header = String.fromCharCode(...new TextEncoder().encode(id))
      let seen: string | undefined
      await eventStream(async ({ lastEventId }) => void (seen = lastEventId), {
        request: new Request('http://localhost/', { headers: { 'last-event-id': header } }),
      })
      expect(seen).toBe(id)
    }
  })

  it('of more than 1,024 bytes is refused when it is sent, and when it comes back', async () => {
    for (const id of refused) {
      expect(() => encode({ data: '', id })).toThrow('`id` must be at most 1024 bytes of UTF-8.')
      const errors: unknown[] = []
      await eventStream([], { lastEventId: id, onError: (error) => void errors.push(error) })
      expect(errors).toMatchObject([{ code: 'last-event-id-too-long' }])
    }
  })
})

describe('send, emit and publish', () => {
  const bad = { data: 'a', id: 'b\nc' }

  it('reject, and never throw, for an event that cannot be sent', async () => {
    const hub = createHub()
    const response = await eventStream(async ({ send, emit }) => {
      for (const call of [
        () => send(bad),
        () => emit('a', (() => {}) as never),
        () => hub.publish(bad),
        () => hub.emit('a', undefined as never),
      ])
        await expect(call()).rejects.toBeInstanceOf(EncodeError)
    })
    // A comment, if the end of the turn came first.
    expect(await response.text()).toMatch(/^(:\n\n)?$/)
  })

  it('reject with StreamClosed when the stream is over', async () => {
    let stream!: EventStream
    await (await eventStream((its) => (stream = its).closed)).body!.cancel()
    await expect(stream.send({ data: 'a' })).rejects.toMatchObject({ code: 'stream-closed' })
    await expect(stream.emit('a', 1)).rejects.toMatchObject({ code: 'stream-closed' })
  })
})

describe('a function that listens, and returns at once', () => {
  it('is refused with an explanation', async () => {
    const listening = (({ send }: EventStream) => {
      setTimeout(() => void send({ data: 'late' }), 1)
    }) as never
    await expect(eventStream(listening)).rejects.toMatchObject({ code: 'bad-source' })
    await expect(eventStream(listening)).rejects.toThrow('openStream()')
  })

  it('is reported with an explanation when it is async, and sends later', async () => {
    const errors: unknown[] = []
    const response = await eventStream(
      async ({ send }) => {
        setTimeout(() => {
          void send({ data: 'late' })
          void send({ data: 'later' })
        }, 5)
      },
      { onError: (error) => void errors.push(error) },
    )
    await response.text()
    await sleep(20)
    expect(errors).toMatchObject([{ code: 'sent-after-end' }])
  })

  it('may close the stream before it returns', async () => {
    const source = (({ send, close }: EventStream) => {
      void send({ data: 'a' })
      close()
    }) as never
    expect(await (await eventStream(source)).text()).toBe('data: a\n\n')
  })
})
