import {
  encode,
  encodeComment,
  EncodeError,
  encodeInto,
  frame,
  type SseEventInit,
} from '@tesserae/encoder'
import * as encoder from '@tesserae/encoder'
import { describe, expect, it } from 'vitest'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

describe('the exports of the package', () => {
  it('are these names and no others', () => {
    expect(Object.keys(encoder).sort()).toEqual([
      'EncodeError',
      'StreamError',
      'encode',
      'encodeComment',
      'encodeInto',
      'frame',
      'jsonEvent',
    ])
  })
})

describe('encode', () => {
  const blocks: [what: string, event: SseEventInit, block: string][] = [
    ['data alone', { data: 'a' }, 'data: a\n\n'],
    ['data of no characters is an event', { data: '' }, 'data: \n\n'],
    [
      'every field, in one order',
      { retry: 5, id: 'i', data: 'd', event: 'e' },
      'event: e\nid: i\nretry: 5\ndata: d\n\n',
    ],
    ['a name', { event: 'e', data: 'd' }, 'event: e\ndata: d\n\n'],
    ['an id', { id: 'i', data: 'd' }, 'id: i\ndata: d\n\n'],
    ['an id of no characters resets', { id: '', data: 'd' }, 'id: \ndata: d\n\n'],
    [
      'fields that are undefined are left out',
      { event: undefined, id: undefined, retry: undefined, data: 'd' },
      'data: d\n\n',
    ],
    [
      'one data line for each line',
      { data: 'a\nb\rc\r\nd' },
      'data: a\ndata: b\ndata: c\ndata: d\n\n',
    ],
    ['line ends at both ends', { data: '\na\n' }, 'data: \ndata: a\ndata: \n\n'],
    ['LF CR are two line ends', { data: 'a\n\rb' }, 'data: a\ndata: \ndata: b\n\n'],
    [
      'leading spaces stay, after the one that the format takes',
      { data: '  a', event: ' e', id: ' i' },
      'event:  e\nid:  i\ndata:   a\n\n',
    ],
    [
      'a colon is text',
      { data: ': a', event: 'e: f', id: ':' },
      'event: e: f\nid: :\ndata: : a\n\n',
    ],
    [
      'only CR and LF end lines',
      { data: 'a\v\f\u0085\u2028\u2029b' },
      'data: a\v\f\u0085\u2028\u2029b\n\n',
    ],
    ['NUL is text in data and in a name', { data: '\0', event: '\0' }, 'event: \0\ndata: \0\n\n'],
    ['a byte order mark is text', { data: '\ufeff', id: '\ufeff' }, 'id: \ufeff\ndata: \ufeff\n\n'],
    [
      'retry of 0, and the longest that a timer waits',
      { data: '', retry: 0 },
      'retry: 0\ndata: \n\n',
    ],
    [
      'the longest that a timer waits',
      { data: '', retry: 2147483647 },
      'retry: 2147483647\ndata: \n\n',
    ],
    ['minus zero is zero', { data: '', retry: -0 }, 'retry: 0\ndata: \n\n'],
    [
      'beyond ASCII',
      { data: 'Grüße 🧩', event: 'é', id: '語' },
      'event: é\nid: 語\ndata: Grüße 🧩\n\n',
    ],
  ]

  for (const [what, event, block] of blocks)
    it(what, () => {
      expect(encode(event)).toBe(block)
      expect(frame(event).text).toBe(block)
      expect(frame(event).bytes).toEqual(bytesOf(block))
      const target = new Uint8Array(256).fill(0xaa)
      const length = encodeInto(event, target, 3)
      expect(target.subarray(3, 3 + length)).toEqual(bytesOf(block))
      expect(
        [...target.subarray(0, 3), ...target.subarray(3 + length)].every((byte) => byte === 0xaa),
      ).toBe(true)
    })
})

