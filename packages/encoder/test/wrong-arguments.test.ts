import {
  encode,
  encodeComment,
  EncodeError,
  encodeInto,
  frame,
  jsonEvent,
  StreamError,
} from '@tesserae/encoder'
import { createHub, type Hub } from '@tesserae/encoder/hub'
import { EventEncoderStream } from '@tesserae/encoder/stream'
import { eventStream, openStream } from '@tesserae/encoder/web'
import { describe, expect, it } from 'vitest'

/** Calls from code without types: every argument may be anything. */
type Untyped = (...args: unknown[]) => unknown
const untyped = (call: unknown) => call as Untyped

const event = { data: 'a' }
const circle: Record<string, unknown> = {}
circle['circle'] = circle

const nothing: [string, unknown][] = [
  ['undefined', undefined],
  ['null', null],
  ['{}', {}],
  ['5', 5],
  ['a promise', Promise.resolve(event)],
  ['a Response', new Response('')],
]
const noOptions: [string, unknown][] = [
  ['5', 5],
  ['a string', 'text'],
  ['a function', () => {}],
]

const faultOf = async (call: () => unknown): Promise<unknown> => {
  try {
    return await call()
  } catch (error) {
    return error
  }
}

function refuses(
  name: string,
  code: string,
  call: () => unknown,
  message: string | RegExp = /^`[\w.]+` must be .+\.$/,
): void {
  it(`${name} is refused with \`${code}\``, async () => {
    const fault = await faultOf(call)
    expect(fault instanceof EncodeError || fault instanceof StreamError).toBe(true)
    expect(fault).toMatchObject({ code, message: expect.stringMatching(message) })
  })
}

describe('an event that is not an event', () => {
  for (const [name, value] of [...nothing, ['a string', 'text']] as [string, unknown][]) {
    const calls: Record<string, Untyped> = {
      encode,
      frame,
      encodeInto: () => encodeInto(value as never, new Uint8Array(100)),
      eventStream: () => eventStream([value] as never),
      'stream.send': () => openStream().send(value as never),
      'hub.publish': () => createHub().publish(value as never),
      'EventEncoderStream.write': () => {
        const { writable, readable } = new EventEncoderStream()
        const writer = writable.getWriter()
        writer.closed.catch(() => {})
        readable
          .getReader()
          .read()
          .catch(() => {})
        return writer.write(value as never)
      },
    } as never
    for (const [of, call] of Object.entries(calls))
      refuses(`${name} in ${of}`, 'wrong-type', () => call(value), 'an event is { data: string }')
  }

  refuses('undefined in encodeComment', 'wrong-type', () => untyped(encodeComment)())
  refuses('a name before the event in stream.send', 'wrong-type', () =>
    untyped(openStream().send)('tick', event),
  )
  refuses('a topic before the event in hub.publish', 'wrong-type', () =>
    untyped(createHub().publish)('tick'),
  )
})

describe('a payload that has no JSON', () => {
  const payloads: [string, unknown][] = [
    ['undefined', undefined],
    ['a function', () => {}],
    ['a circle', circle],
    ['a bigint', 1n],
    ['a promise', Promise.resolve(1)],
  ]
  for (const [name, payload] of payloads) {
    const calls: Record<string, Untyped> = {
      jsonEvent: untyped(jsonEvent),
      'stream.emit': (...given) => untyped(openStream().emit)(...given),
      'hub.emit': (...given) => untyped(createHub().emit)(...given),
    }
    for (const [of, call] of Object.entries(calls))
      refuses(`${name} in ${of}`, 'wrong-type', () => call('a', payload), /JSON/)
  }

  it('leaves an error of toJSON as the cause', () => {
    const fault = new Error('of toJSON')
    const payload = {
      toJSON: () => {
        throw fault
      },
    }
    expect(() => jsonEvent('a', payload)).toThrow(expect.objectContaining({ cause: fault }))
  })
})

describe('a target that is not a Uint8Array', () => {
  const targets = [
    ...nothing,
    ['an array', []],
    ['a string', 'text'],
    ['a buffer', new ArrayBuffer(99)],
    ['an Int8Array', new Int8Array(99)],
    ['a Uint8ClampedArray', new Uint8ClampedArray(99)],
  ]
  for (const [name, target] of targets as [string, unknown][])
    refuses(`${name} in encodeInto`, 'wrong-type', () => untyped(encodeInto)({ data: 'é' }, target))
  for (const offset of [null, {}, '0', -1, 0.5, 101])
    refuses(`the offset ${JSON.stringify(offset)}`, 'bad-offset', () =>
      untyped(encodeInto)(event, new Uint8Array(100), offset),
    )
})

