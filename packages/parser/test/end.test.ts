import { createParser, SseError, type IncompletePolicy, type Parser } from '@tesserae/parser'
import { referenceParse } from '@tesserae/testkit'
import { vectors } from '@tesserae/testkit/vectors'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { utf8 } from './support/bytes.ts'
import {
  expectForEveryCut,
  expectSame,
  parse,
  pendingOf,
  readEvent,
  sorted,
} from './support/outcome.ts'
import { anyStream, cutStream } from './support/streams.ts'
import { bytesOf } from './support/transcripts.ts'

const fed = (text: string, incomplete?: IncompletePolicy): Parser => {
  const parser = createParser({ incomplete })
  parser.feed(utf8(text))
  return parser
}

const codeOf = (run: () => unknown): unknown => {
  try {
    run()
    return 'no error'
  } catch (error) {
    return error instanceof SseError ? error.code : error
  }
}

/** What `incomplete: 'dispatch'` should make of a stream: what the reference makes of it with the line ends that are missing. */
function withLineEnds(bytes: Uint8Array): ReturnType<typeof referenceParse> {
  const ends = utf8('\n\n\n')
  const longer = new Uint8Array(bytes.length + ends.length)
  longer.set(bytes)
  longer.set(ends, bytes.length)
  return referenceParse(longer)
}

describe('the verdict', () => {
  test.each([
    ['', { complete: true }],
    ['data: a\n\n', { complete: true }],
    ['data: a\r\r', { complete: true }],
    [': ping\n', { complete: true }],
    ['data: a', { complete: false, bytes: 7, fields: [] }],
    ['data: a\n', { complete: false, bytes: 8, fields: ['data'] }],
    ['data: a\r\n', { complete: false, bytes: 9, fields: ['data'] }],
    ['id: 1\ndata: a\nevent: e\n', { complete: false, bytes: 23, fields: ['event', 'data', 'id'] }],
    ['retry: 1\n', { complete: false, bytes: 9, fields: [] }],
    ['data: a\n\n: c\nid\n', { complete: false, bytes: 7, fields: ['id'] }],
    ['data: a\n\ndata: 漢', { complete: false, bytes: 9, fields: [] }],
  ])('of %j', (text, verdict) => {
    const bytes = utf8(text)
    expectForEveryCut(bytes, verdict, (chunks) => {
      const parser = createParser()
      for (const chunk of chunks) parser.feed(chunk)
      return parser.end()
    })
  })

  test('is the reference’s, drained or not, under every policy', () => {
    fc.assert(
      fc.property(cutStream(anyStream()), fc.boolean(), ({ bytes, chunks }, drained) => {
        const { pending } = sorted(referenceParse(bytes))
        for (const incomplete of ['discard', 'dispatch'] as const) {
          const parser = createParser({ incomplete })
          for (const chunk of chunks) {
            parser.feed(chunk)
            if (drained) for (const _event of parser);
          }
          expectSame(pendingOf(parser.end()), pending)
        }
      }),
      { numRuns: 5 * (fc.readConfigureGlobal().numRuns ?? 100) },
    )
  })

  test('is the same when it is asked for again', () => {
    for (const { bytes } of vectors) {
      const parser = createParser()
      parser.feed(bytes)
      const verdict = parser.end()
      expect(parser.end()).toEqual(verdict)
      for (const _event of parser);
      expect(parser.end()).toEqual(verdict)
    }
  })
})

describe('events that were not drained when it ended', () => {
  test('come out afterwards, in order, by whatever way', () => {
    const parser = fed('data: a\n\ndata: b\n\ndata: c\n\ndata: d\n\n')
    expect(parser.next()?.data).toBe('a')
    expect(parser.end()).toEqual({ complete: true })
    expect(parser.next()?.data).toBe('b')
    expect([...parser].map(({ data }) => data)).toEqual(['c', 'd'])
    expect(parser.next()).toBeUndefined()
  })

  test('are all there for every stream', () => {
    fc.assert(
      fc.property(cutStream(anyStream()), ({ bytes, chunks }) => {
        const parser = createParser()
        for (const chunk of chunks) parser.feed(chunk)
        parser.end()
        expectSame([...parser].map(readEvent), referenceParse(bytes).events)
        expect(parser.lastEventId).toBe(referenceParse(bytes).lastEventId)
      }),
      { numRuns: 5 * (fc.readConfigureGlobal().numRuns ?? 100) },
    )
  })
})