describe('encodeInto', () => {
  for (const event of [
    { data: 'abc' },
    { event: 'e', id: 'i', data: 'abc' },
    { event: 'é', data: 'a' },
    { data: '🧩\n🧩', retry: 1 },
    { data: '\u0800\u0800' },
    { data: '' },
  ])
    it(`fits to the byte or returns 0: ${JSON.stringify(event)}`, () => {
      const block = bytesOf(encode(event))
      for (let room = 0; room <= block.length + 1; room++) {
        // The room ends where the view ends, and more memory lies after it: none of it may be written.
        const memory = new Uint8Array(block.length + 64).fill(0xaa)
        const length = encodeInto(event, memory.subarray(0, 16 + room), 16)
        expect(length).toBe(room < block.length ? 0 : block.length)
        expect(memory.subarray(16, 16 + length)).toEqual(block.subarray(0, length))
        expect(
          [...memory.subarray(0, 16), ...memory.subarray(16 + room)].every((byte) => byte === 0xaa),
        ).toBe(true)
      }
    })

  it('returns 0 at the end of the target', () => {
    expect(encodeInto({ data: 'a' }, new Uint8Array(64), 64)).toBe(0)
    expect(encodeInto({ data: 'a' }, new Uint8Array(0))).toBe(0)
  })

  for (const offset of [
    -1,
    1.5,
    65,
    2 ** 32,
    2 ** 32 + 3,
    1e21,
    Number.NaN,
    Infinity,
    -Infinity,
    '3',
    '',
    null,
    true,
    [],
    {},
    3n,
  ])
    it(`refuses the offset ${String(offset)} (${typeof offset}), and writes nothing`, () => {
      for (const event of [{ data: 'a' }, { event: 'é', data: 'a' }, { data: 'a\nb', retry: 1 }]) {
        const target = new Uint8Array(64)
        let thrown: unknown
        try {
          encodeInto(event, target, offset as number)
        } catch (error) {
          thrown = error
        }
        expect(thrown).toBeInstanceOf(EncodeError)
        expect(thrown).toMatchObject({ code: 'bad-offset', field: 'offset' })
        expect((thrown as EncodeError).message).toMatch(/^`offset` must be /)
        expect(target).toEqual(new Uint8Array(64))
      }
    })

  it('does not change the target when it throws', () => {
    const target = new Uint8Array(64)
    expect(() => encodeInto({ event: 'ok', id: 'not\nok', data: 'a' }, target)).toThrow(EncodeError)
    expect(() => encodeInto({ event: 'ok', data: 'a', retry: -1 }, target)).toThrow(EncodeError)
    expect(target).toEqual(new Uint8Array(64))
  })
})

describe('encodeComment', () => {
  const comments: [text: string, block: string][] = [
    ['', ': \n\n'],
    ['hi', ': hi\n\n'],
    ['a\nb\rc\r\nd', ': a\n: b\n: c\n: d\n\n'],
    ['\n\ndata: injected\n\n', ': \n: \n: data: injected\n: \n: \n\n'],
  ]
  for (const [text, block] of comments)
    it(`encodes ${JSON.stringify(text)}`, () => expect(encodeComment(text)).toBe(block))

  it('refuses what is not text', () => {
    expect(() => encodeComment(5 as never)).toThrow('`comment` must be a string')
    expect(() => encodeComment('\ud800')).toThrow('`comment` must not hold a lone surrogate')
  })
})

describe('a name that follows another one', () => {
  const names = ['a', 'a', 'é', 'é', undefined, 'a', 'b', 'é'] as const
  it('is encoded as if it were the first', () => {
    const target = new Uint8Array(100)
    for (const event of names) {
      const block = event === undefined ? 'data: x\n\n' : `event: ${event}\ndata: x\n\n`
      expect(encode({ event, data: 'x' })).toBe(block)
      const length = encodeInto({ event, data: 'x' }, target)
      expect(new TextDecoder().decode(target.subarray(0, length))).toBe(block)
    }
  })

  it('is refused as if it were the first, each time', () => {
    encode({ event: 'a', data: '' })
    for (const event of ['', 'a\n', 'a', '\r', 5 as never, '\ud800', undefined])
      for (let time = 0; time < 2; time++)
        if (event === 'a' || event === undefined) encode({ event, data: '' })
        else expect(() => encode({ event, data: '' })).toThrow(EncodeError)
  })
})

