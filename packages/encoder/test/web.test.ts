import { EncodeError, frame, type SseEventInit } from '@tesserae/encoder'
import {
  type StreamSource,
  eventStream,
  type EventStream,
  StreamClosed,
  type StreamSummary,
  type WebStreamOptions,
} from '@tesserae/encoder/web'
import { watchedSignal } from '@tesserae/testkit'
import { describe, expect, it } from 'vitest'
import { sleep } from './support/sleep.ts'
import { untilStill } from './support/until-still.ts'

const request = (headers: Record<string, string> = {}, init: RequestInit = {}) =>
  new Request('http://localhost/', { headers, ...init })

/** The chunks of a response as text, as they come. */
async function* chunksOf(response: Response): AsyncGenerator<string, void> {
  const reader = response.body!.getReader()
  const decoder = new TextDecoder()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    yield decoder.decode(value, { stream: true })
  }
}

/** Reads to the end. Its failure is the stream's own, where that of `text()` is the browser's. */
async function drained(response: Response): Promise<void> {
  const chunks = chunksOf(response)
  while (!(await chunks.next()).done);
}

/** A source that counts what becomes of it. */
function counted(events: () => Iterator<SseEventInit> | AsyncIterator<SseEventInit>) {
  const counts = { asked: 0, returned: 0 }
  const source = {
    [Symbol.asyncIterator]() {
      const inner = events()
      return {
        async next() {
          counts.asked++
          return inner.next()
        },
        async return() {
          counts.returned++
          await inner.return?.()
          return { done: true as const, value: undefined }
        },
      }
    },
  }
  return { source, counts }
}

function* endless(data = 'x'): Generator<SseEventInit, void> {
  for (;;) yield { data }
}

describe('the head of a response', () => {
  it('has the fields that an event stream needs, and none that HTTP/2 forbids', async () => {
    const response = await eventStream([])
    expect(response.status).toBe(200)
    expect(Object.fromEntries(response.headers)).toEqual({
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    })
    await response.text()
  })

  it("takes the caller's fields, and the caller's word against its own", async () => {
    const response = await eventStream([], {
      headers: {
        'X-Mine': '1',
        'Cache-Control': 'no-store',
        'Content-Type': 'text/event-stream; charset=utf-8',
      },
    })
    expect(response.headers.get('x-mine')).toBe('1')
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    await response.text()
  })

  for (const name of [
    'Connection',
    'Keep-Alive',
    'Transfer-Encoding',
    'Upgrade',
    'Proxy-Connection',
    'Content-Length',
  ])
    it(`refuses ${name}`, async () => {
      await expect(eventStream([], { headers: { [name]: '1' } })).rejects.toMatchObject({
        code: 'forbidden-header',
      })
    })

  it('answers HEAD without a body, and without calling the source', async () => {
    let called = false
    const source = async () => void (called = true)
    const response = await eventStream(source, { request: request({}, { method: 'HEAD' }) })
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    expect(response.body).toBe(null)
    expect(called).toBe(false)
  })

  it('is sent with the first event', async () => {
    let sent = false
    const response = await eventStream(async ({ send }) => {
      await Promise.resolve()
      sent = true
      await send({ data: 'a' })
      await sleep(20)
    })
    expect(sent).toBe(true)
    expect(await response.text()).toBe('data: a\n\n')
  })

  it('is sent at the end of the turn, with a comment, if there is no event yet', async () => {
    const response = await eventStream(async () => sleep(30))
    expect(await response.text()).toBe(':\n\n')
  })
})

