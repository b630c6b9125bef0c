import {
  createParser,
  EventSourceParserStream,
  ParseError,
  type EventSourceMessage,
  type EventSourceParser,
  type ParserConfig,
  type StreamOptions,
} from '@tesserae/parser/compat'
import { byteByByte, everyCut, sourceOf } from '@tesserae/testkit'
import { vectors } from '@tesserae/testkit/vectors'
import { describe, expect, test } from 'vitest'
import { utf8 } from './support/bytes.ts'
import { expectForEveryCut } from './support/outcome.ts'

/** A parser, and everything that it calls back, in order. */
function watched(config: ParserConfig = {}): { parser: EventSourceParser; calls: unknown[][] } {
  const calls: unknown[][] = []
  const parser = createParser({
    onEvent: ({ id, event, data }) => calls.push(['event', { id, event, data }]),
    onId: (id) => calls.push(['id', id]),
    onRetry: (retry) => calls.push(['retry', retry]),
    onComment: (comment) => calls.push(['comment', comment]),
    onError: ({ type, field, value }) => calls.push(['error', type, field, value]),
    ...config,
  })
  return { parser, calls }
}

const event = (data: string, rest: Partial<EventSourceMessage> = {}) => [
  'event',
  { id: undefined, event: undefined, data, ...rest },
]

/** The text in two parts, once for each position between two units: also between the halves of a character. */
function* everyTextCut(text: string): Generator<[string, string]> {
  for (let at = 0; at <= text.length; at++) yield [text.slice(0, at), text.slice(at)]
}

