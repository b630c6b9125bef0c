import * as compat from '@tesserae/parser/compat'
import { createParser } from '@tesserae/parser'
import { byteByByte, measureExponent, recogniseQuadratic, withEmptyChunks } from '@tesserae/testkit'
import { beforeAll, describe, expect, test } from 'vitest'
import { utf8 } from './support/bytes.ts'

// Real time, so not for the runtimes whose clocks stand still while code runs. Work is counted in `work.node.test.ts`.

const MOST = 1.2

/** What a consumer does with each event. */
const ways = {
  'nothing is read': () => undefined,
  'everything is read': (data: () => string) => data().length,
}

type Way = (typeof ways)[keyof typeof ways]

function parse(chunks: readonly Uint8Array[], read: Way): number {
  const parser = createParser()
  let total = 0
  for (const chunk of chunks) {
    parser.feed(chunk)
    for (const event of parser) total += read(() => event.data) ?? 1
  }
  parser.end()
  return total
}

/** Hostile streams of about as many bytes, or chunks, as `size` says. */
const families: Record<string, (size: number) => Uint8Array[]> = {
  'one long line in 1-byte chunks': (size) => byteByByte(utf8(`data: ${'x'.repeat(size)}\n\n`)),
  'one long line of Chinese in 1-byte chunks': (size) =>
    byteByByte(utf8(`data: ${'漢'.repeat(size / 3)}\n\n`)),
  'many tiny events in one chunk': (size) => [utf8('data: x\n\n'.repeat(size / 9))],
  'many tiny events of Chinese in one chunk': (size) => [utf8('data: 漢\n\n'.repeat(size / 11))],
  'many tiny events in 1-byte chunks': (size) => byteByByte(utf8('data: x\n\n'.repeat(size / 9))),
  'one CR in a chunk of LF': (size) => [
    utf8(`data: x\n\n\r${'data: x\n\n'.repeat(size / 9)}`),
    utf8(`${'data: x\n\n'.repeat(size / 9)}\r`),
  ],
  'CR only': (size) => [utf8('data: x\r\r'.repeat(size / 9))],
  'one LF in a chunk of CR': (size) => [utf8(`${'data: x\r\r'.repeat(size / 9)}\n`)],
  'names and CR': (size) => [utf8(`${'event: x\rdata: x\r\r'.repeat(size / 18)}\n`)],
  'CR LF in 1-byte chunks': (size) => byteByByte(utf8('data: x\r\n\r\n'.repeat(size / 11))),
  'many comments': (size) => [utf8(': ping\n'.repeat(size / 7))],
  'many heartbeats': (size) => [utf8(': ping\n\n'.repeat(size / 8))],
  'one long comment in 1-byte chunks': (size) => byteByByte(utf8(`: ${'x'.repeat(size)}\n\n`)),
  'many unknown lines': (size) => [utf8('x: y\n'.repeat(size / 5))],
  'many data lines': (size) => [utf8(`${'data: x\n'.repeat(size / 8)}\n`)],
  'many data lines in 1-byte chunks': (size) =>
    byteByByte(utf8(`${'data: x\n'.repeat(size / 8)}\n`)),
  'many names, each another': (size) => [
    utf8(Array.from({ length: size / 20 }, (_, index) => `event: ${index}\ndata: x\n\n`).join('')),
  ],
  'many IDs and reconnection times': (size) => [
    utf8('id: 1\nretry: 1\ndata: x\n\n'.repeat(size / 24)),
  ],
  'many empty chunks': (size) => withEmptyChunks(byteByByte(utf8(`data: ${'x'.repeat(size)}\n\n`))),
  'nothing but line ends': (size) => [utf8('\n\r\r\n'.repeat(size / 4))],
}

/**
 * Sizes that leave the memory out, in milliseconds of the smallest. V8 moves what a long list holds, which costs more the longer the
 * list is, and gives a text of more than 128 KiB pages of its own, which costs six times as much for each byte.
 */
const SMALL = { shortest: 0.005 }

// A busy machine makes linear work look worse, and never quadratic work better: one quiet measurement is proof.
const again = { retry: 4 }

beforeAll(async () => {
  // Throws if this machine, now, cannot tell quadratic from linear: then the rest would prove nothing.
  await recogniseQuadratic()
}, 60_000)

describe.each(Object.entries(ways))('time is linear where %s', (_name, read) => {
  test.each(Object.entries(families))('%s', again, async (_name, make) => {
    const { exponent } = await measureExponent((size) => {
      const chunks = make(size)
      return () => parse(chunks, read)
    }, SMALL)
    expect(exponent).toBeLessThanOrEqual(MOST)
  })
})