describe('a source that is not a source', () => {
  for (const [name, source] of [...nothing, ['a hub', createHub()]] as [string, unknown][])
    refuses(`${name} in eventStream`, 'bad-source', () => untyped(eventStream)(source), 'source')

  refuses(
    'a function that returns a function in eventStream',
    'bad-source',
    () => untyped(eventStream)(createHub().source),
    'returned',
  )
  refuses(
    'a function that returns a text in eventStream',
    'bad-source',
    () => untyped(eventStream)(() => 'text'),
    'returned',
  )
  refuses(
    'a stream that has a reader in eventStream',
    'bad-source',
    () => {
      const stream = new ReadableStream()
      stream.getReader()
      return untyped(eventStream)(stream)
    },
    'read before',
  )
})

describe('a source that is one', () => {
  const results: [string, object][] = [
    // oxlint-disable-next-line unicorn/no-thenable -- what is tested
    ['a promise', { then: (done: (value: unknown) => void) => done([event]) }],
    ['a sequence', { [Symbol.iterator]: () => [event].values() }],
    ['an asynchronous sequence', { [Symbol.asyncIterator]: () => [event].values() }],
  ]
  for (const [name, members] of results)
    it(`may be a function that returns a function that is ${name}`, async () => {
      const result = Object.assign(() => {}, members)
      const response = (await untyped(eventStream)(() => result)) as Response
      expect(await response.text()).toBe('data: a\n\n')
    })

  it('may be a sequence with a property `locked` of its own', async () => {
    class Room {
      locked = true
      async *[Symbol.asyncIterator]() {
        yield event
      }
    }
    expect(await (await eventStream(new Room())).text()).toBe('data: a\n\n')
  })
})

describe('options that are not options', () => {
  const calls: Record<string, Untyped> = {
    eventStream: (options) => untyped(eventStream)([event], options),
    openStream: untyped(openStream),
    createHub: untyped(createHub),
    'hub.source': (options) => untyped(eventStream)(untyped(createHub().source)(options)),
    'hub.join': (options) => untyped(createHub().join)(openStream(), options),
    'hub.publish': (options) => untyped(createHub().publish)(event, options),
    'hub.emit': (options) => untyped(createHub().emit)('a', 1, options),
    'hub.drain': (options) => untyped(createHub().drain)(options),
  }
  for (const [of, call] of Object.entries(calls))
    for (const [name, options] of noOptions)
      refuses(`${name} in ${of}`, 'bad-option', () => call(options), '`options` must be an object')

  refuses(
    'options before the source in eventStream',
    'bad-option',
    () => untyped(eventStream)({ retry: 1 }, [event]),
    'Unknown option',
  )
})

