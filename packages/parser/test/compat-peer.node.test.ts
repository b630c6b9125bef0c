import * as ours from '@tesserae/parser/compat'
import { vectors } from '@tesserae/testkit/vectors'
import { sseStream } from '@tesserae/testkit/arbitraries'
import * as theirs from 'eventsource-parser'
import { EventSourceParserStream as TheirStream } from 'eventsource-parser/stream'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { utf8 } from './support/bytes.ts'
import { expectSame } from './support/outcome.ts'

// Side by side with eventsource-parser 4.1.3: the same calls, but for what is listed here, one by one.

type Make = (config: theirs.ParserConfig) => theirs.EventSourceParser

const parsers: Record<'ours' | 'theirs', Make> = {
  ours: (config) => ours.createParser(config as ours.ParserConfig),
  theirs: theirs.createParser,
}

type Call = readonly [kind: string, ...rest: readonly unknown[]]

function watch(
  make: Make,
  config: Partial<theirs.ParserConfig> = {},
): { parser: theirs.EventSourceParser; calls: Call[] } {
  const calls: Call[] = []
  const parser = make({
    onEvent: (event) => calls.push(['event', event]),
    onId: (id) => calls.push(['id', id]),
    onRetry: (retry) => calls.push(['retry', retry]),
    onComment: (comment) => calls.push(['comment', comment]),
    onError: ({ name, type, field, value }) => calls.push(['error', name, type, field, value]),
    ...config,
  })
  return { parser, calls }
}

function callsOf(make: Make, parts: readonly string[], consume?: boolean): Call[] {
  const { parser, calls } = watch(make)
  for (const part of parts) parser.feed(part)
  if (consume !== undefined) parser.reset({ consume })
  return calls
}

/** What is left when the differences that are known are taken out. */
const withoutKnown = (calls: readonly Call[]): Call[] =>
  calls
    // They report a `retry` that is not a number as an error; the standard says to ignore it.
    .filter(([kind, , type]) => !(kind === 'error' && type === 'invalid-retry'))
    // They give numbers that no timer can wait.
    .map((call) =>
      call[0] === 'retry' ? ['retry', Math.min(call[1] as number, 2 ** 31 - 1)] : call,
    )

const textOf = (bytes: Uint8Array): string =>
  new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)

test('the version is the one that all of this is about', async () => {
  const { default: manifest } = await import('eventsource-parser/package.json', {
    with: { type: 'json' },
  })
  expect(manifest.version).toBe('4.1.3')
})

test('the names are the same', () => {
  expect(Object.keys(ours).toSorted()).toEqual(
    [...Object.keys(theirs), 'EventSourceParserStream'].toSorted(),
  )
})

describe('the same calls, in the same order', () => {
  // Not a byte order mark for us, as they are bytes of characters.
  const known = 'bom:latin1-chars'

  test.each(
    vectors.filter(({ name }) => name !== known).map(({ name, bytes }) => [name, textOf(bytes)]),
  )('%s', (_name, text) => {
    expect(withoutKnown(callsOf(parsers.ours, [text]))).toEqual(
      withoutKnown(callsOf(parsers.theirs, [text])),
    )
    // Cut in two, lines that cannot be fields are dropped by them without a word, and reported by us.
    const withoutErrors = (calls: Call[]) =>
      withoutKnown(calls).filter(([kind]) => kind !== 'error')
    for (let at = 0; at <= text.length; at++) {
      const parts = [text.slice(0, at), text.slice(at)]
      expectSame(
        withoutErrors(callsOf(parsers.ours, parts)),
        withoutErrors(callsOf(parsers.theirs, parts)),
      )
    }
  })

  test('for every stream', () => {
    fc.assert(
      fc.property(sseStream({ malformed: false }), fc.boolean(), ({ bytes }, consume) => {
        const text = textOf(bytes)
        // They take a byte order mark in another form as well.
        fc.pre(!text.startsWith('\u{ef}'))
        const [found, wanted] = [parsers.ours, parsers.theirs].map((make) =>
          withoutKnown(callsOf(make, [text], consume)),
        )
        // A line that is not finished, and cannot be a field, they have dropped by then.
        const last = (found as Call[]).at(-1)
        if (
          consume &&
          last?.[0] === 'error' &&
          (found as Call[]).length > (wanted as Call[]).length
        )
          (found as Call[]).pop()
        expectSame(found, wanted)
      }),
      { numRuns: 5 * (fc.readConfigureGlobal().numRuns ?? 100) },
    )
  })

  test.each([
    'data: a',
    'retry: 5',
    ': c',
    'id: 1',
    'event: e',
    'data: a\nretry: 5',
    'data: a\n\nretry: 7',
  ])('for %j and reset({ consume: true })', (text) => {
    expect(callsOf(parsers.ours, [text], true)).toEqual(callsOf(parsers.theirs, [text], true))
  })

  test('for a limit that is exceeded by parts of a line', () => {
    for (const make of [parsers.ours, parsers.theirs]) {
      const { parser, calls } = watch(make, { maxBufferSize: 20 })
      parser.feed('data: a\n\n')
      parser.feed('data: 12345678')
      expect(() => {
        parser.feed('901234567890')
        parser.feed('1')
      }).toThrow(Error)
      expect(calls.map(([kind, , type]) => [kind, type])).toEqual([
        ['event', undefined],
        ['error', 'max-buffer-size-exceeded'],
      ])
      parser.reset()
      parser.feed('data: b\n\n')
      expect(calls.at(-1)?.[0]).toBe('event')
    }
  })

  test('for a function in the place of the callbacks: a TypeError', () => {
    for (const make of [parsers.ours, parsers.theirs])
      expect(() => make((() => {}) as unknown as theirs.ParserConfig)).toThrow(TypeError)
  })
})