describe('createParser', () => {
  test('calls back for what is complete, in order', () => {
    const { parser, calls } = watched()
    parser.feed(': hello\nretry: 1000\nid: 1\nevent: e\ndata: a\ndata: b\n\nid: 2\n\nx: y\n')
    expect(calls).toEqual([
      ['comment', 'hello'],
      ['retry', 1000],
      ['id', '1'],
      event('a\nb', { id: '1', event: 'e' }),
      ['id', '2'],
      ['error', 'unknown-field', 'x', 'y'],
    ])
  })

  test('gives plain objects', () => {
    const seen: EventSourceMessage[] = []
    const parser = createParser({ onEvent: (event) => seen.push(event) })
    parser.feed('id: 1\ndata: a\n\ndata: b\n\n')
    expect(seen).toStrictEqual([
      { id: '1', event: undefined, data: 'a' },
      { id: undefined, event: undefined, data: 'b' },
    ])
    expect(Object.getPrototypeOf(seen[0])).toBe(Object.prototype)
    expect({ ...seen[0] }).toEqual(seen[0])
  })

  test('is called at once, and needs no callback', () => {
    const { parser, calls } = watched()
    for (const [part, count] of [
      ['data: a', 0],
      ['\n', 0],
      ['\n', 1],
      ['data: b\r', 1],
      ['\r', 2],
      ['\n', 2],
    ] as const) {
      parser.feed(part)
      expect(calls).toHaveLength(count)
    }
    const silent = createParser({})
    silent.feed(': c\nretry: 5\nx: y\nid: 1\ndata: a\n\n')
    silent.reset({ consume: true })
  })

  test('takes bytes and text, however they are cut', () => {
    for (const { name, bytes, events } of vectors) {
      const wanted = events.map(({ id, event, data }) => ['event', { id, event, data }])
      const only = (calls: unknown[][]) => calls.filter(([kind]) => kind === 'event')
      expectForEveryCut(
        bytes,
        wanted,
        (chunks) => {
          const { parser, calls } = watched()
          for (const chunk of chunks) parser.feed(chunk)
          return only(calls)
        },
        { pairsUpTo: 0 },
      )
      const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
      for (const parts of [...everyTextCut(text), [...text], text.split('')]) {
        const { parser, calls } = watched()
        for (const part of parts) parser.feed(part)
        expect(only(calls), name).toEqual(wanted)
      }
    }
  })

  test('puts halves of a character together, and keeps a half that stays alone', () => {
    for (const parts of everyTextCut('data: 😀漢😀\n\n')) {
      const { parser, calls } = watched()
      for (const part of parts) parser.feed(part)
      expect(calls).toEqual([event('😀漢😀')])
    }
    const { parser, calls } = watched()
    parser.feed('data: a\ud83d')
    parser.feed('b\n\ndata: \ude00\n\ndata: \ud83d\n\n')
    expect(calls).toEqual([event('a\ud83db'), event('\ude00'), event('\ud83d')])
  })

  test('takes text and bytes by turns', () => {
    const { parser, calls } = watched()
    parser.feed('data: 漢')
    parser.feed(utf8('字\n\ndata: '))
    parser.feed('a\ud83d')
    parser.feed(utf8('b\n\n'))
    parser.feed('data: c\n\n')
    expect(calls).toEqual([event('漢字'), event('a\ud83db'), event('c')])
  })

  test('puts halves of a character together in a line that began as bytes', () => {
    const { parser, calls } = watched()
    // A line that is not read and not ASCII: what follows is not decoded.
    parser.feed(utf8('é\n'))
    parser.feed(utf8('data: a'))
    parser.feed('\ud83d')
    parser.feed('\ude00\n\n')
    expect(calls.at(-1)).toEqual(event('a😀'))
  })

  test('does not take anything else', () => {
    const { parser } = watched()
    for (const chunk of [undefined, null, 5, new ArrayBuffer(4), ['data: a\n\n']])
      expect(() => parser.feed(chunk as unknown as string)).toThrow(TypeError)
    expect(() => createParser((() => {}) as unknown as ParserConfig)).toThrow(
      'createParser() takes an object of callbacks: { onEvent: … }.',
    )
  })

  describe('onId', () => {
    test('is called for each block that has one, before its event', () => {
      const { parser, calls } = watched({ onComment: undefined })
      parser.feed(
        'id: 1\n\nid: 2\ndata: a\n\nid\ndata: b\n\nid: \0\ndata: c\n\nid: 3\nid: 4\n\nid: 4\n\n',
      )
      expect(calls).toEqual([
        ['id', '1'],
        ['id', '2'],
        event('a', { id: '2' }),
        ['id', ''],
        event('b', { id: '' }),
        event('c'),
        ['id', '4'],
        ['id', '4'],
      ])
    })

    test('is called where its block ends, among the other calls', () => {
      const { parser, calls } = watched()
      parser.feed('id: 1\n\n: c\nretry: 5\nid: 2\nx: y\n\n: d\n')
      expect(calls).toEqual([
        ['id', '1'],
        ['comment', 'c'],
        ['retry', 5],
        ['error', 'unknown-field', 'x', 'y'],
        ['id', '2'],
        ['comment', 'd'],
      ])
    })
  })

  test('onId may throw, or reset(), without a loss or a leak', () => {
    const failing = watched({
      onId: () => {
        throw new Error('the callback’s own')
      },
    })
    expect(() => failing.parser.feed('id: 1\ndata: a\n\ndata: b\n\n')).toThrow('the callback’s own')
    failing.parser.feed('')
    expect(failing.calls).toEqual([event('a', { id: '1' }), event('b')])

    const { parser, calls } = watched({ onId: () => parser.reset() })
    parser.feed('id: 1\n\nid: 2\ndata: a\n\ndata: b\n\n')
    parser.feed('data: c\n\n')
    expect(calls).toEqual([event('c')])
  })

  describe('onComment', () => {
    test('has the comment without one space', () => {
      const { parser, calls } = watched()
      parser.feed(': a\n:b\n:  c \n:\n: \n')
      expect(calls).toEqual(['a', 'b', ' c ', '', ''].map((comment) => ['comment', comment]))
    })
  })

  describe('onError', () => {
    test('has an unknown field, its value and its line', () => {
      const errors: ParseError[] = []
      const parser = createParser({ onError: (error) => errors.push(error) })
      parser.feed('x: y\nlone\n {"a":1}\n')
      expect(errors.map(({ name, type, field, value }) => [name, type, field, value])).toEqual([
        ['ParseError', 'unknown-field', 'x', 'y'],
        ['ParseError', 'unknown-field', 'lone', ''],
        ['ParseError', 'unknown-field', ' {"a"', '1}'],
      ])
      for (const error of errors) {
        expect(error).toBeInstanceOf(ParseError)
        expect(error).toBeInstanceOf(Error)
        expect(error.line).toContain(error.field)
        expect(error.line).toContain(error.value)
        // Messages end up in logs.
        expect(error.message).toBe('A line is not a field of an event: see field, value and line.')
      }
    })

    test('a throw in it loses nothing', () => {
      const { parser, calls } = watched({
        onError: () => {
          throw new Error('the callback’s own')
        },
      })
      expect(() => parser.feed('data: a\nx: y\ndata: b\n\n')).toThrow('the callback’s own')
      parser.feed('')
      expect(calls).toEqual([event('a\nb')])
    })
  })

  describe('maxBufferSize', () => {
    test('is the same for every cut, and tells once', () => {
      for (const { chunks } of everyCut(utf8('data: a\n\ndata: 1234567890\n\ndata: b\n\n'))) {
        const { parser, calls } = watched({ maxBufferSize: 10 })
        let thrown: unknown
        for (const chunk of chunks) {
          try {
            parser.feed(chunk)
          } catch (error) {
            thrown = error
          }
        }
        expect(calls).toEqual([
          event('a'),
          ['error', 'max-buffer-size-exceeded', undefined, undefined],
        ])
        expect(() => parser.feed('data: c\n\n')).toThrow(Error)
        if (thrown !== undefined) expect(thrown).toBeInstanceOf(Error)
      }
    })

    test('is over after reset()', () => {
      for (const consume of [false, true]) {
        const { parser, calls } = watched({ maxBufferSize: 10 })
        parser.feed('data: 1234567890\n\n')
        expect(() => parser.feed('\n')).toThrow(Error)
        parser.reset({ consume })
        parser.feed('data: b\n\n')
        expect(calls).toEqual([
          ['error', 'max-buffer-size-exceeded', undefined, undefined],
          event('b'),
        ])
      }
    })

    test('is none unless it is set', () => {
      const { parser, calls } = watched()
      const line = 'x'.repeat(17 * 1024 * 1024)
      parser.feed(`data: ${line}\n\n`)
      expect(calls).toEqual([event(line)])
    })
  })

  describe('reset()', () => {
    test('starts over', () => {
      for (const before of [
        'data: a',
        'data: a\n',
        'id: 1\nevent: e\n',
        'data: a\r',
        'data: \ud83d',
        '\u{feff}',
      ]) {
        const { parser, calls } = watched()
        parser.feed(before)
        parser.reset()
        parser.feed('\u{feff}\ndata: b\n\n')
        expect(calls).toEqual([event('b')])
      }
    })

    test.each([
      ['retry: 5', [['retry', 5]]],
      [': c', [['comment', 'c']]],
      ['{"error":"gone"}', [['error', 'unknown-field', '{"error"', '"gone"}']]],
      ['data: a', []],
      ['id: 1', []],
      ['', []],
    ])('with consume, reads %j as if it had ended', (text, expected) => {
      for (const parts of everyTextCut(text)) {
        const { parser, calls } = watched()
        for (const part of parts) parser.feed(part)
        parser.reset({ consume: true })
        expect(calls).toEqual(expected)
        parser.feed('data: b\n\n')
        expect(calls.at(-1)).toEqual(event('b'))
      }
    })

    test('without it, does not', () => {
      const { parser, calls } = watched()
      parser.feed('retry: 5')
      parser.reset()
      parser.reset({})
      parser.reset({ consume: false })
      expect(calls).toEqual([])
    })
  })

  describe('in a callback', () => {
    test('a throw loses nothing, and leaks nothing into the next event', () => {
      const seen: EventSourceMessage[] = []
      const parser = createParser({
        onEvent(event) {
          seen.push(event)
          if (seen.length === 1) throw new Error('the callback’s own')
        },
      })
      expect(() => parser.feed('event: E\nid: 9\ndata: a\ndata: b\n\ndata: c\n\n')).toThrow(
        'the callback’s own',
      )
      parser.feed('data: d\n\n')
      expect(seen).toEqual([
        { id: '9', event: 'E', data: 'a\nb' },
        { id: undefined, event: undefined, data: 'c' },
        { id: undefined, event: undefined, data: 'd' },
      ])
    })

    test('reset() stops the chunk', () => {
      const seen: string[] = []
      const parser = createParser({
        onEvent({ data }) {
          seen.push(data)
          parser.reset()
        },
      })
      parser.feed('data: a\n\ndata: b\n\ndata: c\n\n')
      parser.feed('data: d\n\n')
      expect(seen).toEqual(['a', 'd'])
    })

    test('feed() keeps the order', () => {
      const seen: string[] = []
      const parser = createParser({
        onEvent({ data }) {
          if (seen.push(data) === 1) parser.feed('data: c\n\n')
        },
      })
      parser.feed('data: a\n\ndata: b\n\n')
      expect(seen).toEqual(['a', 'b', 'c'])
    })
  })
})