describe("with 'discard'", () => {
  test.each([undefined, 'discard'] as const)('%s: what is pending is dropped', (incomplete) => {
    const parser = fed('id: 1\ndata: a\n\nid: 2\ndata: b\n', incomplete)
    expect(parser.end()).toEqual({ complete: false, bytes: 14, fields: ['data', 'id'] })
    expect([...parser].map(readEvent)).toEqual([
      { event: undefined, data: 'a', id: '1', lastEventId: '1' },
    ])
    expect(parser.lastEventId).toBe('1')
  })
})

describe("with 'dispatch'", () => {
  test.each([
    ['a line', 'data: a'],
    ['two lines', 'data: a\ndata: b'],
    ['lines that have ended', 'event: e\nid: 1\ndata: a\n'],
    ['half a character', 'data: a\\xf0\\x9f'],
  ])('%s is an event', (_name, stream) => {
    const bytes = bytesOf(stream.replaceAll('\n', '\\n'))
    expectForEveryCut(bytes, sorted(referenceParse(bytes)).pending, (chunks) => {
      const parser = createParser({ incomplete: 'dispatch' })
      for (const chunk of chunks) {
        parser.feed(chunk)
        expect(parser.next()).toBeUndefined()
      }
      const verdict = parser.end()
      expectSame([...parser].map(readEvent), withLineEnds(bytes).events)
      return pendingOf(verdict)
    })
  })

  test('the event comes after those that were complete', () => {
    const parser = fed('data: a\n\ndata: b\n\ndata: c', 'dispatch')
    expect(parser.end().complete).toBe(false)
    expect([...parser].map(({ data }) => data)).toEqual(['a', 'b', 'c'])
    expect(parser.end().complete).toBe(false)
    expect(parser.next()).toBeUndefined()
  })

  test('the ID of a block that has no data is committed', () => {
    const parser = fed('id: 1\n', 'dispatch')
    expect(parser.end()).toEqual({ complete: false, bytes: 6, fields: ['id'] })
    expect(parser.next()).toBeUndefined()
    expect(parser.lastEventId).toBe('1')
  })

  test('a stream that is complete gives nothing more', () => {
    const parser = fed('data: a\n\n: c\n', 'dispatch')
    expect(parser.end()).toEqual({ complete: true })
    expect([...parser]).toHaveLength(1)
  })

  test('every stream gives what it would with its line ends', () => {
    fc.assert(
      fc.property(cutStream(anyStream()), ({ bytes, chunks }) => {
        const { events, retries, comments, unknownFields, lastEventId } = withLineEnds(bytes)
        const found = parse(chunks, { incomplete: 'dispatch' })
        const expected = { ...sorted(referenceParse(bytes)), events, lastEventId }
        expectSame(found, {
          ...expected,
          retries,
          comments,
          unknownFields,
          reconnectionTime: retries.at(-1),
        })
      }),
      { numRuns: 5 * (fc.readConfigureGlobal().numRuns ?? 100) },
    )
  })
})

describe("with 'error'", () => {
  test('it is thrown where the stream broke off, each time, without its bytes', () => {
    const parser = fed('data: a\n\ndata: secret', 'error')
    for (let call = 0; call < 3; call++) {
      try {
        parser.end()
        expect.unreachable()
      } catch (error) {
        expect(error).toBeInstanceOf(SseError)
        const { name, code, offset, limit, message } = error as SseError
        expect({ name, code, offset, limit }).toEqual({
          name: 'SseError',
          code: 'incomplete-event',
          offset: 21,
          limit: undefined,
        })
        expect(message).toBe('The stream broke off inside an event: request it again.')
      }
    }
    // Nothing that had arrived is lost.
    expect([...parser].map(({ data }) => data)).toEqual(['a'])
  })

  test('it is thrown for what is incomplete, and for nothing else', () => {
    for (const { name, bytes } of vectors) {
      const { pending, events } = referenceParse(bytes)
      expectForEveryCut(
        bytes,
        [pending ? 'incomplete-event' : 'no error', pending ? bytes.length : undefined],
        (chunks) => {
          const parser = createParser({ incomplete: 'error' })
          for (const chunk of chunks) parser.feed(chunk)
          let code: unknown = 'no error'
          let offset: unknown
          try {
            parser.end()
          } catch (error) {
            if (!(error instanceof SseError)) throw error
            code = error.code
            offset = error.offset
          }
          expect([...parser], name).toHaveLength(events.length)
          return [code, offset]
        },
        { pairsUpTo: 0 },
      )
    }
  })
})

