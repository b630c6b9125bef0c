import { createParser, type SseError, type Parser, type SseEvent } from '@tesserae/parser'
import { referenceParse } from '@tesserae/testkit'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { utf8 } from './support/bytes.ts'
import { expectForEveryCut, expectSame, pendingOf, readEvent, sorted } from './support/outcome.ts'
import { anyStream, cutStream } from './support/streams.ts'

const dataOf = (events: Iterable<SseEvent>): string[] => [...events].map(({ data }) => data)

/** With its chunks fed and nothing asked for yet. */
function waiting(chunks: readonly Uint8Array[]): Parser {
  const parser = createParser()
  for (const chunk of chunks) parser.feed(chunk)
  return parser
}

describe('in the consumer’s loop', () => {
  const stream = utf8('event: E\nid: 9\ndata: a\ndata: b\n\ndata: c\n\ndata: d\n\n')
  const a = { event: 'E', data: 'a\nb', id: '9', lastEventId: '9' }
  const [c, d] = ['c', 'd'].map((data) => ({
    event: undefined,
    data,
    id: undefined,
    lastEventId: '9',
  }))

  test('a throw loses nothing: the next loop goes on', () => {
    expectForEveryCut(stream, [a, c, d], (chunks) => {
      const parser = waiting(chunks)
      const events: unknown[] = []
      for (let round = 0; round < 9; round++) {
        try {
          for (const event of parser) {
            events.push(readEvent(event))
            throw new Error('the consumer’s own')
          }
        } catch (error) {
          expect((error as Error).message).toBe('the consumer’s own')
        }
      }
      return events
    })
  })

  test('so do break, and a loop in the loop', () => {
    expectForEveryCut(stream, [a, c, d], (chunks) => {
      const parser = waiting(chunks)
      const events: unknown[] = []
      for (const event of parser) {
        events.push(readEvent(event))
        for (const event of parser) {
          events.push(readEvent(event))
          break
        }
      }
      return events
    })
  })

  test('next() takes the event that the loop would have had', () => {
    expectForEveryCut(stream, [a, c, d], (chunks) => {
      const parser = waiting(chunks)
      const events: unknown[] = []
      for (const event of parser) {
        const next = parser.next()
        events.push(readEvent(event), ...(next ? [readEvent(next)] : []))
      }
      return events
    })
  })

  test('an iterator is as good as another', () => {
    const parser = waiting([stream])
    const [one, other] = [parser[Symbol.iterator](), parser[Symbol.iterator]()]
    expect(
      [one.next(), other.next(), one.next(), other.next()].map(({ value }) => value?.data),
    ).toEqual(['a\nb', 'c', 'd', undefined])
    expect(one[Symbol.iterator]()).toBe(one)
    // One that has found nothing finds what comes later.
    parser.feed(utf8('data: e\n\n'))
    expect(one.next()).toMatchObject({ done: false, value: { data: 'e' } })
  })

  test('feed() adds to the end', () => {
    expectForEveryCut(stream, ['a\nb', 'c', 'd', 'a\nb+', 'c+', 'd+'], (chunks) => {
      const parser = waiting(chunks)
      const seen: string[] = []
      for (const { data } of parser) {
        seen.push(data)
        if (!data.endsWith('+'))
          parser.feed(utf8(`data: ${data.replaceAll('\n', '\ndata: ')}+\n\n`))
      }
      return seen
    })
  })

  test('reset() stops it, and leaves nothing to the next stream', () => {
    expectForEveryCut(stream, [a], (chunks) => {
      const parser = waiting(chunks)
      const events: unknown[] = []
      for (const event of parser) {
        parser.reset()
        events.push(readEvent(event))
      }
      parser.feed(utf8('data: x\n\n'))
      expectSame([...parser].map(readEvent), [
        { event: undefined, data: 'x', id: undefined, lastEventId: '' },
      ])
      expectSame(parser.end(), { complete: true })
      return events
    })
  })

  test('reset() and feed() go on with the other stream', () => {
    const parser = waiting([stream])
    const seen: string[] = []
    for (const { data, lastEventId } of parser) {
      if (seen.push(`${data} after "${lastEventId}"`) > 1) continue
      parser.reset()
      parser.feed(utf8('\u{feff}data: x\n\ndata: y\n\n'))
    }
    expect(seen).toEqual(['a\nb after "9"', 'x after ""', 'y after ""'])
  })

  test('end() lets it finish', () => {
    const bytes = utf8('data: a\n\ndata: b\n\ndata: c\n\ndata: d')
    expectForEveryCut(bytes, ['a', 'b', 'c'], (chunks) => {
      const parser = waiting(chunks)
      const seen: string[] = []
      for (const { data } of parser) {
        seen.push(data)
        expectSame(parser.end(), { complete: false, bytes: 7, fields: [] })
      }
      return seen
    })
  })

  test('an event stays what it was, whatever follows', () => {
    const parser = waiting([stream])
    const first = parser.next()
    for (const _event of parser);
    parser.feed(utf8('event: other\nid: 10\ndata: other\n\n'))
    parser.next()
    parser.reset()
    expect(first && readEvent(first)).toEqual(a)
  })
})