describe('eventStream', () => {
  const events: SseEventInit[] = [{ data: 'a' }, { event: 'e', data: 'b\nc', id: '7' }]
  const sources: Record<string, StreamSource> = {
    'an array': events,
    'an iterable': new Set(events),
    'a generator': (function* () {
      yield* events
    })(),
    'an async generator': (async function* () {
      yield* events
    })(),
    frames: events.map(frame),
    'a function that returns an array': () => events,
    async *'an async generator function'() {
      yield* events
    },
    'a function that promises an async generator': async () =>
      (async function* () {
        yield* events
      })(),
    'a function that sends': async ({ send }) => {
      for (const event of events) await send(event)
    },
    'a function that does not wait': async ({ send }) => {
      for (const event of events) void send(event)
    },
    'a function that closes': ({ send, close, closed }) => {
      for (const event of events) void send(event)
      close()
      return closed
    },
    'a function that promises an array': async () => events,
    'a function that sends, and promises the rest': async ({ send }) => {
      await send(events[0]!)
      return events.slice(1)
    },
    'a promise of something else': async ({ send }) => {
      await Promise.all(events.map((event) => send(event)))
      return { sent: events.length }
    },
  }
  for (const [name, source] of Object.entries(sources))
    it(`sends events from ${name}`, async () => {
      expect(await (await eventStream(source)).text()).toBe(
        'data: a\n\nevent: e\nid: 7\ndata: b\ndata: c\n\n',
      )
    })

  it('sends events from a ReadableStream', async () => {
    const stream = new ReadableStream<SseEventInit>({
      start(controller) {
        for (const event of events) controller.enqueue(event)
        controller.close()
      },
    })
    expect(await (await eventStream(stream as StreamSource)).text()).toContain('data: a\n\n')
  })

  it('sends payloads under the names of an event map', async () => {
    interface Events {
      token: { text: string }
      error: { code: number }
    }
    const response = await eventStream<Events>(async ({ emit }) => {
      await emit('token', { text: 'a\nb' }, { id: '1' })
      await emit('error', { code: 5 })
      // @ts-expect-error: a payload of another name
      await emit('token', { code: 5 })
      // @ts-expect-error: a name that is not in the map
      await emit('tokens', { text: 'a' })
    })
    expect(await response.text()).toBe(
      'event: token\nid: 1\ndata: {"text":"a\\nb"}\n\nevent: error\ndata: {"code":5}\n\n' +
        'event: token\ndata: {"code":5}\n\nevent: tokens\ndata: {"text":"a"}\n\n',
    )
  })

  it('rejects with `bad-source` for a value that is not a source', async () => {
    for (const source of [{}, null, undefined, 5, Symbol.iterator])
      await expect(eventStream(source as never)).rejects.toMatchObject({ code: 'bad-source' })
    await expect(eventStream('text' as never)).rejects.toMatchObject({
      code: 'wrong-type',
      field: 'data',
    })
  })

  it('reports items that are not events', async () => {
    const promised: StreamSource[] = [
      async () => 'text',
      async () => [undefined],
      async ({ send }) => Promise.all(events.map((event) => send(event))),
    ]
    for (const source of promised) {
      const told: unknown[] = []
      const answer = eventStream(source, { onError: (error) => void told.push(error) })
      const fault = await answer.then(
        async (response) => {
          expect(await response.text()).toContain('event: stream-error\n')
          return told[0]
        },
        (error: unknown) => error,
      )
      expect(fault).toMatchObject({ code: 'wrong-type', field: 'data' })
    }
  })

  it('calls a source function once, before it returns', async () => {
    let calls = 0
    const response = eventStream(async () => void calls++)
    expect(calls).toBe(1)
    await (await response).text()
    expect(calls).toBe(1)
  })
})

describe('batching by turn', () => {
  it('sends what a generator yields in one turn in one chunk', async () => {
    const chunks: string[] = []
    const response = await eventStream(async function* () {
      for (let turn = 0; turn < 3; turn++) {
        for (let i = 0; i < 5; i++) yield { data: `${turn}.${i}` }
        await sleep(5)
      }
    })
    for await (const chunk of chunksOf(response)) chunks.push(chunk)
    expect(chunks).toEqual(
      [0, 1, 2].map((turn) => [0, 1, 2, 3, 4].map((i) => `data: ${turn}.${i}\n\n`).join('')),
    )
  })

  it('sends a single event in its own turn', async () => {
    let turns = 0
    const response = await eventStream(async ({ send, signal }) => {
      await sleep(20)
      await send({ data: 'a' })
      // Turns of the event loop, not time: a busy machine makes each longer, and no more of them.
      for (; !signal.aborted; turns++) await new Promise((resolve) => setTimeout(resolve, 0))
    })
    const chunks = chunksOf(response)
    expect((await chunks.next()).value).toBe(':\n\n')
    expect((await chunks.next()).value).toBe('data: a\n\n')
    expect(turns).toBeLessThan(5)
    await chunks.return()
  })
})