describe('after the end', () => {
  test.each(['data: a\n\n', 'data: a', ''])('of %j, feeding is an error', (text) => {
    const parser = fed(text)
    parser.end()
    for (const more of ['data: b\n\n', '']) {
      try {
        parser.feed(utf8(more))
        expect.unreachable()
      } catch (error) {
        const { name, code, offset, message } = error as SseError
        expect([name, code, offset]).toEqual(['SseError', 'ended', text.length])
        expect(message).toBe('The stream has ended: call `reset()` before you feed another.')
      }
    }
  })

  test('with an error too', () => {
    const parser = fed('data: a', 'error')
    expect(codeOf(() => parser.end())).toBe('incomplete-event')
    expect(codeOf(() => parser.feed(utf8('\n\n')))).toBe('ended')
  })

  test('reset() begins another stream, byte order mark and all', () => {
    const parser = fed('id: 1\nretry: 5\ndata: a\n\nid: 2\ndata: b\n')
    parser.end()
    parser.reset()
    expect(parser.lastEventId).toBe('')
    expect(parser.reconnectionTime).toBeUndefined()
    expect(parser.next()).toBeUndefined()
    parser.feed(utf8('\u{feff}data: c\n\n'))
    expect([...parser].map(readEvent)).toEqual([
      { event: undefined, data: 'c', id: undefined, lastEventId: '' },
    ])
    expect(parser.end()).toEqual({ complete: true })
  })
})

describe('where a stream starts', () => {
  test('is an empty ID, or the one that is passed in', () => {
    expect(createParser().lastEventId).toBe('')
    const parser = createParser({ lastEventId: '41' })
    expect(parser.lastEventId).toBe('41')
    parser.feed(utf8('data: a\n\nid: 42\ndata: b\n\n'))
    expect([...parser].map(({ id, lastEventId }) => [id, lastEventId])).toEqual([
      [undefined, '41'],
      ['42', '42'],
    ])
  })

  test('is for reset() to say, or what it was', () => {
    const parser = createParser({ lastEventId: '41' })
    parser.feed(utf8('id: 42\n\n'))
    expect(parser.next()).toBeUndefined()
    const { lastEventId } = parser
    parser.reset()
    expect(parser.lastEventId).toBe('41')
    parser.reset({ lastEventId })
    expect(parser.lastEventId).toBe('42')
    parser.reset({})
    expect(parser.lastEventId).toBe('')
  })

  test('is in the middle of nothing, whatever was in the way', () => {
    for (const before of [
      'data: a',
      'data: a\r',
      'data: a\n\ndata: b\n\n',
      '\u00ef',
      'event: e\nid: 1\n',
    ]) {
      const parser = fed(before)
      parser.next()
      parser.reset()
      parser.feed(utf8('\ndata: c\n\n'))
      expect([...parser].map(readEvent)).toEqual([
        { event: undefined, data: 'c', id: undefined, lastEventId: '' },
      ])
      expect(parser.end()).toEqual({ complete: true })
    }
  })
})

test('two bytes that begin no byte order mark are read at once', () => {
  const comments: string[] = []
  const parser = createParser({ onComment: (comment) => comments.push(comment) })
  parser.feed(new TextEncoder().encode(':'))
  parser.feed(new TextEncoder().encode('\n'))
  parser.next()
  expect(comments).toEqual([''])
})