describe.each(['onComment', 'onRetry', 'onUnknownField'] as const)('in %s', (name) => {
  const line = { onComment: ': c', onRetry: 'retry: 5', onUnknownField: 'unknown: x' }[name]
  const called = (callback: (parser: Parser) => void, chunks: readonly Uint8Array[]): Parser => {
    const parser: Parser = createParser({ [name]: () => callback(parser) })
    for (const chunk of chunks) parser.feed(chunk)
    return parser
  }

  test('a throw loses nothing', () => {
    const bytes = utf8(
      `${line}\ndata: a\n${line}\n${line}\ndata: b\n\nid: 1\n${line}\ndata: c\n\n${line}\n`,
    )
    const pending = sorted(referenceParse(bytes)).pending ?? null
    expectForEveryCut(bytes, [['a\nb', 'c'], 5, '1', pending], (chunks) => {
      let thrown = 0
      const parser = called(() => {
        thrown++
        throw new Error('the callback’s own')
      }, chunks)
      const seen: string[] = []
      for (let round = 0; round < 12; round++) {
        try {
          for (const { data } of parser) seen.push(data)
        } catch (error) {
          if ((error as Error).message !== 'the callback’s own') throw error
        }
      }
      return [seen, thrown, parser.lastEventId, pendingOf(parser.end()) ?? null]
    })
  })

  test('a throw while end() drains loses nothing, and end() can be called again', () => {
    for (const text of [
      `data: a\n\n${line}\ndata: b\n\n${line}\n`,
      `${line}\n`,
      `data: a\n\n${line}\ndata: b`,
    ]) {
      const bytes = utf8(text)
      const expected = [
        referenceParse(bytes).events.map(({ data }) => data),
        text.split(line).length - 1,
        sorted(referenceParse(bytes)).pending ?? null,
      ]
      expectForEveryCut(bytes, expected, (chunks) => {
        let thrown = 0
        const parser = called(() => {
          thrown++
          throw new Error('the callback’s own')
        }, chunks)
        for (let round = 0; ; round++) {
          expect(round).toBeLessThan(9)
          try {
            const pending = pendingOf(parser.end()) ?? null
            return [dataOf(parser), thrown, pending]
          } catch (error) {
            if ((error as Error).message !== 'the callback’s own') throw error
          }
        }
      })
    }
  })

  test('a throw in what end() completes does not lose the event', () => {
    const bytes = utf8(`data: a\n${line}`)
    expectForEveryCut(bytes, ['a'], (chunks) => {
      const parser: Parser = createParser({
        incomplete: 'dispatch',
        [name]: () => {
          throw new Error('the callback’s own')
        },
      })
      for (const chunk of chunks) parser.feed(chunk)
      expect(() => parser.end()).toThrow('the callback’s own')
      expect(parser.end().complete).toBe(false)
      return dataOf(parser)
    })
  })

  test('reset() drops the rest, and leaves nothing to the next stream', () => {
    const bytes = utf8(`data: a\n\nevent: E\nid: 9\ndata: b\n${line}\ndata: c\n\ndata: d\n\n`)
    expectForEveryCut(bytes, ['a', 'x after ""'], (chunks) => {
      const parser = called((parser) => parser.reset(), chunks)
      const seen = dataOf(parser)
      parser.feed(utf8('data: x\n\n'))
      for (const { event, data, id, lastEventId } of parser)
        seen.push(`${data} after ${JSON.stringify(event ?? id ?? lastEventId)}`)
      expectSame(parser.end(), { complete: true })
      return seen
    })
  })

  test('reset() while end() drains leaves a parser that is new', () => {
    const bytes = utf8(`data: a\n\ndata: b\n${line}\ndata: c\n\ndata: d`)
    for (const incomplete of ['discard', 'dispatch', 'error'] as const) {
      expectForEveryCut(bytes, ['x'], (chunks) => {
        const parser: Parser = createParser({ incomplete, [name]: () => parser.reset() })
        for (const chunk of chunks) parser.feed(chunk)
        try {
          parser.end()
        } catch (error) {
          expect((error as SseError).code).toBe('incomplete-event')
        }
        parser.feed(utf8('data: x\n\n'))
        const seen = dataOf(parser)
        expectSame(parser.end(), { complete: true })
        return seen
      })
    }
  })

  test('reset() and feed() go on with the other stream at once', () => {
    const bytes = utf8(`data: a\n\ndata: b\n${line}\ndata: c\n\n`)
    expectForEveryCut(bytes, ['a', 'x', 'y'], (chunks) => {
      const parser = called((parser) => {
        parser.reset()
        parser.feed(utf8('data: x\n\ndata: y\n\n'))
      }, chunks)
      return dataOf(parser)
    })
  })

  test('feed() adds to the end', () => {
    const bytes = utf8(`data: a\n${line}\ndata: b\n\ndata: c\n\n`)
    expectForEveryCut(bytes, ['a\nb', 'c', 'x', 'y'], (chunks) => {
      const parser = called((parser) => {
        parser.feed(utf8('data: x\n\ndat'))
        parser.feed(utf8('a: y\n\n'))
      }, chunks)
      return dataOf(parser)
    })
  })

  test('feed() while end() drains adds to the end', () => {
    const bytes = utf8(`data: a\n\n${line}\ndata: b`)
    expectForEveryCut(bytes, ['a', 'b'], (chunks) => {
      const parser = called((parser) => parser.feed(utf8('\n\n')), chunks)
      expect(parser.end()).toEqual({ complete: true })
      return dataOf(parser)
    })
  })

  test('next() takes the event that is being put together', () => {
    const bytes = utf8(`data: a\n${line}\ndata: b\n\ndata: c\n\n`)
    expectForEveryCut(bytes, ['in it: a\nb', 'c'], (chunks) => {
      const seen: string[] = []
      const parser = called((parser) => seen.push(`in it: ${parser.next()?.data}`), chunks)
      for (const { data } of parser) seen.push(data)
      return seen
    })
  })

  test('end() is the verdict on the whole stream, and loses no event', () => {
    const bytes = utf8(`data: a\n\n${line}\ndata: b\n\n${line}\ndata: c\n\ndata: d`)
    const pending = { bytes: 7, fields: [] }
    expectForEveryCut(
      bytes,
      [
        ['a', 'b', 'c'],
        [pending, pending],
      ],
      (chunks) => {
        const verdicts: unknown[] = []
        const parser = called((parser) => verdicts.push(pendingOf(parser.end())), chunks)
        return [dataOf(parser), verdicts]
      },
    )
  })

  test('end() in end() makes one verdict of it, and one event of what is pending', () => {
    const bytes = utf8(`data: a\n\n${line}\ndata: b\n\ndata: c`)
    const verdict = { complete: false, bytes: 7, fields: [] }
    expectForEveryCut(bytes, [['a', 'b', 'c'], verdict, verdict], (chunks) => {
      const parser: Parser = createParser({ incomplete: 'dispatch', [name]: () => parser.end() })
      for (const chunk of chunks) parser.feed(chunk)
      const first = parser.end()
      return [dataOf(parser), first, parser.end()]
    })
  })
})