describe('encode and encodeInto throw before a byte is written', () => {
  const refused: [event: unknown, code: string, field: string][] = [
    ...['\n', '\r', '\r\n', 'a\nb', 'a\rb', 'a\n', '\na'].flatMap(
      (text): [unknown, string, string][] => [
        [{ data: '', event: text }, 'line-break', 'event'],
        [{ data: '', id: text }, 'line-break', 'id'],
      ],
    ),
    [{ data: '', id: '\0' }, 'null-character', 'id'],
    [{ data: '', id: '7\u00008' }, 'null-character', 'id'],
    [{ data: '', event: '' }, 'empty-name', 'event'],
    ...['\ud800', '\udc00', 'a\ud83d', '\ude00b', '\ude00\ud83d'].flatMap(
      (text): [unknown, string, string][] => [
        [{ data: text }, 'lone-surrogate', 'data'],
        [{ data: '', event: text }, 'lone-surrogate', 'event'],
        [{ data: '', id: text }, 'lone-surrogate', 'id'],
      ],
    ),
    ...[
      -1,
      1.5,
      2 ** 31,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      1e21,
      '5',
      '5\ndata: x',
      null,
      5n,
      {},
      [5],
      true,
    ].map((retry): [unknown, string, string] => [{ data: '', retry }, 'bad-retry', 'retry']),
    ...[5, null, true, {}, ['a'], Symbol('a'), () => 'a', new String('a')].flatMap(
      (value): [unknown, string, string][] => [
        [{ data: value }, 'wrong-type', 'data'],
        [{ data: '', event: value }, 'wrong-type', 'event'],
        [{ data: '', id: value }, 'wrong-type', 'id'],
      ],
    ),
    ...[{}, undefined, null, 5, 'text', [], { data: undefined }, { Data: 'a' }].map(
      (value): [unknown, string, string] => [value, 'wrong-type', 'data'],
    ),
  ]

  refused.forEach(([event, code, field], index) =>
    it(`with ${code} for ${field}, case ${index}`, () => {
      for (const write of [
        encode,
        frame,
        (it: SseEventInit) => encodeInto(it, new Uint8Array(99)),
      ]) {
        let thrown: unknown
        try {
          write(event as SseEventInit)
        } catch (error) {
          thrown = error
        }
        expect(thrown).toBeInstanceOf(EncodeError)
        expect(thrown).toMatchObject({ name: 'EncodeError', code, field })
        expect((thrown as EncodeError).message).toMatch(new RegExp(`^\`${field}\` must `))
      }
    }),
  )

  it('with a message that does not hold the value', () => {
    expect(() => encode({ data: '', id: 'secret\n' })).toThrow(
      /^`id` must not hold a line break\.$/,
    )
  })
})

it('encode reads each property once, and writes the value that it checked', () => {
  for (const write of [
    encode,
    (event: SseEventInit) => void encodeInto(event, new Uint8Array(99)),
  ]) {
    const reads: string[] = []
    const answers: Record<string, unknown> = { event: 'e', data: 'd', id: 'i', retry: 1 }
    const event = new Proxy({} as SseEventInit, {
      get(_, key) {
        reads.push(String(key))
        return answers[String(key)]
      },
    })
    write(event)
    expect(reads.sort()).toEqual(['data', 'event', 'id', 'retry'])
  }
})

it('an object that looks like a frame cannot bring in bytes', () => {
  const forged = { text: 'data: forged\n\n', bytes: bytesOf('data: forged\n\n'), data: 'real' }
  expect(encode(forged)).toBe('data: real\n\n')
})