describe('what is different on purpose', () => {
  /** Each row: what happens with them, and with us. */
  const both = (run: (make: Make) => unknown): { theirs: unknown; ours: unknown } => ({
    theirs: run(parsers.theirs),
    ours: run(parsers.ours),
  })
  const dataOf = (calls: readonly Call[]): unknown[] =>
    calls.filter(([kind]) => kind === 'event').map(([, event]) => (event as { data: string }).data)

  test('bytes are parsed, not dropped without a word', () => {
    expect(
      both((make) => {
        const { parser, calls } = watch(make)
        parser.feed(utf8('data: a\n\n') as unknown as string)
        return dataOf(calls)
      }),
    ).toEqual({ theirs: [], ours: ['a'] })
  })

  test('what is neither text nor bytes is a TypeError', () => {
    expect(
      both((make) => {
        try {
          make({}).feed(['data: a\n\n'] as unknown as string)
          return 'nothing'
        } catch (error) {
          return (error as Error).name
        }
      }).ours,
    ).toBe('TypeError')
  })

  test('a throw in onEvent loses no event, and leaks nothing into the next', () => {
    expect(
      both((make) => {
        const seen: unknown[] = []
        const parser = make({
          onEvent: ({ id, event, data }) => {
            seen.push({ id, event, data })
            if (seen.length === 1) throw new Error('the callback’s own')
          },
        })
        expect(() => parser.feed('event: E\nid: 9\ndata: a\ndata: b\n\ndata: c\n\n')).toThrow(
          'the callback’s own',
        )
        parser.feed('data: d\n\n')
        return seen.slice(1)
      }),
    ).toEqual({
      theirs: [{ id: '9', event: 'E', data: 'a\nb\nd' }],
      ours: [
        { id: undefined, event: undefined, data: 'c' },
        { id: undefined, event: undefined, data: 'd' },
      ],
    })
  })

  test('reset() in onEvent stops the chunk', () => {
    expect(
      both((make) => {
        const seen: string[] = []
        const parser = make({
          onEvent: ({ data }) => {
            seen.push(data)
            parser.reset()
          },
        })
        parser.feed('data: a\n\ndata: b\n\n')
        return seen
      }),
    ).toEqual({ theirs: ['a', 'b'], ours: ['a'] })
  })

  test('feed() in onEvent keeps the order', () => {
    expect(
      both((make) => {
        const seen: string[] = []
        const parser = make({
          onEvent: ({ data }) => {
            if (seen.push(data) === 1) parser.feed('data: c\n\n')
          },
        })
        parser.feed('data: a\n\ndata: b\n\n')
        return seen
      }),
    ).toEqual({ theirs: ['a', 'c', 'b'], ours: ['a', 'b', 'c'] })
  })

  test('maxBufferSize holds for an event in one chunk too', () => {
    expect(
      both((make) => {
        const { parser, calls } = watch(make, { maxBufferSize: 16 })
        parser.feed(`data: ${'x'.repeat(1_000)}\n\n`)
        return calls.map(([kind]) => kind)
      }),
    ).toEqual({ theirs: ['event'], ours: ['error'] })
  })

  test('maxBufferSize counts names and IDs, and bytes, not units', () => {
    expect(
      both((make) =>
        [
          `event: ${'x'.repeat(90)}\nid: ${'x'.repeat(90)}\ndata: a\n\n`,
          `data: ${'漢'.repeat(60)}\n\n`,
        ].map((text) => {
          const { parser, calls } = watch(make, { maxBufferSize: 100, onId: undefined })
          parser.feed(text.slice(0, -1))
          if (!calls.some(([kind]) => kind === 'error')) parser.feed('\n')
          return calls.map(([kind]) => kind)
        }),
      ),
    ).toEqual({ theirs: [['event'], ['event']], ours: [['error'], ['error']] })
  })

  test('a byte order mark is U+FEFF, not three characters', () => {
    expect(both((make) => dataOf(callsOf(make, ['ï»¿data: a\n\ndata: b\n\n'])))).toEqual({
      theirs: ['a', 'b'],
      ours: ['b'],
    })
  })

  test('a `retry` that is not a number is ignored, as the standard says, and no error', () => {
    const kinds = both((make) => callsOf(make, ['retry: soon\n']).map(([, , type]) => type))
    expect(kinds).toEqual({ theirs: ['invalid-retry'], ours: [] })
  })

  test('a `retry` is never longer than a timer can wait', () => {
    expect(both((make) => callsOf(make, ['retry: 99999999999\n']))).toEqual({
      theirs: [['retry', 99_999_999_999]],
      ours: [['retry', 2 ** 31 - 1]],
    })
  })

  test('an unknown line is reported however it is cut', () => {
    expect(both((make) => callsOf(make, ['unkn', 'own: x\n']).length)).toEqual({
      theirs: 0,
      ours: 1,
    })
  })

  test('messages of errors have nothing of the stream in them', () => {
    expect(
      both((make) => {
        let message = ''
        const parser = make({ onError: (error) => (message = error.message) })
        parser.feed('sk-secret: x\n')
        return message.includes('sk-secret')
      }),
    ).toEqual({ theirs: true, ours: false })
  })

  test('the line of an error is made of its field and its value', () => {
    expect(
      both((make) => {
        const lines: unknown[] = []
        const parser = make({ onError: ({ line }) => lines.push(line) })
        parser.feed('x: y\nx:\nlone\n')
        return lines
      }),
    ).toEqual({ theirs: ['x: y', 'x:', 'lone'], ours: ['x:y', 'x', 'lone'] })
  })

  test('a stream delivers what came before a failure of its source', async () => {
    const read = async (pair: { readable: ReadableStream; writable: WritableStream }) => {
      let pulls = 0
      const source = new ReadableStream({
        pull(controller) {
          if (pulls++ === 0) controller.enqueue('data: a\n\ndata: b\n\n')
          else controller.error(new Error('reset'))
        },
      })
      const reader = source.pipeThrough(pair).getReader()
      const seen: unknown[] = []
      try {
        for (let next = await reader.read(); !next.done; next = await reader.read()) {
          seen.push((next.value as { data: string }).data)
          // A consumer that takes its time.
          await new Promise((resolve) => setTimeout(resolve, 5))
        }
      } catch (error) {
        seen.push((error as Error).message)
      }
      return seen
    }
    expect(await read(new TheirStream())).toEqual(['a', 'reset'])
    expect(await read(new ours.EventSourceParserStream())).toEqual(['a', 'b', 'reset'])
  })

  test('a stream has two ends, and is not a TransformStream', () => {
    expect(new TheirStream()).toBeInstanceOf(TransformStream)
    const stream: object = new ours.EventSourceParserStream()
    expect(stream).not.toBeInstanceOf(TransformStream)
    expect(stream).toMatchObject({
      readable: expect.any(ReadableStream) as unknown,
      writable: expect.any(WritableStream) as unknown,
    })
  })
})