test('callbacks that throw now and then change nothing of what comes out', () => {
  fc.assert(
    fc.property(
      cutStream(anyStream()),
      fc.array(fc.boolean(), { minLength: 1, maxLength: 7 }),
      ({ bytes, chunks }, plan) => {
        let calls = 0
        const now = (): void => {
          if (plan[calls++ % plan.length]) throw new Error('now')
        }
        const parser = createParser({ onComment: now, onRetry: now, onUnknownField: now })
        const events: unknown[] = []
        const insist = (run: () => void): void => {
          for (let round = 0; ; round++) {
            expect(round).toBeLessThan(999)
            try {
              return run()
            } catch (error) {
              if ((error as Error).message !== 'now') throw error
            }
          }
        }
        let pending: unknown
        for (const chunk of chunks) {
          insist(() => parser.feed(chunk))
          insist(() => {
            for (const event of parser) events.push(readEvent(event))
          })
        }
        insist(() => {
          pending = pendingOf(parser.end())
        })
        for (const event of parser) events.push(readEvent(event))
        const { lastEventId, reconnectionTime } = parser
        const said = sorted(referenceParse(bytes))
        expectSame(
          { events, pending, lastEventId, reconnectionTime, calls },
          {
            events: said.events,
            pending: said.pending,
            lastEventId: said.lastEventId,
            reconnectionTime: said.reconnectionTime,
            calls: said.comments.length + said.retries.length + said.unknownFields.length,
          },
        )
      },
    ),
    { numRuns: 5 * (fc.readConfigureGlobal().numRuns ?? 100) },
  )
})
