import { createParser, type SseEvent } from '@tesserae/parser'
import { byteByByte } from '@tesserae/testkit'
import { describe, expect, test } from 'vitest'
import { joined, utf8 } from './support/bytes.ts'
import { expectForEveryCut, readEvent } from './support/outcome.ts'

const text = (bytes: Uint8Array): string =>
  new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)

function eventsOf(...chunks: readonly Uint8Array[]): SseEvent[] {
  const parser = createParser()
  const events: SseEvent[] = []
  for (const chunk of chunks) {
    parser.feed(chunk)
    events.push(...parser)
  }
  return events
}

const only = (...chunks: readonly Uint8Array[]): SseEvent => {
  const events = eventsOf(...chunks)
  expect(events).toHaveLength(1)
  return events[0] as SseEvent
}

describe('data', () => {
  test('is the same whenever and however often it is read', () => {
    const events = eventsOf(utf8('data: a漢\n\ndata: b\n\ndata: c😀\n\n'))
    const read = () => events.map(({ data }) => data)
    expect(read()).toEqual(['a漢', 'b', 'c😀'])
    expect(events.toReversed().map(({ data }) => data)).toEqual(['c😀', 'b', 'a漢'])
    expect(read()).toEqual(['a漢', 'b', 'c😀'])
  })

  test('that was never read is not needed for what comes after it', () => {
    const stream = joined(Array.from({ length: 500 }, (_, index) => utf8(`data: 漢 ${index}\n\n`)))
    for (const chunks of [[stream], byteByByte(stream)]) {
      const events = eventsOf(...chunks)
      for (const every of [1, 2, 3, 7, 100]) {
        const read = events.filter((_, index) => index % every === 0)
        expect(read.map(({ data }) => data)).toEqual(read.map((_, index) => `漢 ${index * every}`))
      }
    }
  })
})

describe('bytes', () => {
  test('are a view of the chunk, where the data lies in one piece', () => {
    const before = utf8('someone else’s')
    const stream = utf8('data: first\n\nevent: e\ndata:second 漢\r\nid: 1\r\n\r\ndata\n\n')
    const buffer = joined([before, stream, before])
    const chunk = buffer.subarray(before.length, before.length + stream.length)
    const events = eventsOf(chunk)
    expect(events.map(({ bytes }) => text(bytes))).toEqual(['first', 'second 漢', ''])
    for (const { bytes } of events) expect(bytes.buffer).toBe(buffer.buffer)
    const offsets = events.map(({ bytes }) => bytes.byteOffset - before.length)
    expect(offsets).toEqual([6, 27, 52])
    // A view, so what is written into the chunk shows.
    chunk.set(utf8('FIRST'), 6)
    expect(text((events[0] as SseEvent).bytes)).toBe('FIRST')
  })

  test('are a view of the chunk that has all of the event, whatever chunks are around it', () => {
    const chunks = ['data: a\n\ndata: b', 'b\n\ndata: c\n\nda', 'ta: d\n\n'].map(utf8)
    const events = eventsOf(...chunks)
    expect(events.map(({ data }) => data)).toEqual(['a', 'bb', 'c', 'd'])
    const buffers = chunks.map(({ buffer }): ArrayBufferLike => buffer)
    expect(events.map(({ bytes }) => buffers.indexOf(bytes.buffer))).toEqual([0, -1, 1, 2])
  })

  test('are the data as UTF-8, in several lines too, at every cut', () => {
    const stream = utf8('data: 漢\ndata: \ndata:  b\n\ndata: 😀\n\n')
    expectForEveryCut(stream, ['漢\n\n b', '😀'], (chunks) =>
      eventsOf(...chunks).map(({ bytes }) => text(bytes)),
    )
  })

  test('are what was sent, also where that is not UTF-8', () => {
    const event = only(joined([utf8('data: a'), Uint8Array.of(0xff, 0xf0, 0x9f), utf8('b\n\n')]))
    expect([...event.bytes]).toEqual([0x61, 0xff, 0xf0, 0x9f, 0x62])
    expect(event.data).toBe('a\u{fffd}\u{fffd}b')
  })

  test('of a subclass are bytes as well', () => {
    class Special extends Uint8Array {}
    const event = only(Special.from(utf8('data: a\n\n')))
    expect(event.data).toBe('a')
    expect(text(event.bytes)).toBe('a')
    expect(event.bytes).toBeInstanceOf(Uint8Array)
  })
})

