import { createParser, SseError, type Parser, type ParserOptions } from '@tesserae/parser'
import { inChunksOf, referenceParse, type ReferenceEvent } from '@tesserae/testkit'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { joined, utf8 } from './support/bytes.ts'
import { expectForEveryCut, expectSame, readEvent } from './support/outcome.ts'
import { anyStream, cutStream } from './support/streams.ts'

interface Limited {
  readonly events: readonly ReferenceEvent[]
  readonly comments: readonly string[]
  readonly retries: readonly number[]
  /** `undefined` if nothing was over the limit. */
  readonly error:
    | { readonly code: string; readonly limit: unknown; readonly offset: unknown }
    | undefined
}

const errorOf = (run: () => unknown): SseError => {
  try {
    run()
  } catch (error) {
    if (error instanceof SseError) return error
    throw error
  }
  throw new Error('It threw nothing.')
}

/** Feeds and drains until an error, and goes on as if nothing had happened. */
function parseLimited(chunks: Iterable<Uint8Array>, maxEventBytes: number): Limited {
  const events: ReferenceEvent[] = []
  const comments: string[] = []
  const retries: number[] = []
  const errors = new Set<SseError>()
  const parser = createParser({
    maxEventBytes,
    onComment: (comment) => comments.push(comment),
    onRetry: (retry) => retries.push(retry),
  })
  const collect = (run: () => unknown): void => {
    try {
      run()
    } catch (error) {
      if (!(error instanceof SseError)) throw error
      errors.add(error)
    }
  }
  for (const chunk of chunks) {
    collect(() => parser.feed(chunk))
    collect(() => {
      for (const event of parser) events.push(readEvent(event))
    })
  }
  collect(() => parser.end())
  if (errors.size > 1) throw new Error('There is more than one error.')
  const [error] = errors
  return {
    events,
    comments,
    retries,
    error: error && { code: error.code, limit: error.limit, offset: error.offset },
  }
}

/** Counts byte by byte, and lets the reference decide what was complete before. A comment between blocks counts alone. */
function expectedOf(bytes: Uint8Array, maxEventBytes: number): Limited {
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
  let size = 0
  let line = 0
  let isComment = false
  let end = bytes.length
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at]
    if (byte === 0x0a && bytes[at - 1] === 0x0d && at > start) continue
    if (byte === 0x0a || byte === 0x0d) {
      if (line === 0 || (isComment && size === line)) size = 0
      line = 0
      continue
    }
    if (line === 0) isComment = byte === 0x3a
    line++
    size++
    if (size > maxEventBytes) {
      end = at
      break
    }
  }
  const { events, comments, retries } = referenceParse(bytes.subarray(0, end))
  const error = { code: 'event-too-large', limit: maxEventBytes, offset: end }
  return { events, comments, retries, error: end < bytes.length ? error : undefined }
}

