import { SseError } from '@tesserae/parser'
import {
  parseStream,
  ResponseError,
  type ParsedStream,
  type ParseStreamOptions,
  type ParseStreamSource,
} from '@tesserae/parser/stream'
import {
  byteByByte,
  endless,
  referenceParse,
  sourceOf,
  watchedSignal,
  withEmptyChunks,
  type SourceOptions,
  type TestSource,
} from '@tesserae/testkit'
import { vectors } from '@tesserae/testkit/vectors'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { utf8 } from './support/bytes.ts'
import { collect } from './support/collect.ts'
import { withClock } from './support/global-clock.ts'
import { expectSame, pendingOf, readEvent, sorted } from './support/outcome.ts'
import { anyStream, cutStream } from './support/streams.ts'

const shapes = {
  iterable: (source: TestSource) => source.iterable(),
  stream: (source: TestSource) => source.stream(),
  response: (source: TestSource) => source.response(),
} satisfies Record<string, (source: TestSource) => ParseStreamSource>

const left = { iterable: 'returned', stream: 'cancelled', response: 'cancelled' } as const

const chunksOf = (...texts: readonly string[]): Uint8Array[] => texts.map(utf8)

/** A turn of the event loop, in which every promise that can be settled is. */
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))

const failureOf = async (promise: Promise<unknown>): Promise<SseError> => {
  try {
    await promise
  } catch (error) {
    if (error instanceof SseError) return error
    throw error
  }
  throw new Error('It did not fail.')
}