describe('detach()', () => {
  test('gives an event that is equal, and a buffer that holds nothing else', () => {
    const big = utf8(`event: e\nid: 1\ndata: 漢\n\n: ${'x'.repeat(100_000)}\n`)
    const [event] = eventsOf(big) as [SseEvent]
    const copy = event.detach()
    expect(readEvent(copy)).toEqual(readEvent(event))
    expect([...copy.bytes]).toEqual([...event.bytes])
    expect(copy.bytes.buffer).not.toBe(big.buffer)
    expect(copy.bytes.buffer.byteLength).toBe(3)
  })

  test.each(['read before', 'not read before'])(
    'is not changed by what is written into the chunk, %s',
    (when) => {
      const chunk = utf8('data: first\n\nid: 1\ndata: second\n\n')
      const events = eventsOf(chunk)
      if (when === 'read before') for (const { data } of events) expect(data).not.toBe('')
      const copies = events.map((event) => event.detach())
      chunk.fill(0x78)
      expect(copies.map(readEvent)).toEqual([
        { event: undefined, data: 'first', id: undefined, lastEventId: '' },
        { event: undefined, data: 'second', id: '1', lastEventId: '1' },
      ])
      expect(copies.map((copy) => text(copy.detach().bytes))).toEqual(['first', 'second'])
    },
  )

  test('makes a small copy of an event in several lines, and of one that was cut', () => {
    const chunks = ['data: a\ndata: b\n\ndata: lo', 'ng\n\n'].map(utf8)
    for (const event of eventsOf(...chunks)) {
      const copy = event.detach()
      expect(copy.data).toBe(event.data)
      expect(copy.bytes.buffer.byteLength).toBe(event.bytes.length)
    }
  })
})

describe('what was put together is never written again', () => {
  test('an event of several lines, or cut in two, lasts', () => {
    const parser = createParser()
    const events: SseEvent[] = []
    const wanted: string[] = []
    // More than any room for putting together can hold at once.
    for (let index = 0; index < 3_000; index++) {
      const chunk = utf8(`data: ${index}\ndata: 漢\n\ndata: cut`)
      parser.feed(chunk)
      events.push(...parser)
      chunk.fill(0)
      parser.feed(utf8(` ${index}\n\n`))
      events.push(...parser)
      wanted.push(`${index}\n漢`, `cut ${index}`)
    }
    expect(events.map(({ bytes }) => text(bytes))).toEqual(wanted)
    expect(events.map(({ data }) => data)).toEqual(wanted)
  })
})

describe('json()', () => {
  test('parses the data, anew each time', () => {
    const event = only(utf8('data: {"a":\ndata: [1, null]}\n\n'))
    expect(event.json()).toEqual({ a: [1, null] })
    expect(event.json()).not.toBe(event.json())
    expect(event.json<{ a: number[] }>().a[0]).toBe(1)
  })

  test('throws what JSON.parse throws', () => {
    for (const data of ['', '[DONE]', '{"a":']) {
      expect(() => only(utf8(`data: ${data}\n\n`)).json()).toThrow(SyntaxError)
    }
  })
})

describe('toJSON()', () => {
  test('is the event as it was sent', () => {
    const events = eventsOf(utf8('event: e\nid: 1\ndata: a\ndata: b\n\ndata: c\n\n'))
    expect(JSON.stringify(events)).toBe('[{"event":"e","data":"a\\nb","id":"1"},{"data":"c"}]')
    expect(JSON.stringify(events[0]?.detach())).toBe('{"event":"e","data":"a\\nb","id":"1"}')
  })
})

