import { type SseError } from '@tesserae/parser'
import { parseStream, type ParseStreamOptions } from '@tesserae/parser/stream'
import { describe, expect, test } from 'vitest'
import { utf8 } from './support/bytes.ts'
import { collect } from './support/collect.ts'

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))

/** A stream that is fed by the test, and counts how often it was pulled. */
function fed() {
  let controller: ReadableStreamDefaultController<Uint8Array>
  const stream = new ReadableStream<Uint8Array>({ start: (given) => void (controller = given) })
  return {
    stream,
    send: (text: string) => controller.enqueue(utf8(text)),
    fail: (error: unknown) => controller.error(error),
    close: () => controller.close(),
  }
}

/** A source that always has a chunk of `size` bytes, and counts them. */
function endless(size: number) {
  const counts = { pulls: 0, cancelled: false }
  const block = `data: ${'x'.repeat(size - 8)}\n\n`
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        counts.pulls++
        controller.enqueue(utf8(block))
      },
      cancel: () => void (counts.cancelled = true),
    },
    { highWaterMark: 0 },
  )
  return { stream, counts }
}

describe('a stream that is read ahead', () => {
  test('delivers events that had arrived before it failed, although the consumer is slow', async () => {
    const { stream, send, fail } = fed()
    const events = parseStream(stream)
    const data: string[] = []
    const first = events.next()
    send('data: 1\n\n')
    data.push((await first).value?.data ?? '')
    for (let index = 2; index <= 5; index++) {
      send(`data: ${index}\n\n`)
      await turn()
    }
    fail(new Error('connection reset'))
    await turn()
    const rest = await collect(events)
    expect([...data, ...rest.data]).toEqual(['1', '2', '3', '4', '5'])
    expect(rest.error).toEqual(new Error('connection reset'))
    expect(events.verdict).toEqual({ complete: false, bytes: 0, fields: [] })
  })

  test('loses them if it is not read ahead, which shows that this can be seen', async () => {
    const { stream, send, fail } = fed()
    const events = parseStream(stream, { readAhead: 0 })
    const first = events.next()
    send('data: 1\n\n')
    await first
    send('data: 2\n\n')
    await turn()
    fail(new Error('connection reset'))
    expect((await collect(events)).data).toEqual([])
  })

  test.each([
    [undefined, 64],
    [10_000, 10],
    [1, 1],
  ])('is read ahead by at most %j bytes and a chunk', async (readAhead, chunks) => {
    const { stream, counts } = endless(1_024)
    const events = parseStream(stream, { readAhead })
    await events.next()
    for (let count = 0; count < 200; count++) await turn()
    // One chunk was taken; as many wait as reach the limit.
    expect(counts.pulls).toBe(1 + chunks)
    await events.next()
    await turn()
    expect(counts.pulls).toBe(2 + chunks)
    await events.return()
    expect(counts.cancelled).toBe(true)
  })

  test('is not read before the first event is asked for', async () => {
    const { stream, counts } = endless(1_024)
    const events = parseStream(stream)
    await turn()
    expect(counts.pulls).toBe(0)
    await events.return()
  })

  test('ends as it would if it were not', async () => {
    const { stream, send, close } = fed()
    send('data: 1\n\ndata: cut')
    close()
    const events = parseStream(stream)
    expect(await collect(events)).toEqual({ data: ['1'], error: undefined })
    expect(events.verdict).toEqual({ complete: false, bytes: 9, fields: [] })
  })

  test('drops what waits when its signal aborts', async () => {
    const { stream, counts } = endless(1_024)
    const controller = new AbortController()
    const events = parseStream(stream, { signal: controller.signal })
    await events.next()
    await turn()
    controller.abort(new Error('enough'))
    await expect(events.next()).rejects.toThrow('enough')
    expect(counts.cancelled).toBe(true)
  })

  test.each([-1, Number.NaN, '1'])('refuses a readAhead of %j', (readAhead) => {
    const options = { readAhead } as unknown as ParseStreamOptions
    expect(() => parseStream([], options)).toThrow(
      new RangeError('`readAhead` has to be a number of bytes, or 0 to disable it.'),
    )
  })
})

test('an iterable is not read ahead, because it may lend one buffer for all chunks', async () => {
  let reads = 0
  function* lent() {
    for (; reads < 10; reads++) yield utf8('data: x\n\n')
  }
  const events = parseStream(lent())
  await events.next()
  await turn()
  expect(reads).toBe(0)
  await events.return()
})

describe('a source that was read before', () => {
  test('is refused if it is a response', async () => {
    const response = new Response('data: x\n\n', {
      headers: { 'content-type': 'text/event-stream' },
    })
    await response.text()
    await expect(parseStream(response).next()).rejects.toMatchObject({
      code: 'source-used',
    } satisfies Partial<SseError>)
  })

  test.each([{ readableEnded: true }, { destroyed: true }])(
    'is refused if it is a Node stream with %j',
    async (state) => {
      const stream = Object.assign([utf8('data: x\n\n')], state)
      await expect(parseStream(stream).next()).rejects.toMatchObject({ code: 'source-used' })
    },
  )
})

describe('a signal', () => {
  test('that aborts before the first next() cancels the source', async () => {
    const { stream, counts } = endless(1_024)
    const controller = new AbortController()
    const events = parseStream(stream, { signal: controller.signal })
    controller.abort(new Error('too late'))
    expect(counts.cancelled).toBe(true)
    await expect(events.next()).rejects.toThrow('too late')
  })

  test('has one listener, whatever the number of streams', async () => {
    const controller = new AbortController()
    const { signal } = controller
    let listeners = 0
    const { addEventListener, removeEventListener } = signal
    signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
      listeners++
      addEventListener.apply(signal, args)
    }
    signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
      listeners--
      removeEventListener.apply(signal, args)
    }
    const streams = Array.from({ length: 12 }, () => parseStream(endless(1_024).stream, { signal }))
    for (const events of streams) await events.next()
    expect(listeners).toBe(1)
    for (const events of streams.slice(1)) await events.return()
    expect(listeners).toBe(1)
    controller.abort(new Error('stop'))
    await expect(streams[0]?.next()).rejects.toThrow('stop')
    expect(listeners).toBe(0)
  })
})

test('empty chunks do not reset the idle clock', async () => {
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      await new Promise((resolve) => setTimeout(resolve, 5))
      controller.enqueue(new Uint8Array(0))
    },
  })
  await expect(parseStream(stream, { idleTimeout: 60 }).next()).rejects.toMatchObject({
    code: 'idle-timeout',
    limit: 60,
  })
})