describe.each(['iterable', 'stream', 'response'] as const)('from a source as %s', (shape) => {
  const open = (
    chunks: Iterable<Uint8Array>,
    options?: ParseStreamOptions,
    sourceOptions?: SourceOptions,
  ): { source: TestSource; events: ParsedStream } => {
    const source = sourceOf(chunks, sourceOptions)
    return { source, events: parseStream(shapes[shape](source), options) }
  }

  test('every vector comes out, with its verdict', async () => {
    for (const { bytes, ...vector } of vectors) {
      for (const chunks of [[bytes], withEmptyChunks(byteByByte(bytes))]) {
        const { source, events } = open(chunks)
        const found: unknown[] = []
        for await (const event of events) found.push(readEvent(event))
        expect(found, vector.name).toEqual(vector.events)
        expect(events.lastEventId).toBe(vector.lastEventId)
        expect(events.reconnectionTime).toBe(vector.retries.at(-1))
        const { pending } = sorted(referenceParse(bytes))
        expect(events.verdict && pendingOf(events.verdict), vector.name).toEqual(pending)
        expect(source.outcome).toBe('ended')
      }
    }
  })

  test('it is read no further than its consumer, if it is not read ahead', async () => {
    const { source, events } = open(
      endless((index) => utf8(`data: ${index}\n\ndata: ${index}\n\n`)),
      { readAhead: 0 },
    )
    expect(source.requests).toBe(0)
    for (let index = 0; index < 5; index++) {
      await events.next()
      await turn()
      expect([source.requests, source.chunks]).toEqual([index + 1, index + 1])
      // The second one is there already.
      expect((await events.next()).value?.data).toBe(String(index))
      await turn()
      expect(source.requests).toBe(index + 1)
    }
    await events.return()
  })

  test('every event before an error comes first, then the error as it is', async () => {
    const ending = new Error('connection reset')
    const { source, events } = open(
      chunksOf('data: a\n\ndata: b\n\ndata: c\n\nid: 1\ndata: d'),
      {},
      { ending },
    )
    expect(await collect(events)).toEqual({ data: ['a', 'b', 'c'], error: ending })
    expect(events.verdict).toEqual({ complete: false, bytes: 13, fields: ['id'] })
    expect(source.outcome).toBe('failed')
    expect(await events.next()).toEqual({ done: true, value: undefined })
  })

  test('an error between two events is not an end', async () => {
    const { events } = open(chunksOf('data: a\n\n'), {}, { ending: new Error('reset') })
    expect((await collect(events)).data).toEqual(['a'])
    expect(events.verdict).toEqual({ complete: false, bytes: 0, fields: [] })
  })

  test('an event over the limit is an error, after the events before it, and lets go of the source', async () => {
    const { source, events } = open(
      endless((index) => utf8(index === 0 ? 'data: a\n\ndata: ' : 'xxxx')),
      { maxEventBytes: 16 },
    )
    const { data, error } = await collect(events)
    expect(data).toEqual(['a'])
    expect(error).toMatchObject({ code: 'event-too-large', limit: 16, offset: 25 })
    expect(await source.over).toBe(left[shape])
    expect(events.verdict).toBeUndefined()
  })

  test.each([
    [
      'break',
      async (events: ParsedStream) => {
        for await (const _event of events) break
      },
    ],
    [
      'a throw',
      async (events: ParsedStream) => {
        try {
          for await (const _event of events) throw new Error('the consumer’s own')
        } catch (error) {
          expect((error as Error).message).toBe('the consumer’s own')
        }
      },
    ],
    [
      'return()',
      async (events: ParsedStream) => {
        await events.next()
        expect(await events.return()).toEqual({ done: true, value: undefined })
      },
    ],
    [
      'return() before anything was asked for',
      async (events: ParsedStream) => {
        await events.return()
      },
    ],
  ])('%s lets go of it', async (_name, leave) => {
    const { source, events } = open(endless(() => utf8('data: a\n\ndata: b\n\n')))
    await leave(events)
    expect(await source.over).toBe(left[shape])
    const { requests } = source
    expect(await events.next()).toEqual({ done: true, value: undefined })
    expect(await events.return()).toEqual({ done: true, value: undefined })
    expect(events.verdict).toBeUndefined()
    await turn()
    expect(source.requests).toBe(requests)
  })

  test('return() ends a next() that waits', async () => {
    const { source, events } = open(chunksOf('data: a\n\n'), {}, { ending: 'stall' })
    await events.next()
    const waiting = events.next()
    await turn()
    expect(await events.return()).toEqual({ done: true, value: undefined })
    expect(await waiting).toEqual({ done: true, value: undefined })
    expect(await source.over).toBe(left[shape])
  })

  test('calls of next() that overlap get one event each, in order', async () => {
    const { events } = open(byteByByte(utf8('data: a\n\ndata: b\n\ndata: c\n\n')))
    const results = await Promise.all([1, 2, 3, 4, 5].map(() => events.next()))
    expect(results.map(({ done, value }) => [done, value?.data])).toEqual([
      [false, 'a'],
      [false, 'b'],
      [false, 'c'],
      [true, undefined],
      [true, undefined],
    ])
  })

  test('calls of next() that overlap get the error once', async () => {
    const ending = new Error('reset')
    const { events } = open(chunksOf('data: a\n\n'), {}, { ending })
    const results = await Promise.allSettled([1, 2, 3].map(() => events.next()))
    expect(results).toMatchObject([
      { status: 'fulfilled', value: { done: false, value: { data: 'a' } } },
      { status: 'rejected', reason: ending },
      { status: 'fulfilled', value: { done: true } },
    ])
  })

  test('two loops share it', async () => {
    const { source, events } = open(byteByByte(utf8('data: a\n\ndata: b\n\n')))
    const seen: string[] = []
    const loop = async (): Promise<void> => {
      for await (const { data } of events) seen.push(data)
    }
    await Promise.all([loop(), loop()])
    expect(seen).toEqual(['a', 'b'])
    expect(source.outcome).toBe('ended')
  })

  describe('a signal', () => {
    test.each([
      ['a reason', new Error('enough')],
      ['a reason that is not an error', 'enough'],
      ['a reason that is false', 0],
    ])('that was aborted before, with %s, ends it before it begins', async (_name, reason) => {
      const { source, events } = open(
        endless(() => utf8('data: a\n\n')),
        {
          signal: AbortSignal.abort(reason),
        },
      )
      expect(await collect(events)).toEqual({ data: [], error: reason })
      expect(await source.over).toBe(left[shape])
      expect(source.chunks).toBe(0)
    })

    test('ends it while nothing arrives', async () => {
      const { signal, abort, listeners } = watchedSignal()
      const { source, events } = open(chunksOf('data: a\n\n'), { signal }, { ending: 'stall' })
      await events.next()
      const waiting = collect(events)
      await turn()
      const reason = new Error('enough')
      abort(reason)
      expect(await waiting).toEqual({ data: [], error: reason })
      expect(await source.over).toBe(left[shape])
      if (shape !== 'iterable') expect(source.reason).toBe(reason)
      expect(listeners()).toBe(0)
      expect(events.verdict).toBeUndefined()
      expect(await events.next()).toEqual({ done: true, value: undefined })
    })

    test('ends it while events wait', async () => {
      const { signal, abort } = watchedSignal()
      const { source, events } = open(
        endless(() => utf8('data: a\n\ndata: b\n\n')),
        { signal },
      )
      await events.next()
      abort()
      const { data, error } = await collect(events)
      expect(data).toEqual([])
      expect((error as DOMException).name).toBe('AbortError')
      expect(await source.over).toBe(left[shape])
    })

    test('has one listener while there is something to end, and none after', async () => {
      const { signal, listeners } = watchedSignal()
      const idle = open(chunksOf('data: a\n\n'), { signal })
      expect(listeners()).toBe(1)
      await idle.events.next()
      expect(listeners()).toBe(1)
      await idle.events.next()
      expect(listeners()).toBe(0)

      const failing = open([], { signal }, { ending: new Error('reset') })
      await expect(failing.events.next()).rejects.toThrow('reset')
      expect(listeners()).toBe(0)

      const limited = open(chunksOf('data: a\n\n'), { signal, maxEventBytes: 1 })
      await expect(limited.events.next()).rejects.toThrow(SseError)
      expect(listeners()).toBe(0)

      const abandoned = open(
        endless(() => utf8('data: a\n\n')),
        { signal },
      )
      for await (const _event of abandoned.events) break
      expect(listeners()).toBe(0)
    })

    test('that is aborted later means nothing any more', async () => {
      const { signal, abort } = watchedSignal()
      const { source, events } = open(chunksOf('data: a\n\n'), { signal })
      expect(await collect(events)).toEqual({ data: ['a'], error: undefined })
      abort()
      expect(await events.next()).toEqual({ done: true, value: undefined })
      expect(source.outcome).toBe('ended')
    })
  })

  describe('the clock', () => {
    const ping = utf8(': ping\n\n')

    test('idleTimeout ends it when no byte comes for so long', () =>
      withClock(async (clock) => {
        const { source, events } = open(
          chunksOf('data: a\n\n'),
          { idleTimeout: 1_000 },
          { ending: 'stall' },
        )
        expect((await events.next()).value?.data).toBe('a')
        const failure = failureOf(events.next())
        await clock.advance(999)
        expect(source.outcome).toBeUndefined()
        await clock.advance(1)
        const error = await failure
        expect([error.code, error.limit, error.offset]).toEqual(['idle-timeout', 1_000, undefined])
        expect(error.message).toBe(
          'No byte came for 1000 ms: request again, or raise `idleTimeout`.',
        )
        expect(await source.over).toBe(left[shape])
        expect(events.verdict).toEqual({ complete: false, bytes: 0, fields: [] })
        expect(clock.timers).toBe(0)
      }))

    test('idleTimeout hears heartbeats', () =>
      withClock(async (clock) => {
        const { source, events } = open(
          [...Array.from({ length: 10 }, () => ping), utf8('data: a\n\n')],
          { idleTimeout: 1_000 },
          { delay: 900, clock },
        )
        const next = events.next()
        await clock.advance(11 * 900)
        expect((await next).value?.data).toBe('a')
        expect((await events.next()).done).toBe(true)
        expect(source.outcome).toBe('ended')
        expect(clock.timers).toBe(0)
      }))

    test('eventTimeout does not', () =>
      withClock(async (clock) => {
        const { source, events } = open(
          endless(() => ping),
          { idleTimeout: 1_000, eventTimeout: 5_000 },
          { delay: 900, clock },
        )
        const failure = failureOf(events.next())
        await clock.advance(4_999)
        expect(source.outcome).toBeUndefined()
        await clock.advance(1)
        const error = await failure
        expect([error.code, error.limit]).toEqual(['event-timeout', 5_000])
        expect(error.message).toBe(
          'No event came for 5000 ms: request again, or raise `eventTimeout`.',
        )
        expect(await source.over).toBe(left[shape])
        expect(clock.timers).toBe(0)
      }))

    test('eventTimeout begins anew with each event', () =>
      withClock(async (clock) => {
        const { events } = open(
          [ping, utf8('data: a\n\n'), ping, utf8('data: b\n\n')],
          { eventTimeout: 2_000 },
          { delay: 900, clock },
        )
        const data: unknown[] = []
        const reading = (async () => {
          for await (const event of events) data.push(event.data)
        })()
        await clock.advance(4 * 900)
        await reading
        expect(data).toEqual(['a', 'b'])
        expect(clock.timers).toBe(0)
      }))

    test('whichever is first counts', () =>
      withClock(async (clock) => {
        for (const [idleTimeout, eventTimeout, code] of [
          [100, 200, 'idle-timeout'],
          [200, 100, 'event-timeout'],
        ] as const) {
          const { events } = open([], { idleTimeout, eventTimeout }, { ending: 'stall' })
          const failure = failureOf(events.next())
          await clock.advance(100)
          expect((await failure).code).toBe(code)
        }
      }))

    test('the time that the consumer takes for itself does not count', () =>
      withClock(async (clock) => {
        const { events } = open(
          chunksOf('data: a\n\ndata: b\n\n', 'data: c\n\n'),
          { idleTimeout: 1_000, eventTimeout: 1_000 },
          { delay: 10, clock },
        )
        for (const data of ['a', 'b', 'c']) {
          const next = events.next()
          await clock.advance(10)
          expect((await next).value?.data).toBe(data)
          await clock.advance(60_000)
          expect(clock.timers).toBe(0)
        }
      }))

    test.each([Infinity, 2 ** 31, 2 ** 40, undefined])('%s is for ever, and no timer', (timeout) =>
      withClock(async (clock) => {
        const { source, events } = open(
          chunksOf('data: a\n\n'),
          { idleTimeout: timeout, eventTimeout: timeout },
          { ending: 'stall' },
        )
        await events.next()
        const waiting = events.next()
        await clock.advance(86_400_000)
        expect([clock.timers, source.outcome]).toEqual([0, undefined])
        await events.return()
        expect((await waiting).done).toBe(true)
      }),
    )

    test.each(['return', 'abort'] as const)('%s() stops it', (how) =>
      withClock(async (clock) => {
        const { signal, abort } = watchedSignal()
        const { events } = open([], { signal, idleTimeout: 1_000 }, { ending: 'stall' })
        const waiting = collect(events)
        await clock.advance(10)
        expect(clock.timers).toBe(1)
        if (how === 'return') await events.return()
        else abort()
        await waiting
        expect(clock.timers).toBe(0)
      }),
    )
  })

  describe('an event that the stream broke off in', () => {
    const chunks = chunksOf('data: a\n\ndata: b\n\nid: 1\ndata: c')
    const verdict = { complete: false, bytes: 13, fields: ['id'] }

    test.each([undefined, 'discard'] as const)('is dropped with %s', async (incomplete) => {
      const { events } = open(chunks, { incomplete })
      expect(events.verdict).toBeUndefined()
      expect(await collect(events)).toEqual({ data: ['a', 'b'], error: undefined })
      expect(events.verdict).toEqual(verdict)
      expect(events.lastEventId).toBe('')
    })

    test("is an event with 'dispatch'", async () => {
      const { events } = open(chunks, { incomplete: 'dispatch' })
      expect(await collect(events)).toEqual({ data: ['a', 'b', 'c'], error: undefined })
      expect(events.verdict).toEqual(verdict)
      expect(events.lastEventId).toBe('1')
    })

    test("is an error with 'error', after the events", async () => {
      const { events } = open(chunks, { incomplete: 'error' })
      const { data, error } = await collect(events)
      expect(data).toEqual(['a', 'b'])
      expect(error).toBeInstanceOf(SseError)
      expect(error).toMatchObject({ code: 'incomplete-event', offset: 31 })
      expect(events.verdict).toEqual(verdict)
      expect(await events.next()).toEqual({ done: true, value: undefined })
    })

    test.each([undefined, 'dispatch', 'error'] as const)(
      'that is none changes nothing with %s',
      async (incomplete) => {
        const { events } = open(chunksOf('data: a\n\n', ': c\n'), { incomplete })
        expect(await collect(events)).toEqual({ data: ['a'], error: undefined })
        expect(events.verdict).toEqual({ complete: true })
      },
    )

    test.each([
      ['discard', ['a', 'b']],
      ['dispatch', ['a', 'b', 'c']],
      ['error', ['a', 'b']],
    ] as const)(
      'by an error of the source, with %s: the error is the source’s',
      async (incomplete, data) => {
        const ending = new Error('reset')
        const { events } = open(chunks, { incomplete }, { ending })
        expect(await collect(events)).toEqual({ data, error: ending })
        expect(events.verdict).toEqual(verdict)
      },
    )
  })

  test('options go to the parser', async () => {
    const seen: unknown[] = []
    const { events } = open(chunksOf(': c\nretry: 5\nx: y\ndata: a\n\n'), {
      lastEventId: '41',
      onComment: (comment) => seen.push(comment),
      onRetry: (retry) => seen.push(retry),
      onUnknownField: (...field) => seen.push(field),
    })
    expect(events.lastEventId).toBe('41')
    expect((await events.next()).value?.lastEventId).toBe('41')
    expect(seen).toEqual([' c', 5, ['x', 'y']])
    expect(events.reconnectionTime).toBe(5)
  })

  test('an error of a callback is that of the stream', async () => {
    const error = new Error('the callback’s own')
    const { source, events } = open(
      endless(() => utf8('data: a\n\n: c\n')),
      {
        onComment: () => {
          throw error
        },
      },
    )
    expect(await collect(events)).toEqual({ data: ['a'], error })
    expect(await source.over).toBe(left[shape])
  })

  test('what it yields has to be bytes', async () => {
    const strings = ['data: a\n\n'] as unknown as Uint8Array[]
    const source = shape === 'iterable' ? strings : stringStream(strings, shape)
    const { data, error } = await collect(parseStream(source))
    expect(data).toEqual([])
    expect(error).toBeInstanceOf(TypeError)
  })
})

