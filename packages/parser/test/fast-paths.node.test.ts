import { SseError } from '@tesserae/parser'
import { referenceParse } from '@tesserae/testkit'
import { vectors } from '@tesserae/testkit/vectors'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Scanner } from '../src/scanner.ts'
import { utf8 } from './support/bytes.ts'
import { largeStream } from './support/large-streams.ts'
import { expectForEveryCut, expectSame, pendingOf, sorted } from './support/outcome.ts'
import { anyReading, asPlanned, readAsPlanned, type Reading } from './support/reading.ts'
import { asParser, withoutByteOrderMark } from './support/scanning.ts'
import { anyStream, commonBlocks, cutAnywhere, liveChunks } from './support/streams.ts'

// Decoding ahead has a switch. With and without it, the results have to be equal.

const scanner = asParser(Scanner)
const both = [false, true]
const numRuns = 10 * (fc.readConfigureGlobal().numRuns ?? 100)
const readNow: Reading = { ways: ['now'], takes: [Infinity] }

/** How many times Node was asked to decode. */
function decodings(run: () => void): number {
  const prototype = Buffer.prototype as unknown as Record<
    string,
    (start: number, end: number) => string
  >
  const names = ['utf8Slice', 'latin1Slice']
  const saved = names.map((name) => prototype[name] as (start: number, end: number) => string)
  let calls = 0
  names.forEach((name, index) => {
    prototype[name] = function (this: Uint8Array, start, end) {
      calls++
      return (saved[index] as (start: number, end: number) => string).call(this, start, end)
    }
  })
  try {
    run()
  } finally {
    names.forEach((name, index) => {
      prototype[name] = saved[index] as (start: number, end: number) => string
    })
  }
  return calls
}

test('the switch does something', () => {
  const chunk = utf8('data: some text\n\n'.repeat(1_000))
  const [fast, plain] = both.map((plain) =>
    decodings(() => readAsPlanned(scanner(plain), [chunk, chunk], readNow)),
  )
  // Each chunk once, and alone each event that is read.
  expect([fast, plain]).toEqual([2, 2_002])
})

describe.each(both)('with plain %s', (plain) => {
  test('every vector is what it is, at every cut', () => {
    for (const vector of vectors) {
      const bytes = withoutByteOrderMark(vector.bytes)
      const expected = asPlanned(vector.events, readNow)
      expectForEveryCut(
        bytes,
        expected,
        (chunks) => readAsPlanned(scanner(plain), chunks, readNow),
        {
          pairsUpTo: 0,
        },
      )
    }
  })

  test('every stream is what the reference says, however it is read', () => {
    fc.assert(
      fc.property(anyStream(), cutAnywhere(), anyReading(), (stream, cut, reading) => {
        const found = readAsPlanned(scanner(plain), cut(withoutByteOrderMark(stream)), reading)
        expectSame(found, asPlanned(referenceParse(stream).events, reading))
      }),
      { numRuns },
    )
  })

  test('so is what else comes out', () => {
    fc.assert(
      fc.property(anyStream(), cutAnywhere(), (stream, cut) => {
        const items: unknown[] = []
        const parser = scanner(plain, {
          onComment: (comment) => items.push(comment),
          onRetry: (retry) => items.push(retry),
          onUnknownField: (...field) => items.push(field),
        })
        for (const chunk of cut(withoutByteOrderMark(stream))) parser.feed(chunk)
        while (parser.next());
        const { comments, retries, unknownFields, pending } = sorted(referenceParse(stream))
        expectSame(
          [...items.toSorted(byText), pendingOf(parser.end())],
          [...[...comments, ...retries, ...unknownFields].toSorted(byText), pending],
        )
      }),
      { numRuns },
    )
  })

  test('so are large chunks', () => {
    fc.assert(
      fc.property(
        largeStream(),
        cutAnywhere(4),
        anyReading(),
        ({ bytes, events }, cut, reading) => {
          const found = readAsPlanned(scanner(plain), cut(bytes), reading)
          expectSame(found, asPlanned(events, reading))
        },
      ),
      { numRuns: numRuns / 20 },
    )
  })
})