describe('an error', () => {
  it('of the source before the head rejects, so that the framework can answer', async () => {
    const fault = new Error('no such user')
    const sources: StreamSource[] = [
      () => {
        throw fault
      },
      async () => {
        throw fault
      },
      async function* () {
        if (fault) throw fault
        yield { data: '' }
      },
      {
        [Symbol.iterator]() {
          throw fault
        },
      },
    ]
    for (const source of sources) {
      const told: unknown[] = []
      const closed: StreamSummary[] = []
      const options = {
        onError: (error: unknown) => void told.push(error),
        onClose: (s: StreamSummary) => void closed.push(s),
      }
      await expect(eventStream(source, options)).rejects.toBe(fault)
      // Once: the caller that awaits the response has it already.
      expect(told).toEqual([])
      expect(closed).toMatchObject([{ reason: 'error', error: fault, events: 0, bytes: 0 }])
    }
  })

  it('in the first event rejects, and the source is returned', async () => {
    const { source, counts } = counted(() => [{ data: 'a', id: 'b\nc' }].values())
    await expect(eventStream(source)).rejects.toBeInstanceOf(EncodeError)
    expect(counts).toEqual({ asked: 1, returned: 1 })
  })

  const failing = async function* () {
    yield { data: 'a' }
    throw new Error('db password=hunter2 refused')
  }
  const streamError =
    'event: stream-error\ndata: {"message":"The server could not continue this stream."}\n\n'
  /** Without the time after which a client may come back, which is random. */
  const textOf = async (response: Promise<Response>) =>
    (await (await response).text()).replace(/^retry: [345]\d\d\d\n\n/m, '')

  it('after the head becomes one event that does not reveal it', async () => {
    const told: unknown[] = []
    const response = await eventStream(failing, { onError: (error) => void told.push(error) })
    expect(await textOf(Promise.resolve(response))).toBe(`data: a\n\n${streamError}`)
    expect(told).toMatchObject([{ message: 'db password=hunter2 refused' }])
  })

  it('after the head becomes the event that formatError returns', async () => {
    const formatError = (error: unknown) => ({ event: 'problem', data: (error as Error).name })
    expect(await textOf(eventStream(failing, { formatError }))).toBe(
      'data: a\n\nevent: problem\ndata: Error\n\n',
    )
    expect(await textOf(eventStream(failing, { formatError: () => undefined }))).toBe('data: a\n\n')
  })

  it('of formatError itself is reported, and not sent', async () => {
    const told: unknown[] = []
    const options: WebStreamOptions = {
      formatError: () => ({ event: 'a\nb', data: '' }),
      onError: (error) => void told.push(error),
    }
    expect(await textOf(eventStream(failing, options))).toBe(`data: a\n\n${streamError}`)
    expect(told).toMatchObject([{ name: 'Error' }, { code: 'line-break' }])
  })

  it('in a later event ends the stream, and the source is returned', async () => {
    const { source, counts } = counted(() => [{ data: 'a' }, { data: 5 as never }].values())
    expect(await textOf(eventStream(source))).toBe(`data: a\n\n${streamError}`)
    expect(counts).toEqual({ asked: 2, returned: 1 })
  })

  it('send() rejects for an event that cannot be sent, and the stream goes on', async () => {
    const response = await eventStream(async ({ send }) => {
      await expect(send({ data: 'a', event: 'a\nb' })).rejects.toBeInstanceOf(EncodeError)
      await send({ data: 'b' })
    })
    expect(await response.text()).toBe('data: b\n\n')
  })

  it('in an option rejects with `bad-option`', async () => {
    for (const options of [
      { highWaterMark: -1 },
      { heartbeat: Number.NaN },
      { maxDuration: '5' as never },
      { stallTimeout: -5 },
    ])
      await expect(eventStream([], options)).rejects.toMatchObject({ code: 'bad-option' })
    await expect(eventStream([], { retry: 1.5 })).rejects.toMatchObject({ code: 'bad-retry' })
    await expect(
      eventStream([], { heartbeat: { every: 5, event: { data: '', id: '\n' } } }),
    ).rejects.toMatchObject({ code: 'line-break' })
  })

  it('in an option returns the source without asking it for an event', async () => {
    const bad: Record<string, unknown>[] = []
    for (const name of ['highWaterMark', 'maxDuration', 'idleTimeout', 'stallTimeout', 'heartbeat'])
      for (const value of [-1, Number.NaN, -Infinity, '5', null, 5n, true])
        bad.push({ [name]: value })
    bad.push({ heartbeat: { every: -1 } }, { heartbeat: { every: null } })
    bad.push({ retry: -1 }, { retry: null }, { signal: {} })
    for (const options of bad) {
      const { source, counts } = counted(() => endless())
      const told: unknown[] = []
      let thrown: unknown
      await eventStream(source, { ...options, onError: (error) => told.push(error) }).catch(
        (error: unknown) => (thrown = error),
      )
      expect(thrown).toBeInstanceOf(Error)
      if (!('signal' in options))
        expect(['bad-option', 'bad-retry']).toContain((thrown as { code?: string }).code)
      await sleep(0)
      expect(counts).toEqual({ asked: 0, returned: 1 })
      expect(told).toEqual([])
    }
  })
})