function stringStream(
  strings: readonly Uint8Array[],
  shape: 'stream' | 'response',
): ParseStreamSource {
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const string of strings) controller.enqueue(string)
      controller.close()
    },
  })
  if (shape === 'stream') return stream
  // Not every platform makes a response of such a stream, so this one only looks like it.
  return {
    ok: true,
    status: 200,
    headers: new Headers({ 'content-type': 'text/event-stream' }),
    body: stream,
  } as Response
}

describe('from an iterable', () => {
  test.each([
    ['an array', () => chunksOf('data: a\n\nda', 'ta: b\n\n')],
    ['a set', () => new Set(chunksOf('data: a\n\nda', 'ta: b\n\n'))],
    [
      'a generator',
      function* () {
        yield* chunksOf('data: a\n\nda', 'ta: b\n\n')
      },
    ],
    [
      'an async generator',
      async function* () {
        yield* chunksOf('data: a\n\nda', 'ta: b\n\n')
      },
    ],
    [
      'something that is only iterable',
      () => ({
        [Symbol.iterator]: () => chunksOf('data: a\n\ndata: b\n\n')[Symbol.iterator](),
      }),
    ],
  ])('that is %s', async (_name, make) => {
    expect(await collect(parseStream(make()))).toEqual({ data: ['a', 'b'], error: undefined })
  })

  test('a generator is finished where its consumer leaves, and fails with its error', async () => {
    const steps: string[] = []
    async function* source() {
      try {
        yield utf8('data: a\n\ndata: b\n\n')
        throw new Error('reset')
      } finally {
        steps.push('finally')
      }
    }
    for await (const _event of parseStream(source())) break
    await turn()
    expect(steps).toEqual(['finally'])
    const { data, error } = await collect(parseStream(source()))
    expect(data).toEqual(['a', 'b'])
    expect((error as Error).message).toBe('reset')
  })

  test('a return() that fails is ignored', async () => {
    for (const fail of [
      () => {
        throw new Error('at once')
      },
      () => Promise.reject(new Error('later')),
    ]) {
      const source = {
        [Symbol.asyncIterator]: () => ({
          next: async () => ({ done: false, value: utf8('data: a\n\n') }) as const,
          return: fail,
        }),
      }
      const seen: string[] = []
      for await (const { data } of parseStream(source)) {
        seen.push(data)
        break
      }
      expect(seen).toEqual(['a'])
      await turn()
    }
  })

  test('is the same as the parser says, for every stream', async () => {
    await fc.assert(
      fc.asyncProperty(cutStream(anyStream()), async ({ bytes, chunks }) => {
        const events = parseStream(chunks)
        const found: unknown[] = []
        for await (const event of events) found.push(readEvent(event))
        const { events: expected, pending } = sorted(referenceParse(bytes))
        expectSame(found, expected)
        expectSame(events.verdict && pendingOf(events.verdict), pending)
      }),
      { numRuns: 3 * (fc.readConfigureGlobal().numRuns ?? 100) },
    )
  })

  test('nothing else is a source, and a wrong source rejects at once', () => {
    const bytes = new TextEncoder().encode('data: a\n\n')
    for (const source of [undefined, 5, {}, 'data: a\n\n', bytes]) {
      const start = () => parseStream(source as unknown as ParseStreamSource)
      expect(start, String(source)).toThrow(TypeError)
      expect(start, String(source)).not.toThrow('data')
    }
    const forgotten = Promise.resolve(new Response('')) as unknown as ParseStreamSource
    expect(() => parseStream(forgotten)).toThrow('not Promise: await it first')
  })

  test('no body ends at once', async () => {
    const events = parseStream(new Response(null).body)
    expect((await collect(events)).data).toEqual([])
    expect(events.verdict).toEqual({ complete: true })
  })
})