describe('an option of a wrong type', () => {
  const streamOptions: Record<string, unknown[]> = {
    request: [5, {}, 'text', { headers: {} }],
    headers: [5, 'text'],
    heartbeat: [true, 'text', -1, {}, { every: 5, event: 5 }],
    highWaterMark: ['5', -1, Number.NaN],
    signal: [5, {}, new AbortController()],
    lastEventId: [5, {}],
    maxDuration: ['5', -1],
    idleTimeout: ['5', -1],
    stallTimeout: ['5', -1],
    final: [5, 'text'],
    refusal: ['sometimes', 5],
    formatError: [5, 'text'],
    onError: [{}, 'text'],
    onWrite: [{}, 'text'],
    onClose: [{}, 'text'],
  }
  for (const [name, values] of Object.entries(streamOptions))
    values.forEach((value, index) => {
      refuses(`\`${name}\` of eventStream (${index})`, 'bad-option', () =>
        untyped(eventStream)([event], { [name]: value }),
      )
      refuses(`\`${name}\` of openStream (${index})`, 'bad-option', () =>
        untyped(openStream)({ [name]: value }),
      )
    })
  for (const heartbeat of [-1, null])
    refuses(
      `\`heartbeat\` with the value ${heartbeat}`,
      'bad-option',
      () => untyped(eventStream)([event], { heartbeat }),
      '`heartbeat` must be a number of 0 or more, an object, or the boolean false',
    )
  refuses('`null` for a number', 'bad-option', () =>
    untyped(eventStream)([event], { maxDuration: null }),
  )
  refuses('`retry` of eventStream', 'bad-retry', () => untyped(eventStream)([], { retry: '5' }))

  const hubOptions: Record<string, unknown[]> = {
    policy: ['sometimes', 5],
    queueBytes: ['5', -1],
    maxClients: ['5', -1],
    onJoin: [{}, 'text'],
    onLeave: [{}, 'text'],
    onPublish: [{}, 'text'],
  }
  for (const [name, values] of Object.entries(hubOptions))
    values.forEach((value, index) =>
      refuses(`\`${name}\` of createHub (${index})`, 'bad-option', () =>
        untyped(createHub)({ [name]: value }),
      ),
    )

  const joinOptions: Record<string, unknown[]> = {
    topics: [5, () => {}],
    filter: [{}, 'text'],
    policy: ['sometimes', 5],
    queueBytes: ['5', -1],
    replay: [{}, [event]],
  }
  for (const [name, values] of Object.entries(joinOptions))
    values.forEach((value, index) =>
      refuses(`\`${name}\` of hub.source (${index})`, 'bad-option', () =>
        untyped(eventStream)(untyped(createHub().source)({ [name]: value })),
      ),
    )

  refuses('`topic` of hub.publish', 'bad-option', () =>
    untyped(createHub().publish)(event, { topic: 5 }),
  )
  refuses('`spread` of hub.drain', 'bad-option', () => untyped(createHub().drain)({ spread: '5' }))
  refuses('`grace` of hub.drain', 'bad-option', () => untyped(createHub().drain)({ grace: -1 }))
})

describe('null', () => {
  it('is an option that is not given', async () => {
    const options = {
      request: null,
      headers: null,
      signal: null,
      lastEventId: null,
      final: null,
      refusal: null,
      formatError: null,
      onError: null,
      onWrite: null,
      onClose: null,
    }
    for (const given of [null, options]) {
      const response = await eventStream([event], given as never)
      expect(await response.text()).toBe('data: a\n\n')
    }
    const hub = untyped(createHub)(null) as Hub
    const response = await eventStream(untyped(hub.source)(null) as never)
    const text = response.text()
    await untyped(hub.publish)(event, null)
    await untyped(hub.emit)('a', 1, null)
    await untyped(hub.drain)(null)
    expect(await text).toBe(':\n\ndata: a\n\nevent: a\ndata: 1\n\n')
  })

  it('is an option of a hub that is not given', async () => {
    const hub = untyped(createHub)({ policy: null, onJoin: null, onLeave: null, onPublish: null })
    const { source, publish, drain, counters } = hub as Hub
    const rules = { topics: null, filter: null, policy: null, replay: null }
    const response = await eventStream(untyped(source)(rules) as never)
    const text = response.text()
    await untyped(publish)(event, { topic: null })
    await untyped(publish)({ data: 'b' }, { topic: 'of another' })
    await drain()
    expect(await text).toBe(':\n\ndata: a\n\ndata: b\n\n')
    expect(counters()).toMatchObject({ queued: 0, deliveries: 2 })
  })
})

describe('a stream that is not a stream', () => {
  for (const [name, stream] of nothing)
    refuses(
      `${name} in hub.join`,
      'bad-option',
      () => untyped((createHub() as Hub).join)(stream),
      '`stream` must be the stream of a source, or of `openStream\\(\\)`',
    )

  for (const [name, follower] of nothing)
    refuses(`${name} in stream.attach`, 'bad-option', () => untyped(openStream().attach)(follower))
})

describe('a stream that is over', () => {
  it('refuses what is sent, and joins no hub', async () => {
    const hub = createHub()
    const stream = openStream()
    stream.close()
    const end = { reason: 'done', code: 'stream-closed' }
    await expect(stream.send(event)).rejects.toMatchObject(end)
    await expect(stream.emit('a', 1)).rejects.toMatchObject(end)
    void stream.response.text()
    expect(await hub.join(stream)).toMatchObject(end)
    expect(hub.counters().opened).toBe(0)
    stream.close()
    await stream[Symbol.asyncDispose]()
  })
})
