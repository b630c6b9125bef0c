import { inChunksOf } from '@tesserae/testkit'
import { vectors } from '@tesserae/testkit/vectors'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Scanner } from '../src/scanner.ts'
import { utf8 } from './support/bytes.ts'
import { meter } from './support/meter.ts'
import { expectForEveryCut } from './support/outcome.ts'
import { withoutByteOrderMark } from './support/scanning.ts'
import { anyStream, cutAnywhere } from './support/streams.ts'

/** A line: where it starts, where its end starts, or the stream's end, and whether it has one. */
interface Line {
  readonly start: number
  readonly end: number
  readonly ended: boolean
}

function linesOf(bytes: Uint8Array): Line[] {
  const lines: Line[] = []
  let start = 0
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at] !== 0x0a && bytes[at] !== 0x0d) continue
    lines.push({ start, end: at, ended: true })
    if (bytes[at] === 0x0d && bytes[at + 1] === 0x0a) at++
    start = at + 1
  }
  if (start < bytes.length) lines.push({ start, end: bytes.length, ended: false })
  return lines
}

/**
 * Of each event, whether its `bytes` have to be a view of a chunk: where its data is one line, whose value lies in one chunk
 * with the blank line after it.
 */
function viewsOf(bytes: Uint8Array, chunks: readonly Uint8Array[]): boolean[] {
  const ends: number[] = []
  for (const { length } of chunks) ends.push((ends.at(-1) ?? 0) + length)
  const chunkOf = (at: number): number => ends.findIndex((end) => at < end)
  const views: boolean[] = []
  let values: number[] = []
  for (const { start, end, ended } of linesOf(bytes)) {
    if (!ended) break
    if (start === end) {
      if (values.length > 0)
        views.push(values.length === 1 && chunkOf(values[0] as number) === chunkOf(end))
      values = []
    }
    const field = /^data(?:$|: ?)/.exec(
      String.fromCharCode(...bytes.subarray(start, Math.min(end, start + 6))),
    )
    if (field) values.push(start + field[0].length)
  }
  return views
}

/** Of each event, whether its `bytes` are a view of a chunk. */
function viewed(chunks: readonly Uint8Array[], plain: boolean): boolean[] {
  const buffers = new Set<ArrayBufferLike>(chunks.map(({ buffer }) => buffer))
  const scanner = new Scanner({}, '', plain)
  const views: boolean[] = []
  for (const chunk of chunks) {
    scanner.feed(chunk)
    for (let event = scanner.next(); event; event = scanner.next())
      views.push(buffers.has(event.bytes.buffer))
  }
  return views
}

describe('bytes are not copied where the data lies in one chunk', () => {
  test.each([false, true])('in large chunks (plain: %s)', (plain) => {
    const event = 'data: {"a":"漢"}\n\n'
    const named = 'event: delta\r\nid: 7\r\ndata: {"a":1}\r\n: comment\r\n\r\n'
    const chunks = [event, named, event.repeat(5_000), (event + named).repeat(1_000)].map(utf8)
    expect(viewed(chunks, plain)).toEqual(Array.from({ length: 7_002 }, () => true))
  })

  test('at every cut of every vector', () => {
    for (const { bytes: whole } of vectors) {
      const bytes = withoutByteOrderMark(whole)
      expectForEveryCut(
        bytes,
        true,
        (chunks) => {
          const copies = chunks.map((chunk) => chunk.slice())
          return JSON.stringify(viewed(copies, false)) === JSON.stringify(viewsOf(bytes, chunks))
        },
        { pairsUpTo: 40 },
      )
    }
  })

  test('in every stream', () => {
    fc.assert(
      fc.property(anyStream(), cutAnywhere(), fc.boolean(), (stream, cut, plain) => {
        const bytes = withoutByteOrderMark(stream)
        const chunks = cut(bytes).map((chunk) => chunk.slice())
        expect(viewed(chunks, plain)).toEqual(viewsOf(bytes, chunks))
      }),
      { numRuns: 10 * (fc.readConfigureGlobal().numRuns ?? 100) },
    )
  })
})