describe('a client that does not read', () => {
  for (const [data, name] of [
    ['x'.repeat(200), 'ASCII'],
    ['語'.repeat(70), 'three bytes to the character'],
  ] as const)
    it(`stops the source after as many bytes as it may: ${name}`, async () => {
      let taken = 0
      const response = await eventStream(
        (async function* () {
          for (;;) {
            taken++
            yield { data }
          }
        })(),
        { highWaterMark: 10_000 },
      )
      await untilStill(() => taken)
      const bytes = taken * (new TextEncoder().encode(data).length + 8)
      // What the platform holds comes on top: one piece.
      expect(bytes).toBeGreaterThan(10_000)
      expect(bytes).toBeLessThan(10_000 + 3 * 16_384 + 2 * 300)
      await response.body!.cancel()
    })

  it('gets everything when it reads again', async () => {
    const count = 20_000
    const response = await eventStream(
      async ({ send }) => {
        for (let i = 0; i < count; i++) await send({ data: `${i}` })
      },
      { highWaterMark: 1000 },
    )
    await sleep(20)
    const text = await response.text()
    expect(text).toBe(Array.from({ length: count }, (_, i) => `data: ${i}\n\n`).join(''))
  })

  it('stops the source at once with a high-water mark of 0, until there is room', async () => {
    let taken = 0
    const response = await eventStream(
      (async function* () {
        for (; taken < 50; taken++) yield { data: `${taken}` }
      })(),
      { highWaterMark: 0 },
    )
    await sleep(20)
    expect(taken).toBeLessThan(3)
    expect((await response.text()).match(/^data/gm)).toHaveLength(50)
  })

  it('makes `send` wait, and a source that does not wait is cut off before it fills the memory', async () => {
    let sent = 0
    let end: unknown
    const response = await eventStream(
      async ({ send, signal, closed }) => {
        while (!signal.aborted) {
          void send({ data: 'x'.repeat(1000) })
          sent++
        }
        end = await closed
      },
      { highWaterMark: 1000 },
    )
    await expect(drained(response)).rejects.toMatchObject({ reason: 'slow' })
    expect(end).toMatchObject({ reason: 'slow' })
    expect(sent).toBeLessThan(1200)
  })

  it('is dropped after stallTimeout', async () => {
    const ends: StreamSummary[] = []
    const { source, counts } = counted(() => endless('x'.repeat(100)))
    const response = await eventStream(source, {
      highWaterMark: 1,
      stallTimeout: 300,
      onClose: (end) => void ends.push(end),
    })
    while (ends.length === 0) await sleep(50)
    expect(ends).toMatchObject([{ reason: 'slow' }])
    // The default is a minute.
    expect(ends[0]?.milliseconds).toBeLessThan(30_000)
    expect(counts.returned).toBe(1)
    await expect(drained(response)).rejects.toMatchObject({ name: 'StreamClosed', reason: 'slow' })
  })

  it('is not dropped while nothing waits for it', async () => {
    const response = await eventStream(
      async ({ send }) => {
        await sleep(800)
        await send({ data: 'late' })
      },
      { stallTimeout: 50 },
    )
    const chunks = chunksOf(response)
    await chunks.next()
    expect((await chunks.next()).value).toBe('data: late\n\n')
  })
})