describe('an event over the limit', () => {
  test.each([
    ['in data', 'data: 12345\n\n', 10, 10],
    ['in the first byte, with a limit of none', 'data', 0, 0],
    ['by its name, which counts', 'event: abc\ndata\n\n', 10, 11],
    ['by its ID, which counts', 'id: 1234567\ndata\n\n', 12, 13],
    ['by a comment, which counts', ': 123456789\n\n', 10, 10],
    ['by an unknown field, which counts', 'unknown: 123\n\n', 10, 10],
    ['by `retry`, which counts', 'retry: 12345\n\n', 10, 10],
    ['by many lines', 'data\ndata\ndata\n\n', 8, 10],
    ['by many comments in a block', 'data\n:\n:\n:\n:\n', 7, 11],
    ['by the comment that is too long among others', ': 1\n: 12\n: 123\n: 1234\n', 5, 20],
    ['by an empty `data` line too many', 'data: a\ndata\n\n', 10, 11],
    ['in its last byte', 'data: a\n\ndata: bc\n\n', 7, 16],
    ['after others', 'data: a\n\ndata: b\n\ndata: c1\n\n', 7, 25],
    ['after blank lines', '\n\n\r\n\r\ndata: 123\n\n', 8, 14],
    ['after a byte order mark', '\u{feff}data: 1\n\n', 6, 9],
    ['with CR LF', 'data: a\r\ndata: b\r\n\r\n', 13, 15],
    ['with CR', 'data: a\rdata: b\r\r', 13, 14],
    ['in a character', 'data: 漢\n\n', 8, 8],
    ['in a line that has no end', 'data: aaaaaaaaaaaaaaaaaaaaaaaa', 20, 20],
  ])('%s', (_name, text, limit, offset) => {
    const bytes = utf8(text)
    const expected = expectedOf(bytes, limit)
    expect(expected.error).toEqual({ code: 'event-too-large', limit, offset })
    expectForEveryCut(bytes, expected, (chunks) => parseLimited(chunks, limit))
    // One byte more, and it fits, up to there.
    expect(expectedOf(bytes, limit + 1).error?.offset).not.toBe(offset)
  })

  test('is the same for every stream, every limit and every cut', () => {
    const limits = fc.oneof(fc.nat({ max: 60 }), fc.constantFrom(0, 1, 7, 1_000))
    fc.assert(
      fc.property(cutStream(anyStream()), limits, ({ bytes, chunks }, limit) => {
        expectSame(parseLimited(chunks, limit), expectedOf(bytes, limit))
      }),
      { numRuns: 10 * (fc.readConfigureGlobal().numRuns ?? 100) },
    )
  })

  test('comes after the events before it, also where one chunk has them all', () => {
    const parser = createParser({ maxEventBytes: 7 })
    parser.feed(utf8('data: a\n\ndata: b\n\ndata: too long\n\ndata: c\n\n'))
    expect(parser.next()?.data).toBe('a')
    expect(parser.next()?.data).toBe('b')
    expect(errorOf(() => parser.next()).code).toBe('event-too-large')
  })

  test('leaves the last event ID where the events before it put it', () => {
    const parser = createParser({ maxEventBytes: 11 })
    parser.feed(utf8('id: 1\ndata\n\nid: 2\ndata: too long\n\n'))
    expect(parser.next()?.lastEventId).toBe('1')
    expect(() => parser.next()).toThrow(SseError)
    expect(parser.lastEventId).toBe('1')
  })
})

describe('a limit that is just kept', () => {
  test.each([
    ['line ends do not count', 'data: a\r\ndata: b\r\n\r\n', 14],
    ['nor does the event before', 'data: a\n\ndata: b\n\n', 7],
    ['nor does a byte order mark', '\u{feff}data: a\n\n', 7],
    [
      'nor do heartbeats before it, each of which is a block',
      ': 12345\n\n: 12345\n\ndata: a\n\n',
      7,
    ],
    ['nothing fits in nothing', '\n\r\r\n\n', 0],
  ])('%s', (_name, text, limit) => {
    const bytes = utf8(text)
    const { events, comments, retries } = referenceParse(bytes)
    const expected = { events, comments, retries, error: undefined }
    expectForEveryCut(bytes, expected, (chunks) => parseLimited(chunks, limit))
  })

  test('the default is 16 MiB', () => {
    const limit = 16 * 1024 * 1024
    const data = new Uint8Array(limit - 4).fill(0x61)
    const outcome = (bytes: Uint8Array, size: number, options?: ParserOptions) => {
      const parser = createParser(options)
      for (const chunk of inChunksOf(bytes, size)) parser.feed(chunk)
      try {
        return parser.next()?.bytes.length
      } catch (error) {
        return error instanceof SseError && [error.code, error.limit, error.offset]
      }
    }
    for (const size of [65_536, 32 * 1024 * 1024]) {
      const fits = joined([utf8('data:'), data.subarray(1), utf8('\n\n')])
      expect(outcome(fits, size)).toBe(limit - 5)
      const over = joined([utf8('data:'), data, utf8('\n\n')])
      expect(outcome(over, size)).toEqual(['event-too-large', limit, limit])
      expect(outcome(over, size, { maxEventBytes: Infinity })).toBe(limit - 4)
    }
  })
})

