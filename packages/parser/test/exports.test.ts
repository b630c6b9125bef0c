import * as index from '@tesserae/parser'
import * as compat from '@tesserae/parser/compat'
import * as stream from '@tesserae/parser/stream'
import { describe, expect, test } from 'vitest'

test.each([
  ['.', index, ['SseError', 'createParser']],
  ['./stream', stream, ['EventDecoderStream', 'ResponseError', 'SseError', 'parseStream']],
  ['./compat', compat, ['EventSourceParserStream', 'ParseError', 'createParser']],
])('%s exports these names, and no others', (_entry, exported, names) => {
  expect(Object.keys(exported).toSorted()).toEqual(names)
})

test('an error is the same class from wherever it is imported', () => {
  expect(stream.SseError).toBe(index.SseError)
  expect(Object.getPrototypeOf(stream.ResponseError)).toBe(index.SseError)
  expect(compat.createParser).not.toBe(index.createParser)
})

describe('what a parser and an event have', () => {
  const parser = index.createParser()
  parser.feed(new TextEncoder().encode('event: e\nid: 1\ndata: a\n\n'))
  const event = parser.next() as index.SseEvent

  /** Names that can be reached, those of the language left out. */
  const names = (object: object): string[] => {
    const found = new Set<string>()
    for (let at = object; at !== Object.prototype; at = Object.getPrototypeOf(at) as object)
      for (const name of Object.getOwnPropertyNames(at)) found.add(name)
    found.delete('constructor')
    return [...found].toSorted()
  }

  test('is what is documented, and no more', () => {
    expect(names(parser)).toEqual([
      'end',
      'feed',
      'lastEventId',
      'next',
      'reconnectionTime',
      'reset',
    ])
    expect(names(event)).toEqual([
      'bytes',
      'data',
      'detach',
      'event',
      'id',
      'json',
      'lastEventId',
      'toJSON',
    ])
    expect(names(stream.parseStream([]))).toEqual([
      'lastEventId',
      'next',
      'reconnectionTime',
      'return',
      'verdict',
    ])
    expect(names(new stream.EventDecoderStream())).toEqual(['readable', 'verdict', 'writable'])
    expect(names(compat.createParser({}))).toEqual(['feed', 'reset'])
    expect(names(new compat.EventSourceParserStream())).toEqual(['readable', 'writable'])
  })

  test('is iterable where it says so', () => {
    expect(parser[Symbol.iterator]).toBeTypeOf('function')
    expect(stream.parseStream([])[Symbol.asyncIterator]).toBeTypeOf('function')
  })
})