test('options that are wrong are refused at once', () => {
  expect(() => parseStream([], { maxEventBytes: -1 })).toThrow(RangeError)
  for (const wrong of [-1, Number.NaN, '5s' as unknown as number]) {
    expect(() => parseStream([], { idleTimeout: wrong })).toThrow('`idleTimeout` has to be')
    expect(() => parseStream([], { eventTimeout: wrong })).toThrow('`eventTimeout` has to be')
  }
})

test('a clock that is set to 0 is off', async () => {
  const slow = (async function* () {
    await new Promise((resolve) => setTimeout(resolve, 20))
    yield new TextEncoder().encode('data: a\n\n')
  })()
  const { data, error } = await collect(parseStream(slow, { idleTimeout: 0, eventTimeout: 0 }))
  expect(data).toEqual(['a'])
  expect(error).toBeUndefined()
})

describe('from a response', () => {
  test.each([
    'text/event-stream',
    'text/event-stream;',
    'text/event-stream; charset=utf-8',
    'text/event-stream ;charset=windows-1252',
    'TEXT/Event-Stream;Charset=UTF-8',
  ])('the type %s is right', async (type) => {
    const source = sourceOf(chunksOf('data: ok…\n\n'))
    const response = source.response({ headers: { 'content-type': type } })
    expect(await collect(parseStream(response))).toEqual({ data: ['ok…'], error: undefined })
  })

  test.each([
    'text/html',
    'application/json; charset=utf-8',
    'text/event-streams',
    'text/event-stream2; charset=utf-8',
    'x text/event-stream',
    'text/plain; text/event-stream',
    'application/text/event-stream',
    'text/event-stream, text/html',
  ])('the type %s is an error', async (type) => {
    const source = sourceOf(chunksOf('<html>'), { ending: 'close' })
    const response = source.response({ headers: { 'content-type': type } })
    const error = (await failureOf(parseStream(response).next())) as ResponseError
    expect(error).toBeInstanceOf(ResponseError)
    expect(error).toMatchObject({
      name: 'ResponseError',
      code: 'bad-content-type',
      status: 200,
      contentType: type,
      excerpt: '<html>',
      message:
        'The response is not `text/event-stream`: see `contentType` and `excerpt`. Pass `response.body` to read it anyway.',
    })
  })

  test('no type is an error too', async () => {
    const response = new Response(utf8('data: a\n\n'))
    const error = (await failureOf(parseStream(response).next())) as ResponseError
    expect(error).toMatchObject({
      code: 'bad-content-type',
      contentType: null,
      excerpt: 'data: a\n\n',
    })
  })

  test.each([400, 401, 404, 429, 500, 503])(
    'the status %i is an error, whatever the type',
    async (status) => {
      for (const type of ['application/json', 'text/event-stream']) {
        const source = sourceOf(chunksOf('{"error":', '"sk-secret"}'))
        const response = source.response({ status, headers: { 'content-type': type } })
        const events = parseStream(response)
        const error = (await failureOf(events.next())) as ResponseError
        expect(error).toBeInstanceOf(ResponseError)
        expect(error).toMatchObject({
          code: 'bad-status',
          status,
          contentType: type,
          excerpt: '{"error":"sk-secret"}',
          message: `The response has status ${status}: see \`excerpt\` for what the server says. Pass \`response.body\` to read it anyway.`,
        })
        expect(events.verdict).toBeUndefined()
        expect(await events.next()).toEqual({ done: true, value: undefined })
      }
    },
  )

  test('a body that was asked for by itself has no status', async () => {
    const response = sourceOf(chunksOf('data: a\n\n')).response({ status: 500 })
    expect(await collect(parseStream(response.body as ReadableStream<Uint8Array>))).toEqual({
      data: ['a'],
      error: undefined,
    })
  })

  test.each([204, 205])('%i has nothing to come', async (status) => {
    const events = parseStream(new Response(null, { status }))
    expect(await collect(events)).toEqual({ data: [], error: undefined })
    expect(events.verdict).toEqual({ complete: true })
  })

  test('an error without a body has an empty excerpt', async () => {
    const error = (await failureOf(
      parseStream(new Response(null, { status: 500 })).next(),
    )) as ResponseError
    expect([error.status, error.contentType, error.excerpt]).toEqual([500, null, ''])
  })

  test('an excerpt is at most 4 KiB, and no more is read', async () => {
    const source = sourceOf(endless(() => utf8('0123456789'.repeat(100))))
    const error = (await failureOf(
      parseStream(source.response({ status: 500 })).next(),
    )) as ResponseError
    expect(error.excerpt).toHaveLength(4_096)
    expect(source.bytes).toBe(5_000)
    expect(await source.over).toBe('cancelled')
  })

  test('an excerpt of bytes that are not text is text', async () => {
    const response = new Response(Uint8Array.of(0x61, 0xff, 0xf0, 0x9f), { status: 500 })
    const error = (await failureOf(parseStream(response).next())) as ResponseError
    expect(error.excerpt).toBe('a\u{fffd}\u{fffd}')
  })

  test('an excerpt takes at most a second', () =>
    withClock(async (clock) => {
      const source = sourceOf(chunksOf('half a '), { ending: 'stall' })
      const failure = failureOf(parseStream(source.response({ status: 500 })).next())
      let settled = false
      void failure.then(() => (settled = true))
      await clock.advance(999)
      expect(settled).toBe(false)
      await clock.advance(1)
      expect(((await failure) as ResponseError).excerpt).toBe('half a ')
      expect(await source.over).toBe('cancelled')
      expect(clock.timers).toBe(0)
    }))

  test('a body that breaks off leaves its beginning', async () => {
    const source = sourceOf(chunksOf('half a '), { ending: new Error('reset') })
    const error = (await failureOf(
      parseStream(source.response({ status: 500 })).next(),
    )) as ResponseError
    expect([error.code, error.excerpt]).toEqual(['bad-status', 'half a '])
  })

  test('leaves no listener and no timer after an error', () =>
    withClock(async (clock) => {
      const { signal, listeners } = watchedSignal()
      const response = sourceOf(chunksOf('no')).response({ status: 500 })
      await failureOf(parseStream(response, { signal, idleTimeout: 10 }).next())
      expect([listeners(), clock.timers]).toEqual([0, 0])
    }))

  test('that was read already is an error', async () => {
    const response = sourceOf(chunksOf('data: a\n\n')).response()
    await response.text()
    expect((await collect(parseStream(response))).error).toMatchObject({ code: 'source-used' })
  })

  test('a signal does not wait for an excerpt', () =>
    withClock(async (clock) => {
      const { signal, abort, listeners } = watchedSignal()
      const source = sourceOf([], { ending: 'stall' })
      const events = parseStream(source.response({ status: 500 }), { signal })
      const waiting = collect(events)
      await clock.advance(10)
      let found: unknown
      void waiting.then((collected) => (found = collected))
      abort('enough')
      await clock.advance(0)
      expect(found).toEqual({ data: [], error: 'enough' })
      expect(await source.over).toBe('cancelled')
      expect([listeners(), clock.timers]).toEqual([0, 0])
    }))
})

test('an event is valid after the next one was asked for', async () => {
  const kept: unknown[] = []
  for await (const event of parseStream(byteByByte(utf8('data: a\n\ndata: b\n\n'))))
    kept.push(event)
  expect(kept.map((event) => (event as { data: string }).data)).toEqual(['a', 'b'])
})