describe('id and lastEventId', () => {
  test('are those of the block, and those after it', () => {
    const stream = utf8(
      'data: a\n\nid: 1\ndata: b\n\ndata: c\n\nid\ndata: d\n\nid: 2\n\ndata: e\n\nid: \0\ndata: f\n\n',
    )
    const expected = [
      ['a', null, ''],
      ['b', '1', '1'],
      ['c', null, '1'],
      ['d', '', ''],
      ['e', null, '2'],
      ['f', null, '2'],
    ]
    expectForEveryCut(stream, expected, (chunks) =>
      eventsOf(...chunks).map(({ data, id, lastEventId }) => [data, id ?? null, lastEventId]),
    )
  })

  test('the parser has the one of the last event that was taken', () => {
    const parser = createParser()
    parser.feed(utf8('id: 1\ndata: a\n\nid: 2\ndata: b\n\nid: 3\n\n'))
    const ids = [parser.lastEventId]
    while (parser.next()) ids.push(parser.lastEventId)
    expect([...ids, parser.lastEventId]).toEqual(['', '1', '2', '3'])
  })
})

describe('the reconnection time', () => {
  test('is that of the lines that were read, and undefined before', () => {
    const parser = createParser()
    expect(parser.reconnectionTime).toBeUndefined()
    parser.feed(utf8('retry: 10\ndata: a\n\nretry: 20\nretry: x\n'))
    parser.next()
    expect(parser.reconnectionTime).toBe(10)
    parser.next()
    expect(parser.reconnectionTime).toBe(20)
    parser.reset()
    expect(parser.reconnectionTime).toBeUndefined()
  })
})

describe('what can be fed', () => {
  test('is bytes, wherever they are in their buffer', () => {
    const stream = utf8('data: a\n\n')
    for (const offset of [0, 1, 7]) {
      const buffer = new ArrayBuffer(32)
      const view = new Uint8Array(buffer, offset, stream.length)
      view.set(stream)
      expect(only(view).data).toBe('a')
      expect(only(view.subarray(0, 5), view.subarray(5)).data).toBe('a')
    }
  })

  test.each([
    ['a string', 'data: a\n\n', 'String'],
    ['an ArrayBuffer', new ArrayBuffer(8), 'ArrayBuffer'],
    ['a DataView', new DataView(new ArrayBuffer(8)), 'DataView'],
    ['a wider array', new Uint16Array(8), 'Uint16Array'],
    ['a signed array', new Int8Array(8), 'Int8Array'],
    ['a clamped array', new Uint8ClampedArray(8), 'Uint8ClampedArray'],
    ['an array', [100, 97], 'Array'],
    ['something like an array', { length: 1, 0: 10 }, 'Object'],
    ['nothing', undefined, 'Undefined'],
    ['null', null, 'Null'],
    ['a number', 10, 'Number'],
  ])('is not %s', (_name, chunk, kind) => {
    const parser = createParser()
    const feed = (): void => parser.feed(chunk as unknown as Uint8Array)
    parser.feed(utf8('data: a'))
    expect(feed).toThrow(TypeError)
    expect(feed).toThrow(
      `A chunk has to be a Uint8Array, not ${kind}: encode text with TextEncoder.`,
    )
    // Nothing has happened.
    parser.feed(utf8('\n\n'))
    expect(parser.next()?.data).toBe('a')
    expect(parser.end()).toEqual({ complete: true })
  })

  test('is nothing, which changes nothing', () => {
    const parser = createParser()
    for (const part of ['', 'data: a\r', '', '\n', '', '\r', '', '\n', '']) parser.feed(utf8(part))
    expect(parser.next()?.data).toBe('a')
    expect(parser.end()).toEqual({ complete: true })
  })
})

describe('no callback is called', () => {
  test('for what is not there', () => {
    const calls: unknown[] = []
    const parser = createParser({
      onComment: (...args) => calls.push(args),
      onRetry: (...args) => calls.push(args),
      onUnknownField: (...args) => calls.push(args),
    })
    parser.feed(utf8('event: e\nid: 1\nretry: x\ndata: a\n\n\n\n'))
    parser.next()
    parser.end()
    expect(calls).toEqual([])
  })

  test('before its line is drained, and with more than was sent', () => {
    const calls: unknown[] = []
    const parser = createParser({
      onComment: (...args) => calls.push(args),
      onRetry: (...args) => calls.push(args),
      onUnknownField: (...args) => calls.push(args),
    })
    parser.feed(utf8(': c\nretry: 5\nx: y\nz\ndata: a\n\n: d\n'))
    expect(calls).toEqual([])
    parser.next()
    expect(calls).toEqual([[' c'], [5], ['x', 'y'], ['z', '']])
    parser.next()
    expect(calls.at(-1)).toEqual([' d'])
  })
})
