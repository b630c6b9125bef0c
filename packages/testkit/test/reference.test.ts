import { describe, expect, test } from 'vitest'
import { referenceParse } from '@tesserae/testkit'
import { vectors } from '@tesserae/testkit/vectors'

const utf8 = (text: string) => new TextEncoder().encode(text)
const parse = (text: string, lastEventId?: string) => referenceParse(utf8(text), { lastEventId })

describe('every vector', () => {
  test.each(vectors.map((vector) => [vector.name, vector] as const))('%s', (_name, vector) => {
    const { events, retries, comments, lastEventId } = referenceParse(vector.bytes)
    expect({ events, retries, comments, lastEventId }).toEqual({
      events: vector.events,
      retries: vector.retries,
      comments: vector.comments,
      lastEventId: vector.lastEventId,
    })
  })
})

describe('an event', () => {
  test('that is called "message" is told from an unnamed one', () => {
    const { events } = parse('event: message\ndata: a\n\nevent:\ndata: b\n\ndata: c\n\n')
    expect(events.map(({ event }) => event)).toEqual(['message', undefined, undefined])
  })

  test('carries the id of its own block apart from the last event ID', () => {
    const { events } = parse('id: 1\ndata: a\n\ndata: b\n\nid\ndata: c\n\ndata: d\n\n')
    expect(events.map(({ id, lastEventId }) => [id, lastEventId])).toEqual([
      ['1', '1'],
      [undefined, '1'],
      ['', ''],
      [undefined, ''],
    ])
  })

  test('has the last of several ids, and no id where the only one holds U+0000', () => {
    const { events } = parse('id: 1\nid: 2\nid: 3\0\ndata: a\n\nid: \0\ndata: b\n\n')
    expect(events.map(({ id, lastEventId }) => [id, lastEventId])).toEqual([
      ['2', '2'],
      [undefined, '2'],
    ])
  })

  test('does not inherit the id of a block without data', () => {
    const { events } = parse('id: 7\n\ndata: a\n\n')
    expect(events).toEqual([{ event: undefined, data: 'a', id: undefined, lastEventId: '7' }])
  })
})

describe('the last event ID', () => {
  test('goes on from the one that is passed in', () => {
    const { events, lastEventId } = parse('data: a\n\n', '41')
    expect(events[0]).toEqual({ event: undefined, data: 'a', id: undefined, lastEventId: '41' })
    expect(lastEventId).toBe('41')
  })

  test('of an unfinished block is discarded', () => {
    expect(parse('id: 42\ndata: a\n', '41').lastEventId).toBe('41')
    expect(parse('id: 42\n\n', '41').lastEventId).toBe('42')
  })
})

describe('retry', () => {
  test('takes effect at the end of its line, without a blank line', () => {
    expect(parse('retry: 10\nretry: 20\n')).toMatchObject({
      retries: [10, 20],
      reconnectionTime: 20,
    })
    expect(parse('retry: 10\nretry: 20')).toMatchObject({ retries: [10], reconnectionTime: 10 })
    expect(parse('data: a\n\n').reconnectionTime).toBeUndefined()
  })

  test('is at most what a timer can wait', () => {
    expect(
      parse(`retry: 2147483647\nretry: 2147483648\nretry: ${'9'.repeat(400)}\n`).retries,
    ).toEqual([2147483647, 2147483647, 2147483647])
  })

  test.each(['', ' ', '-1', '+1', '1.5', '0x10', '1e3', '1 ', '1_0', '٥', '1\0'])(
    'ignores %j',
    (value) => {
      expect(parse(`retry:${value}\n\n`).retries).toEqual([])
    },
  )
})

test('comments are verbatim, the space after the colon too', () => {
  expect(parse(': a\n:b\n:\n::\n:  c \n').comments).toEqual([' a', 'b', '', ':', '  c '])
})

test('unknown fields are named with their values, one space taken off', () => {
  expect(
    parse('foo: bar\nDATA:x\n data: y\nlone\n:comment\n__proto__:  z\n').unknownFields,
  ).toEqual([
    ['foo', 'bar'],
    ['DATA', 'x'],
    [' data', 'y'],
    ['lone', ''],
    ['__proto__', ' z'],
  ])
})

describe('pending', () => {
  test.each([
    // Between blocks nothing is pending.
    ['', undefined],
    ['\u{feff}', undefined],
    ['\n\r\n\r', undefined],
    ['data: a\n\n', undefined],
    ['data: a\r\r', undefined],
    ['data: a\n\n\n\n', undefined],
    // A comment makes no block; its line has to end, though.
    [': ping\n', undefined],
    ['data: a\n\n: ping\r\n: pong\r', undefined],
    [': ping', { bytes: 6, fields: [] }],
    [':', { bytes: 1, fields: [] }],
    // A field makes one, whatever its name and fate.
    ['data: a\n', { bytes: 8, fields: ['data'] }],
    ['data: a\r', { bytes: 8, fields: ['data'] }],
    ['data: a\r\n', { bytes: 9, fields: ['data'] }],
    ['event: e\n', { bytes: 9, fields: ['event'] }],
    ['event\n', { bytes: 6, fields: ['event'] }],
    ['id\n', { bytes: 3, fields: ['id'] }],
    ['id: \0\n', { bytes: 6, fields: [] }],
    ['retry: 5\n', { bytes: 9, fields: [] }],
    ['{"error":1}\n', { bytes: 12, fields: [] }],
    // A line without an end is pending, but what it says is not read.
    ['data: a', { bytes: 7, fields: [] }],
    ['id: 1\ndata: a', { bytes: 13, fields: ['id'] }],
    // Each field once, in the order of first sight; every line of the block counts, comments too.
    ['data: a\nid: 1\ndata: b\nevent: c\n', { bytes: 31, fields: ['data', 'id', 'event'] }],
    [': c\ndata: a\n: d\n', { bytes: 16, fields: ['data'] }],
    // Earlier blocks and blank lines do not count, nor does a byte order mark.
    ['data: a\n\n\r\ndata: b\r\n', { bytes: 9, fields: ['data'] }],
    ['id: 1\n\ndata: b\n', { bytes: 8, fields: ['data'] }],
    ['\u{feff}data: a\n', { bytes: 8, fields: ['data'] }],
    // Bytes, not characters.
    ['data: é😀\n', { bytes: 13, fields: ['data'] }],
  ])('%j', (text, pending) => {
    expect(parse(text).pending).toEqual(pending)
  })

  test('counts malformed bytes as they came', () => {
    expect(referenceParse(Uint8Array.of(0xef, 0xbb)).pending).toEqual({ bytes: 2, fields: [] })
    expect(referenceParse(Uint8Array.of(0x64, 0xf0, 0x9f, 0x98, 0x0a)).pending).toEqual({
      bytes: 5,
      fields: [],
    })
  })

  test('counts malformed bytes of a later block', () => {
    const bytes = Uint8Array.of(0x0a, 0x0a, 0xe2, 0x82, 0x78)
    expect(referenceParse(bytes).pending).toEqual({ bytes: 3, fields: [] })
  })
})

test('the input is only read', () => {
  const bytes = utf8('\u{feff}data: a\n\n')
  const copy = bytes.slice()
  referenceParse(bytes)
  expect(bytes).toEqual(copy)
})