describe('EventSourceParserStream', () => {
  async function collect(
    source: ReadableStream<string | Uint8Array>,
    options?: StreamOptions,
  ): Promise<{ events: EventSourceMessage[]; error: unknown }> {
    const events: EventSourceMessage[] = []
    try {
      const reader = source.pipeThrough(new EventSourceParserStream(options)).getReader()
      for (let next = await reader.read(); !next.done; next = await reader.read())
        events.push(next.value)
      return { events, error: undefined }
    } catch (error) {
      return { events, error }
    }
  }
  const dataOf = (events: readonly EventSourceMessage[]) => events.map(({ data }) => data)
  const streamOf = <T>(...chunks: readonly T[]): ReadableStream<T> => {
    const rest = [...chunks]
    return new ReadableStream<T>({
      pull(controller) {
        const next = rest.shift()
        if (next === undefined) controller.close()
        else controller.enqueue(next)
      },
    })
  }

  test('takes text and bytes', async () => {
    const text = ['id: 1\ndata: 漢\ud83d', '\ude00\n\nda', 'ta: b\n\ndata: c']
    const expected = [
      { id: '1', event: undefined, data: '漢😀' },
      { id: undefined, event: undefined, data: 'b' },
    ]
    expect(await collect(streamOf(...text))).toEqual({ events: expected, error: undefined })
    const bytes = byteByByte(utf8(text.join('')))
    expect(await collect(sourceOf(bytes).stream())).toEqual({ events: expected, error: undefined })
  })

  test('calls back', async () => {
    const calls: unknown[] = []
    await collect(streamOf(': c\nretry: 5\nid: 1\ndata: a\n\nx: y\n'), {
      onComment: (comment) => calls.push(comment),
      onRetry: (retry) => calls.push(retry),
      onId: (id) => calls.push(id),
      onError: (error) => calls.push((error as ParseError).type),
    })
    expect(calls).toEqual(['c', 5, '1', 'unknown-field'])
  })

  test('goes on after an unknown field, unless an option says terminate', async () => {
    const text = 'data: a\n\nx: y\ndata: b\n\n'
    expect(dataOf((await collect(streamOf(text))).events)).toEqual(['a', 'b'])
    expect(dataOf((await collect(streamOf(text), { onError: () => {} })).events)).toEqual([
      'a',
      'b',
    ])
    const { events, error } = await collect(streamOf(text), { onError: 'terminate' })
    expect(dataOf(events)).toEqual(['a'])
    expect(error).toBeInstanceOf(ParseError)
    expect(error).toMatchObject({ type: 'unknown-field', field: 'x' })
  })

  test('fails at its limit, after the events before it, whatever the options say', async () => {
    for (const onError of [undefined, () => {}, 'terminate'] as const) {
      const source = sourceOf([utf8('data: a\n\ndata: b\n\ndata: 1234567890\n\n')], {
        ending: 'stall',
      })
      const { events, error } = await collect(source.stream(), { maxBufferSize: 10, onError })
      expect(dataOf(events)).toEqual(['a', 'b'])
      expect(error).toBeInstanceOf(ParseError)
      expect(error).toMatchObject({ type: 'max-buffer-size-exceeded' })
      expect(await source.over).toBe('cancelled')
    }
  })

  test('delivers what came before an error of the source', async () => {
    const ending = new Error('reset')
    const { events, error } = await collect(
      sourceOf([utf8('data: a\n\ndata: b\n\n')], { ending }).stream(),
    )
    expect(dataOf(events)).toEqual(['a', 'b'])
    expect(error).toBe(ending)
  })

  test('dispatches nothing that is not complete', async () => {
    expect((await collect(streamOf('data: a\n\ndata: b\n'))).events).toHaveLength(1)
  })
})