describe('a client that goes', () => {
  it('settles every wait, aborts the signal with the reason and returns the source, once', async () => {
    const seen: unknown[] = []
    const response = await eventStream(
      async ({ send, signal, closed }) => {
        signal.addEventListener('abort', () => seen.push('aborted'))
        void closed.then((end) => seen.push(end.reason))
        try {
          for (;;) await send({ data: 'x'.repeat(1000) })
        } catch (error) {
          seen.push(error === signal.reason)
          throw error
        }
      },
      {
        highWaterMark: 1000,
        onError: (error) => seen.push(['not told', error]),
        onClose: ({ reason }) => seen.push(['close', reason]),
      },
    )
    await sleep(10)
    await response.body!.cancel()
    await sleep(10)
    expect(seen).toEqual(['aborted', ['close', 'client-gone'], 'client-gone', true])
  })

  it('is noticed through the request as well, even where the body is never cancelled', async () => {
    const { source, counts } = counted(() => endless())
    const controller = new AbortController()
    const ends: StreamSummary[] = []
    const response = await eventStream(source, {
      request: request({}, { signal: controller.signal }),
      onClose: (end) => void ends.push(end),
    })
    controller.abort()
    await sleep(5)
    expect(ends).toMatchObject([{ reason: 'client-gone' }])
    expect(counts.returned).toBe(1)
    await expect(drained(response)).rejects.toMatchObject({ reason: 'client-gone' })
  })

  it('before the stream began leaves a function uncalled, and a sequence returned', async () => {
    const { source, counts } = counted(() => endless())
    let called = false
    for (const it of [source, async () => void (called = true)]) {
      const controller = new AbortController()
      controller.abort()
      const response = await eventStream(it, {
        request: request({}, { signal: controller.signal }),
      })
      await expect(drained(response)).rejects.toMatchObject({ reason: 'client-gone' })
    }
    await sleep(5)
    expect(called).toBe(false)
    expect(counts).toEqual({ asked: 0, returned: 1 })
  })

  it('makes later calls of `send` reject, without an unhandled rejection', async () => {
    let stream!: EventStream
    const response = await eventStream((its) => (stream = its).closed)
    await response.body!.cancel()
    void stream.send({ data: 'a' })
    await expect(stream.send({ data: 'a' })).rejects.toBeInstanceOf(StreamClosed)
    expect((stream.signal.reason as StreamClosed).reason).toBe('client-gone')
    await sleep(5)
  })

  it('hides abort errors of the source, and reports its other errors', async () => {
    const told: unknown[] = []
    const options = { onError: (error: unknown) => void told.push(error) }
    const throwing = (error: unknown) => async (stream: EventStream) => {
      await stream.closed
      throw error
    }
    const abort = Object.assign(new Error('aborted'), { name: 'AbortError' })
    const bug = new Error('in the clean-up')
    for (const error of [abort, bug])
      await (await eventStream(throwing(error), options)).body!.cancel()
    const { source } = counted(() => endless())
    const iterator = source[Symbol.asyncIterator]()
    iterator.return = () => Promise.reject(bug)
    await (await eventStream({ [Symbol.asyncIterator]: () => iterator }, options)).body!.cancel()
    await sleep(5)
    expect(told).toEqual([bug, bug])
  })
})

