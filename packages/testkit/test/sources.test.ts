import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  byteByByte,
  endless,
  manualClock,
  sourceOf,
  TestkitError,
  type SourceOptions,
} from '@tesserae/testkit'

const utf8 = (text: string) => new TextEncoder().encode(text)
const letters = (text: string) => byteByByte(utf8(text))

/** Reads to the end, in each of the shapes, and says what came. */
const readers = {
  iterable: async (source: ReturnType<typeof sourceOf>) => collect(source.iterable()),
  stream: async (source: ReturnType<typeof sourceOf>) => collect(iterate(source.stream())),
  response: async (source: ReturnType<typeof sourceOf>) =>
    collect(iterate(source.response().body as ReadableStream<Uint8Array>)),
}

async function collect(chunks: AsyncIterable<Uint8Array>) {
  let text = ''
  try {
    for await (const chunk of chunks) text += new TextDecoder().decode(chunk)
    return { text }
  } catch (error) {
    return { text, error }
  }
}

/** Not every runtime can iterate over a stream. */
async function* iterate(stream: ReadableStream<Uint8Array>) {
  const reader = stream.getReader()
  for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value
}

describe.each(Object.entries(readers))('as %s', (_shape, read) => {
  test('all chunks arrive, then the end', async () => {
    const source = sourceOf(letters('abc'))
    expect(await read(source)).toEqual({ text: 'abc' })
    expect(await source.over).toBe('ended')
    expect(source).toMatchObject({
      outcome: 'ended',
      chunks: 3,
      bytes: 3,
      requests: 4,
      reason: undefined,
    })
  })

  test('an error comes after the chunks before it, as it was given', async () => {
    const error = new Error('reset')
    const source = sourceOf(letters('abcdef'), { afterChunks: 2, ending: error })
    const result = await read(source)
    expect(result.text).toBe('ab')
    expect(result.error).toBe(error)
    expect(source).toMatchObject({ outcome: 'failed', chunks: 2, bytes: 2 })
    expect(await source.over).toBe('failed')
  })

  test('the last chunk is cut short where the bytes end', async () => {
    const source = sourceOf([utf8('data: a'), utf8('\n\ndata: b\n\n')], { afterBytes: 12 })
    expect(await read(source)).toEqual({ text: 'data: a\n\ndat' })
    expect(source).toMatchObject({ outcome: 'ended', chunks: 2, bytes: 12 })
  })

  test('empty chunks arrive, too', async () => {
    const source = sourceOf([utf8(''), utf8('a'), utf8('')])
    expect(await read(source)).toEqual({ text: 'a' })
    expect(source.chunks).toBe(3)
  })

  test('what the chunks throw is thrown', async () => {
    function* broken() {
      yield utf8('a')
      throw new Error('out of chunks')
    }
    const source = sourceOf(broken())
    const result = await read(source)
    expect(result.text).toBe('a')
    expect((result.error as Error).message).toBe('out of chunks')
    expect(source.outcome).toBe('failed')
  })

  test('whatever the options, counts are those of what was read', async () => {
    const options = fc.record<SourceOptions>(
      {
        afterChunks: fc.nat({ max: 6 }),
        afterBytes: fc.nat({ max: 12 }),
        ending: fc.constantFrom('close' as const, new Error('end')),
      },
      { requiredKeys: [] },
    )
    const chunks = fc.array(fc.string({ unit: 'grapheme-ascii', maxLength: 4 }), { maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(chunks, options, async (texts, options) => {
        const source = sourceOf(texts.map(utf8), options)
        const { text, error } = await read(source)
        const kept = texts.slice(0, options.afterChunks).join('').slice(0, options.afterBytes)
        let count = 0
        let bytes = 0
        while (count < Math.min(texts.length, options.afterChunks ?? Infinity)) {
          if (bytes >= (options.afterBytes ?? Infinity)) break
          bytes += texts[count++]?.length ?? 0
        }
        expect(text).toBe(kept)
        expect(source.bytes).toBe(kept.length)
        expect(source.chunks).toBe(count)
        expect(error).toBe(options.ending instanceof Error ? options.ending : undefined)
      }),
    )
  })
})

describe('a stall', () => {
  test('lasts until the stream is cancelled, with the reason', async () => {
    const source = sourceOf(letters('ab'), { ending: 'stall' })
    const reader = source.stream().getReader()
    await reader.read()
    await reader.read()
    const waiting = reader.read()
    await expect(Promise.race([waiting, Promise.resolve('waiting')])).resolves.toBe('waiting')
    expect(source.outcome).toBeUndefined()
    await reader.cancel('enough')
    expect(await waiting).toEqual({ done: true, value: undefined })
    expect(source).toMatchObject({ outcome: 'cancelled', reason: 'enough', chunks: 2 })
    expect(await source.over).toBe('cancelled')
  })

  test('lasts until the iterator is returned, which ends a request that waits', async () => {
    const source = sourceOf([], { ending: 'stall' })
    const iterator = source.iterable()
    const waiting = iterator.next()
    expect(await iterator.return?.()).toEqual({ done: true, value: undefined })
    expect(await waiting).toEqual({ done: true, value: undefined })
    expect(await source.over).toBe('returned')
  })

  test('of a response lasts until its body is cancelled', async () => {
    const source = sourceOf(letters('a'), { ending: 'stall' })
    const response = source.response({ status: 203, headers: { 'x-test': '1' } })
    expect(response.status).toBe(203)
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    expect(response.headers.get('x-test')).toBe('1')
    await response.body?.cancel('done')
    expect(source).toMatchObject({ outcome: 'cancelled', reason: 'done' })
  })

  test('of a response may be of another type', () => {
    const response = sourceOf([]).response({ headers: { 'Content-Type': 'text/plain' } })
    expect(response.headers.get('content-type')).toBe('text/plain')
  })
})

describe('what a consumer does is counted', () => {
  test('leaving a loop early returns the iterator', async () => {
    const source = sourceOf(letters('abc'))
    for await (const _chunk of source.iterable()) break
    expect(source).toMatchObject({ outcome: 'returned', chunks: 1, requests: 1 })
  })

  test('a return after the end is none', async () => {
    const source = sourceOf(letters('a'))
    const iterator = source.iterable()
    await iterator.next()
    await iterator.next()
    await iterator.return?.()
    expect(source.outcome).toBe('ended')
  })

  test('nothing is taken before it is asked for', async () => {
    const source = sourceOf(letters('abc'))
    const reader = source.stream().getReader()
    await Promise.resolve()
    expect(source.requests).toBe(0)
    await reader.read()
    expect(source).toMatchObject({ requests: 1, chunks: 1 })
  })

  test('chunks may be taken ahead', async () => {
    const source = sourceOf(letters('abcdef'), { highWaterMark: 2 })
    const reader = source.stream().getReader()
    await reader.read()
    await new Promise((resolve) => setTimeout(resolve, 0))
    expect(source.chunks).toBe(3)
  })

  test('requests that are made at once are served in order', async () => {
    const iterator = sourceOf(letters('abc'), { delay: (index) => 3 - index }).iterable()
    const results = await Promise.all([
      iterator.next(),
      iterator.next(),
      iterator.next(),
      iterator.next(),
    ])
    expect(results.map(({ value }) => value?.[0])).toEqual([97, 98, 99, undefined])
  })

  test('after a failure the source is at its end', async () => {
    const iterator = sourceOf([], { ending: new Error('reset') }).iterable()
    const first = iterator.next()
    const second = iterator.next()
    await expect(first).rejects.toThrow('reset')
    expect(await second).toEqual({ done: true, value: undefined })
  })

  test('an endless source makes no more than is asked for, and is closed', async () => {
    let made = 0
    let closed = false
    function* chunks() {
      try {
        yield* endless((index) => ((made = index + 1), utf8('x')))
      } finally {
        closed = true
      }
    }
    const source = sourceOf(chunks())
    let read = 0
    for await (const _chunk of source.iterable()) if (++read === 1000) break
    expect({ made, closed }).toEqual({ made: 1000, closed: true })
  })

  test('a source is one connection', () => {
    for (const second of ['iterable', 'stream', 'response'] as const) {
      const source = sourceOf([])
      source.iterable()
      expect(() => source[second]()).toThrow(TestkitError)
    }
  })

  test.each([{ afterChunks: -1 }, { afterBytes: Number.NaN }])('%j is refused', (options) => {
    expect(() => sourceOf([], options)).toThrow(TestkitError)
  })
})

describe('a drip', () => {
  test('is timed by a clock that the test moves', async () => {
    const clock = manualClock()
    const source = sourceOf(letters('abc'), { delay: 60_000, clock })
    const reading = readers.iterable(source)
    await clock.advance(59_999)
    expect(source.chunks).toBe(0)
    await clock.advance(1)
    expect(source.chunks).toBe(1)
    await clock.advance(120_000)
    expect(await reading).toEqual({ text: 'abc' })
    expect(clock.timers).toBe(0)
  })

  test('has a delay for each chunk', async () => {
    const clock = manualClock()
    const source = sourceOf(letters('abc'), { delay: (index) => index * 10, clock })
    const iterator = source.iterable()
    const arrivals: number[] = []
    const reading = (async () => {
      for await (const _chunk of iterator) arrivals.push(clock.now())
    })()
    await clock.advance(100)
    await reading
    expect(arrivals).toEqual([0, 10, 30])
  })

  test('leaves no timer when it is cancelled', async () => {
    const clock = manualClock()
    const source = sourceOf(letters('abc'), { delay: 1000, clock })
    const reader = source.stream().getReader()
    const waiting = reader.read()
    await clock.advance(10)
    expect(clock.timers).toBe(1)
    await reader.cancel()
    await waiting
    await clock.advance(0)
    expect(clock.timers).toBe(0)
    expect(source).toMatchObject({ outcome: 'cancelled', chunks: 0 })
  })

  test('is timed by the platform otherwise', async () => {
    const source = sourceOf(letters('ab'), { delay: 5 })
    const start = Date.now()
    expect(await readers.stream(source)).toEqual({ text: 'ab' })
    // Timers may be a millisecond early by this clock, each.
    expect(Date.now() - start).toBeGreaterThanOrEqual(8)
  })
})