describe('after an error', () => {
  const failed = (): { parser: Parser; error: SseError } => {
    const parser = createParser({ maxEventBytes: 7 })
    parser.feed(utf8('data: a\n\ndata: too long'))
    expect(parser.next()?.data).toBe('a')
    return { parser, error: errorOf(() => parser.next()) }
  }

  test('every further call says the same', () => {
    const { parser, error } = failed()
    expect(errorOf(() => parser.next())).toBe(error)
    expect(errorOf(() => parser.feed(utf8('\n\ndata: b\n\n')))).toBe(error)
    expect(errorOf(() => [...parser])).toBe(error)
    expect(errorOf(() => parser.end())).toBe(error)
    expect(errorOf(() => parser.end())).toBe(error)
    expect(errorOf(() => parser.feed(utf8('\n\n')))).toBe(error)
    expect(errorOf(() => parser.next())).toBe(error)
  })

  test.each(['discard', 'dispatch', 'error'] as const)('so does end() with %j', (incomplete) => {
    const parser = createParser({ maxEventBytes: 7, incomplete })
    parser.feed(utf8('data: a\n\ndata: b\n\ndata: too long'))
    const error = errorOf(() => parser.end())
    expect(error.code).toBe('event-too-large')
    // Events before it are not lost by that.
    expect([parser.next()?.data, parser.next()?.data]).toEqual(['a', 'b'])
    expect(errorOf(() => parser.next())).toBe(error)
    expect(errorOf(() => parser.end())).toBe(error)
  })

  test('reset() takes it back, with the same limit', () => {
    const { parser } = failed()
    parser.reset()
    parser.feed(utf8('data: b\n\ndata: too long again\n\n'))
    expect(parser.next()?.data).toBe('b')
    const error = errorOf(() => parser.next())
    expect([error.code, error.limit, error.offset]).toEqual(['event-too-large', 7, 16])
  })

  test('what is fed is not kept', () => {
    const { parser, error } = failed()
    for (let chunk = 0; chunk < 3; chunk++)
      expect(errorOf(() => parser.feed(utf8('data: c\n\n')))).toBe(error)
    parser.reset()
    expect(parser.next()).toBeUndefined()
    expect(parser.end()).toEqual({ complete: true })
  })
})

test('a message has no byte of the stream in it, and says what to do', () => {
  const secret = 'sk-proj-0123456789'
  for (const field of ['data: ', 'event: ', 'id: ', ': ', `${secret}: `]) {
    const parser = createParser({ maxEventBytes: 20 })
    parser.feed(utf8(`${field}${secret}${secret}\n\n`))
    const error = errorOf(() => parser.next())
    expect(error.name).toBe('SseError')
    expect(error.message).toBe(
      'An event has over 20 bytes: raise `maxEventBytes`, or call `reset()` for another stream.',
    )
    expect(JSON.stringify(error)).not.toContain(secret)
  }
})

describe('a limit that is none', () => {
  test.each(
    [-1, NaN, -Infinity, 1.5, '100', '', null, true, [], {}].map((value) => [String(value), value]),
  )('%s', (_name, maxEventBytes) => {
    const options = { maxEventBytes } as ParserOptions
    expect(() => createParser(options)).toThrow(RangeError)
    expect(() => createParser(options)).toThrow('maxEventBytes')
  })

  test('is told from one that is not there', () => {
    expect(createParser({ maxEventBytes: undefined }).next()).toBeUndefined()
    expect(createParser({ maxEventBytes: 0 }).next()).toBeUndefined()
    expect(createParser({ maxEventBytes: Infinity }).next()).toBeUndefined()
  })
})