test('a limit is the same with and without', () => {
  const outcome = (chunks: readonly Uint8Array[], maxEventBytes: number, plain: boolean) => {
    const parser = scanner(plain, { maxEventBytes })
    const events: (string | undefined)[] = []
    try {
      for (const chunk of chunks) {
        parser.feed(chunk)
        for (let event = parser.next(); event; event = parser.next()) events.push(event.data)
      }
    } catch (error) {
      if (!(error instanceof SseError)) throw error
      return { events, code: error.code, offset: error.offset }
    }
    return { events, code: undefined, offset: undefined }
  }
  fc.assert(
    fc.property(anyStream(), cutAnywhere(), fc.nat({ max: 60 }), (stream, cut, limit) => {
      const chunks = cut(withoutByteOrderMark(stream))
      expectSame(outcome(chunks, limit, false), outcome(chunks, limit, true))
    }),
    { numRuns },
  )
})

describe('with every limit and however they are read', () => {
  const outcome = (
    chunks: readonly Uint8Array[],
    reading: Reading,
    maxEventBytes: number,
    plain: boolean,
  ) => {
    const comments: string[] = []
    const parser = scanner(plain, {
      maxEventBytes,
      onComment: (comment) => comments.push(comment),
    })
    const answer = (ask: () => unknown): unknown => {
      try {
        return ask()
      } catch (error) {
        if (!(error instanceof SseError)) throw error
        return { code: error.code, offset: error.offset }
      }
    }
    return {
      events: answer(() => readAsPlanned(parser, chunks, reading)),
      end: answer(() => parser.end()),
      comments,
    }
  }
  const expectBoth = (chunks: readonly Uint8Array[], reading: Reading, limit: number): void =>
    expectSame(outcome(chunks, reading, limit, false), outcome(chunks, reading, limit, true))

  test('so are common blocks', () => {
    const limits = fc.constantFrom(Infinity, 5, 12, 20, 105, 112, 120)
    fc.assert(
      fc.property(
        commonBlocks(),
        cutAnywhere(6),
        anyReading(),
        limits,
        (stream, cut, reading, limit) => expectBoth(cut(stream), reading, limit),
      ),
      { numRuns },
    )
  })

  test('so is a name whose line ends in a CR that is the chunk’s last byte', () => {
    const small = ['data: x\n\n', 'data: x\r\revent: foo\r', '\ndata: 1\n\n']
    const large = [`data: ${'x'.repeat(1_100)}\r\revent: foo\r`, '\ndata: 1\n\n']
    for (const chunks of [small, large]) {
      expectBoth(chunks.map(utf8), readNow, Infinity)
      const events = readAsPlanned(scanner(false), chunks.map(utf8), readNow)
      expect(events.at(-1)).toMatchObject({ event: 'foo', data: '1' })
    }
  })

  test('so is a chunk that is one block, just within the limit and just beyond', () => {
    const readings: Reading[] = [readNow, { ways: ['never'], takes: [Infinity] }]
    for (const text of ['x'.repeat(60), '漢'.repeat(20)])
      for (const name of ['', 'event: a', 'event: delta'])
        for (const end of ['\n', '\r\n']) {
          const lines = [...(name ? [name] : []), `data: ${text}`, '', '']
          const chunk = utf8(lines.join(end))
          const size = name.length + 66
          for (const reading of readings)
            for (let limit = size - 70; limit <= size + 6; limit++)
              expectBoth([utf8(`data: ${text}\n\n`), chunk, chunk], reading, Math.max(0, limit))
        }
  })

  test('so are the chunks of a live stream', () => {
    const limits = fc.oneof(fc.constant(Infinity), fc.integer({ min: 60, max: 90 }))
    fc.assert(
      fc.property(liveChunks(), anyReading(), limits, (chunks, reading, limit) => {
        expectBoth(chunks, reading, limit)
        const { events } = referenceParse(Buffer.concat(chunks))
        if (limit === Infinity)
          expectSame(readAsPlanned(scanner(false), chunks, reading), asPlanned(events, reading))
      }),
      { numRuns },
    )
  })
})

const byText = (one: unknown, other: unknown): number =>
  JSON.stringify(one) < JSON.stringify(other) ? -1 : 1