describe('abort at every point', () => {
  for (const highWaterMark of [1, 100_000])
    for (const way of ['cancel', 'request', 'shutdown'] as const)
      it(`${way}, with a high-water mark of ${highWaterMark}`, async () => {
        for (let hops = 0; hops < 60; hops++) {
          const { source, counts } = counted(() => endless('x'.repeat(50)))
          const asking = new AbortController()
          const server = watchedSignal()
          const ends: StreamSummary[] = []
          const errors: unknown[] = []
          const pending = eventStream(source, {
            highWaterMark,
            request: request({}, { signal: asking.signal }),
            signal: server.signal,
            onClose: (end) => void ends.push(end),
            onError: (error) => void errors.push(error),
          })
          const read = async (): Promise<unknown> => {
            const response = await pending
            if (way === 'cancel' && hops % 2 === 0) {
              for (let i = 0; i < hops; i++) await undefined
              return response.body!.cancel()
            }
            const reader = response.body!.getReader()
            for (let i = 0; i < hops / 2; i++) if ((await reader.read()).done) return undefined
            if (way === 'cancel') return reader.cancel()
            // The stream is over when the client has read what was sent before the shutdown.
            if (way === 'shutdown') while (!(await reader.read()).done);
            return reader.closed
          }
          const reading = read()
          for (let i = 0; i < hops; i++) await undefined
          if (way === 'request') asking.abort()
          if (way === 'shutdown') server.abort()
          await reading.catch(() => {})
          await sleep(1)
          expect(ends.map(({ reason }) => reason)).toEqual([
            way === 'shutdown' ? 'shutdown' : 'client-gone',
          ])
          expect(counts.returned).toBe(1)
          expect(errors).toEqual([])
          expect(server.listeners()).toBe(0)
        }
      })
})

describe('an option of the stream', () => {
  it('`signal` ends it after everything that was sent', async () => {
    const { signal, abort, listeners } = watchedSignal()
    const ends: string[] = []
    const response = await eventStream(
      async ({ send, closed }) => {
        await send({ data: 'a' })
        ends.push((await closed).reason)
      },
      { signal },
    )
    expect(listeners()).toBe(1)
    const text = response.text()
    abort()
    expect(await text).toBe('data: a\n\n')
    expect(ends).toEqual(['shutdown'])
    expect(listeners()).toBe(0)
  })

  it('`signal` that has aborted before gives an empty stream, and the source is returned', async () => {
    const controller = new AbortController()
    controller.abort()
    const { source, counts } = counted(() => endless())
    const response = await eventStream(source, { signal: controller.signal })
    expect(await response.text()).toBe('')
    expect(counts).toEqual({ asked: 0, returned: 1 })
  })

  it('`maxDuration` ends it up to a tenth earlier', { retry: 3 }, async () => {
    const durations: number[] = []
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        const response = await eventStream(({ closed }) => closed, {
          maxDuration: 3000,
          onClose: ({ reason, milliseconds }) => {
            expect(reason).toBe('expired')
            durations.push(milliseconds)
          },
        })
        await response.text()
      }),
    )
    expect(Math.min(...durations)).toBeGreaterThanOrEqual(2699)
    expect(Math.max(...durations)).toBeLessThan(3600)
  })

  it('`idleTimeout` ends it only when the source is idle', { retry: 3 }, async () => {
    const ends: StreamSummary[] = []
    const options = { idleTimeout: 600, onClose: (end: StreamSummary) => void ends.push(end) }
    const idle = await eventStream(({ closed }) => closed, options)
    const busy = await eventStream(async function* () {
      for (let i = 0; i < 16; i++) {
        await sleep(100)
        yield { data: 'x' }
      }
    }, options)
    await Promise.all([idle.text(), busy.text()])
    expect(ends.map(({ reason }) => reason)).toEqual(['idle', 'done'])
  })

  it('`retry` is sent first', async () => {
    expect(await (await eventStream([{ data: 'a' }], { retry: 5000 })).text()).toBe(
      'retry: 5000\n\ndata: a\n\n',
    )
  })

  it('`final` sends a last event, and answers 204 to a client that comes back with its id', async () => {
    const text = await (await eventStream([{ data: 'a' }], { final: true })).text()
    expect(text).toBe('data: a\n\nevent: end\nid: tesserae:final\ndata: \n\n')
    let called = false
    const again = await eventStream(async () => void (called = true), {
      request: request({ 'last-event-id': 'tesserae:final' }),
    })
    expect(again.status).toBe(204)
    expect(called).toBe(false)
  })
})

