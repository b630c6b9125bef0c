import { createParser, type Parser, SseError } from '@tesserae/parser'
import { describe, expect, test } from 'vitest'
import { joined, utf8 } from './support/bytes.ts'

// Memory that goes before its chunk is drained: what is known is delivered, and what is not is an error.

const changes: [string, (memory: ArrayBuffer) => void][] = [
  ['is transferred', (memory) => void structuredClone(memory, { transfer: [memory] })],
  ['shrinks', (memory) => memory.resize(10)],
]
const views: [string, (memory: ArrayBuffer) => Uint8Array][] = [
  ['follows its memory', (memory) => new Uint8Array(memory)],
  ['has a length of its own', (memory) => new Uint8Array(memory, 0, memory.byteLength)],
]
const cases = changes.flatMap(([change, go]) =>
  views.map(([view, over]) => [change, view, go, over] as const),
)

function resizable(bytes: Uint8Array): ArrayBuffer {
  const memory = new ArrayBuffer(bytes.length, { maxByteLength: bytes.length })
  new Uint8Array(memory).set(bytes)
  return memory
}

/** Every event up to an error, if one comes. Asks no more often than so many events and an end take. */
function drain(parser: Parser, atMost: number): { data: string[]; error: unknown } {
  const data: string[] = []
  try {
    for (let asked = 0; asked <= atMost; asked++) {
      const event = parser.next()
      if (event === undefined) return { data, error: undefined }
      data.push(event.data)
    }
  } catch (error) {
    return { data, error }
  }
  throw new Error(`More than ${atMost} events came.`)
}

const changed = (offset: number): unknown =>
  expect.objectContaining({ name: 'SseError', code: 'chunk-changed', offset })

describe.each(cases)('memory that %s, under a chunk that %s', (_change, _view, go, over) => {
  test('is an error if the chunk was not reached, and stays one until reset()', () => {
    const parser = createParser()
    const memory = resizable(utf8('data: lost\n\ndata: lost too\n\n'))
    parser.feed(utf8('data: a\n\n'))
    parser.feed(over(memory))
    parser.feed(utf8('data: never\n\n'))
    go(memory)
    expect(drain(parser, 3)).toEqual({ data: ['a'], error: changed(9) })
    expect(() => parser.next()).toThrow(SseError)
    expect(() => parser.feed(utf8('data: b\n\n'))).toThrow(SseError)
    parser.reset()
    parser.feed(utf8('data: b\n\n'))
    expect(drain(parser, 1)).toEqual({ data: ['b'], error: undefined })
  })

  test('loses nothing of a chunk that is being drained', () => {
    const texts = Array.from({ length: 400 }, (_, index) => `${index} 漢é😀`)
    const memory = resizable(utf8(texts.map((text) => `data: ${text}\n\n`).join('')))
    const parser = createParser()
    parser.feed(over(memory))
    const first = parser.next()
    const second = parser.next()
    go(memory)
    expect(second?.bytes).toEqual(utf8('1 漢é😀'))
    expect([first?.data, second?.data]).toEqual(texts.slice(0, 2))
    expect(drain(parser, 400)).toEqual({ data: texts.slice(2), error: undefined })
    expect(parser.end()).toEqual({ complete: true })
  })

  test('loses nothing of one whose events were not read', () => {
    const block = utf8('event: é\ndata: 漢\ndata: 字\n\n'.repeat(300))
    const parser = createParser()
    parser.feed(block)
    while (parser.next());
    const memory = resizable(block)
    parser.feed(over(memory))
    const first = parser.next()
    go(memory)
    expect(first?.event).toBe('é')
    expect(first?.data).toBe('漢\n字')
    expect(drain(parser, 300)).toEqual({ data: Array(299).fill('漢\n字'), error: undefined })
  })

  test('an event with bytes that are not UTF-8 throws `chunk-changed` after its memory is gone', () => {
    const block = joined([utf8('data: '), Uint8Array.of(0xff), utf8('x\n\n')])
    const memory = resizable(joined([...Array(300).fill(block), utf8('data: rest')]))
    const parser = createParser()
    parser.feed(over(memory))
    const first = parser.next()
    go(memory)
    expect(first?.data).toBe('\u{fffd}x')
    expect(() => first?.bytes).toThrow(expect.objectContaining({ code: 'chunk-changed' }))
    const { data, error } = drain(parser, 300)
    expect(error).toEqual(changed(0))
    expect(new Set(data)).toEqual(new Set(['\u{fffd}x']))
  })

  test('may go in a callback', () => {
    const memory = resizable(utf8('data: 漢\n\n: now\n\ndata: 字\n\n: now\n\ndata: c'))
    const goOnce = (): void => {
      if (memory.byteLength > 10) go(memory)
    }
    const parser = createParser({ incomplete: 'dispatch', onComment: goOnce })
    parser.feed(over(memory))
    expect(drain(parser, 2)).toEqual({ data: ['漢', '字'], error: undefined })
    parser.end()
    expect(drain(parser, 1)).toEqual({ data: ['c'], error: undefined })
  })
})