describe('bytes are visited', () => {
  /** Goes through a stream under the meter. */
  function metered(bytes: Uint8Array, cut: readonly Uint8Array[], read: boolean) {
    const { watch, during, ...counts } = meter()
    const chunks = cut.map(watch)
    during(() => {
      const scanner = new Scanner({})
      for (const chunk of chunks) {
        scanner.feed(chunk)
        for (let event = scanner.next(); event; event = scanner.next()) if (read) void event.data
      }
    })
    const sum = (counts: number[]): number => counts.reduce((total, count) => total + count, 0)
    return {
      /** Looks beyond two for each byte, as a mean over lines and chunks: what tells a line’s kind, and LF after CR. */
      beyond: (sum(counts.looks) - 2 * bytes.length) / (linesOf(bytes).length + cut.length),
      mostLooks: Math.max(0, ...counts.looks),
      mostDecodings: Math.max(0, ...counts.decodings),
      mostSearches: Math.max(0, ...counts.searches),
    }
  }

  const chat = `data: {"choices":[{"delta":{"content":"${'some text '.repeat(20)}"}}]}\n\n`
  const streams = {
    'tiny events': 'data: x\n\n'.repeat(3_000),
    'events of a chat': chat.repeat(120),
    'events in Chinese': `data: ${'漢字'.repeat(40)}\n\n`.repeat(100),
    'CR LF': 'data: some text, some text\r\n\r\n'.repeat(800),
    CR: 'data: some text, some text\r\r'.repeat(800),
    'one CR among LF': `${'data: x\n\n'.repeat(1_500)}\r${'data: x\n\n'.repeat(1_500)}`,
    'one LF among CR': `${'data: some text, some text\r\r'.repeat(800)}\n`,
    names: 'event: delta\ndata: some text\n\n'.repeat(800),
    'names and CR LF': 'event: delta\r\ndata: some text\r\n\r\n'.repeat(700),
    'names and CR': `${'event: delta\rdata: some text\r\r'.repeat(800)}\n`,
    'names and many lines of data': 'event: delta\ndata: some\ndata: text\n\n'.repeat(600),
    'names and IDs': 'event: delta\nid: 12\ndata: some text\n\n'.repeat(700),
    'many lines of data': `${'data: line\n'.repeat(2_000)}\n`,
    heartbeats: ': ping\n\n'.repeat(3_000),
    'unknown fields': 'unknown: field\n'.repeat(1_800),
    'one long line': `data: ${'x'.repeat(25_000)}\n\n`,
    'nothing but line ends': '\n\r\r\n'.repeat(6_000),
  }

  test.each(Object.entries(streams))('twice each at most: %s', (_name, text) => {
    const bytes = utf8(text)
    for (const size of [1, 300, 1_460, 16_384, bytes.length]) {
      const chunks = inChunksOf(bytes, size)
      const unread = metered(bytes, chunks, false)
      expect(unread.beyond).toBeLessThanOrEqual(5)
      // A string is made of a large chunk, once, and searched for each of the two line ends; names are decoded.
      expect(unread.mostDecodings).toBeLessThanOrEqual(2)
      expect(unread.mostSearches).toBeLessThanOrEqual(2)
      const read = metered(bytes, chunks, true)
      expect(read.beyond).toBeLessThanOrEqual(5)
      // Reading decodes once more, and may look for the line's end in what it decoded.
      expect(read.mostDecodings).toBeLessThanOrEqual(3)
      expect(read.mostSearches).toBeLessThanOrEqual(3)
    }
  })

  test('no byte more often than the longest name of a field is long, in every stream', () => {
    fc.assert(
      fc.property(anyStream(), cutAnywhere(), fc.boolean(), (stream, cut, read) => {
        const bytes = withoutByteOrderMark(stream)
        const { beyond, mostLooks, mostDecodings } = metered(bytes, cut(bytes), read)
        expect(beyond).toBeLessThanOrEqual(8)
        expect(mostLooks).toBeLessThanOrEqual(12)
        expect(mostDecodings).toBeLessThanOrEqual(5)
      }),
      { numRuns: 2 * (fc.readConfigureGlobal().numRuns ?? 100) },
    )
  })

  test('and the meter sees them', () => {
    const bytes = utf8('data: 漢\n\n')
    const { watch, during, looks, decodings } = meter()
    const chunk = watch(bytes)
    during(() => {
      expect(chunk[1]).toBe(0x61)
      expect(Buffer.prototype.indexOf.call(chunk, 0x0a, 2)).toBe(9)
      const slice = Buffer.prototype as unknown as {
        utf8Slice: (from: number, to: number) => string
      }
      expect(slice.utf8Slice.call(chunk, 6, 9)).toBe('漢')
    })
    expect(looks).toEqual([0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0])
    expect(decodings).toEqual([0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0])
  })
})