describe('heartbeats', () => {
  const quiet = (heartbeat: WebStreamOptions['heartbeat'], during = 1300) =>
    eventStream(
      async ({ send }) => {
        await send({ data: 'a' })
        await sleep(during)
      },
      { heartbeat },
    ).then((response) => response.text())

  it('are comments by default', { retry: 3 }, async () => {
    expect(await quiet(500)).toMatch(/^data: a\n\n(:\n\n){1,6}$/)
  })
  it('are events on request', { retry: 3 }, async () => {
    expect(await quiet({ every: 500, event: { event: 'ping', data: '' } })).toMatch(
      /^data: a\n\n(event: ping\ndata: \n\n){1,6}$/,
    )
  })
  it('that are events are not sent at the beginning of a stream', async () => {
    const heartbeat = { every: 60_000, event: { event: 'ping', data: '' } }
    const response = await eventStream(async () => sleep(20), { heartbeat })
    expect(await response.text()).toBe(':\n\n')
  })
  it('can be turned off', async () => {
    expect(await quiet(0)).toBe('data: a\n\n')
    expect(await quiet(Infinity)).toBe('data: a\n\n')
  })
  it('are put off by traffic', { retry: 3 }, async () => {
    const response = await eventStream(
      async function* () {
        for (let i = 0; i < 12; i++) {
          yield { data: 'a' }
          await sleep(100)
        }
      },
      { heartbeat: 900 },
    )
    expect(await response.text()).toBe('data: a\n\n'.repeat(12))
  })
  it('do not pile up for a client that does not read', async () => {
    const response = await eventStream(async () => sleep(1000), { heartbeat: 20 })
    await sleep(1100)
    expect((await response.text()).length).toBeLessThan(10)
  })
})

describe('the last event ID', () => {
  const given = async (headers: Record<string, string>, lastEventId?: string) => {
    let seen: string | undefined
    const source = async (stream: EventStream) => void (seen = stream.lastEventId)
    await (await eventStream(source, { request: request(headers), lastEventId })).text()
    return seen
  }
  it('is the header of the request', async () =>
    expect(await given({ 'last-event-id': '42' })).toBe('42'))
  it('is undefined without the header', async () => {
    expect(await given({})).toBe(undefined)
    expect(await given({ 'last-event-id': '' })).toBe(undefined)
  })
  it('is decoded as UTF-8 where it arrives as Latin-1', async () => {
    const latin1 = String.fromCharCode(...new TextEncoder().encode('é語🧩'))
    expect(await given({ 'last-event-id': latin1 })).toBe('é語🧩')
  })
  it('is unchanged when it is not UTF-8', async () => {
    expect(await given({ 'last-event-id': '\xe9' })).toBe('\xe9')
    expect(await given({}, '語 100%')).toBe('語 100%')
    expect(await given({ 'last-event-id': '100%25' })).toBe('100%25')
  })
  it('is replaced by the option `lastEventId`', async () =>
    expect(await given({ 'last-event-id': '1' }, '2')).toBe('2'))
  it('of more than 1,024 bytes is refused', async () => {
    const errors: unknown[] = []
    let called = false
    const response = await eventStream(async () => void (called = true), {
      request: request({ 'last-event-id': 'x'.repeat(1025) }),
      refusal: 'status',
      onError: (error) => void errors.push(error),
    })
    expect([response.status, called]).toEqual([400, false])
    expect(errors).toMatchObject([{ code: 'last-event-id-too-long', status: 400, statusCode: 400 }])
    expect(await given({ 'last-event-id': 'x'.repeat(1024) })).toHaveLength(1024)
  })
})