describe('time is linear where', () => {
  const measured: Record<string, (size: number) => () => unknown> = {
    'many chunks wait before any is drained': (size) => {
      const chunks = Array.from({ length: size / 9 }, () => utf8('data: x\n\n'))
      return () => {
        const parser = createParser()
        for (const chunk of chunks) parser.feed(chunk)
        let events = 0
        while (parser.next()) events++
        return events
      }
    },
    'many events wait for the end': (size) => {
      const chunk = utf8('data: x\n\n'.repeat(size / 9))
      return () => {
        const parser = createParser()
        parser.feed(chunk)
        parser.end()
        let events = 0
        while (parser.next()) events++
        return events
      }
    },
    'a consumer lags by one chunk': (size) => {
      const chunks = Array.from({ length: size / 9 }, () => utf8('data: x\n\n'))
      return () => {
        const parser = createParser()
        parser.feed(utf8('data: x\n\n'))
        for (const chunk of chunks) {
          parser.feed(chunk)
          parser.next()
        }
      }
    },
    'events of Chinese are read backwards': (size) => {
      const chunk = utf8('data: 漢字\n\n'.repeat(size / 14))
      return () => {
        const parser = createParser()
        parser.feed(chunk)
        return [...parser].toReversed().map(({ data }) => data)
      }
    },
    'one in ten events of Chinese is read': (size) => {
      const chunk = utf8('data: 漢字\n\n'.repeat(size / 14))
      return () => {
        const parser = createParser()
        parser.feed(chunk)
        return [...parser].map((event, index) => (index % 10 === 0 ? event.data : ''))
      }
    },
    'every callback is set': (size) => {
      const chunk = utf8(': c\nx: y\nretry: 1\n\n'.repeat(size / 20))
      return () => {
        let calls = 0
        const count = (): void => void calls++
        const parser = createParser({ onComment: count, onRetry: count, onUnknownField: count })
        parser.feed(chunk)
        parser.next()
        return calls
      }
    },
    'a block of text comes to `/compat` in small pieces': (size) => {
      const pieces = [
        'data: x\n\n',
        'data: ',
        ...Array.from({ length: size / 10 }, () => 'ten times '),
      ]
      return () => {
        let events = 0
        const parser = compat.createParser({ onEvent: () => void events++ })
        for (const piece of pieces) parser.feed(piece)
        parser.feed('\n\n')
        return events
      }
    },
    'a limit is counted': (size) => {
      const chunks = byteByByte(utf8('data: x\n'.repeat(size / 8)))
      return () => {
        const parser = createParser({ maxEventBytes: size })
        for (const chunk of chunks) {
          parser.feed(chunk)
          parser.next()
        }
      }
    },
  }

  test.each(Object.entries(measured))('%s', again, async (_name, makeWork) => {
    const { exponent } = await measureExponent(makeWork, SMALL)
    expect(exponent).toBeLessThanOrEqual(MOST)
  })
})

describe('there is no cliff where a hundred times as much', () => {
  // Arrays change their ways when they get large. The exponents above are of small sizes, which can be measured well;
  // a cliff is so high that the shortest of a few runs shows it: shifting 160,000 events off an array took 600 times as
  // long for each as shifting 1,600.
  const each = (events: number, run: (events: number) => () => void): number => {
    const work = run(events)
    let shortest = Infinity
    for (let round = 0; round < 5; round++) {
      const start = performance.now()
      work()
      shortest = Math.min(shortest, performance.now() - start)
    }
    return shortest / events
  }

  const measured: Record<string, (events: number) => () => void> = {
    'waits for the end': (events) => {
      const chunk = utf8('data: x\n\n'.repeat(events))
      return () => {
        const parser = createParser()
        parser.feed(chunk)
        parser.end()
        while (parser.next());
      }
    },
    'waits in chunks': (events) => {
      const chunks = Array.from({ length: events }, () => utf8('data: x\n\n'))
      return () => {
        const parser = createParser()
        for (const chunk of chunks) parser.feed(chunk)
        while (parser.next());
      }
    },
    'is in one event': (events) => {
      const chunks = byteByByte(utf8('data: x\n'.repeat(events)))
      return () => parse(chunks, () => undefined)
    },
    'is in one chunk and read': (events) => {
      const chunks = [utf8('data: 漢 some text\n\n'.repeat(events))]
      return () => parse(chunks, (data) => data().length)
    },
  }

  test.each(Object.entries(measured))('%s', again, (_name, run) => {
    expect(each(160_000, run) / each(1_600, run)).toBeLessThan(20)
  })
})
