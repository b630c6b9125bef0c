import { createParser, type SseEvent } from '@tesserae/parser'
import { parseStream } from '@tesserae/parser/stream'
import { referenceParse } from '@tesserae/testkit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { utf8 } from './support/bytes.ts'
import { largeStream } from './support/large-streams.ts'
import { expectSame, parse, readEvent, sorted } from './support/outcome.ts'
import { anyReading, asPlanned, readAsPlanned } from './support/reading.ts'
import { anyStream, cutAnywhere, cutStream } from './support/streams.ts'

// Buffers are Uint8Arrays with other habits: `slice` copies nothing, `toString` decodes, small ones share memory.

const numRuns = 5 * (fc.readConfigureGlobal().numRuns ?? 100)

/** In the pool that Node has for small Buffers. */
const buffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes)

test('streams of Buffers mean the same, however they are read', () => {
  fc.assert(
    fc.property(cutStream(anyStream()), anyReading(), ({ bytes, chunks }, reading) => {
      const found = readAsPlanned(createParser(), chunks.map(buffer), reading)
      expectSame(found, asPlanned(referenceParse(bytes).events, reading))
    }),
    { numRuns },
  )
})

test('large ones too', () => {
  fc.assert(
    fc.property(largeStream(), cutAnywhere(4), anyReading(), ({ bytes, events }, cut, reading) => {
      const found = readAsPlanned(createParser(), cut(bytes).map(buffer), reading)
      expectSame(found, asPlanned(events, reading))
    }),
    { numRuns: numRuns / 10 },
  )
})

test.each([true, false])('memory may go once it is drained and read: a block alone %s', (alone) => {
  const text = alone ? 'x'.repeat(60) : 'x'
  const goes: ((memory: ArrayBuffer) => void)[] = [
    (memory) => structuredClone(memory, { transfer: [memory] }),
    (memory) => memory.resize(10),
    (memory) => memory.resize(200),
  ]
  for (const go of goes) {
    const parser = createParser()
    for (let index = 0; index < 4; index++) {
      const bytes = utf8(`data: ${text}${index}\n\n`)
      const memory = new ArrayBuffer(bytes.length, { maxByteLength: 200 })
      const chunk = new Uint8Array(memory)
      chunk.set(bytes)
      parser.feed(chunk)
      expect([...parser].map(({ data }) => data)).toEqual([`${text}${index}`])
      go(memory)
    }
    expect(parser.end()).toEqual({ complete: true })
  }
})

test('Buffers may be written to once they are drained and read', () => {
  fc.assert(
    fc.property(cutStream(anyStream()), ({ bytes, chunks }) => {
      const lent = Buffer.alloc(bytes.length)
      function* overwritten() {
        for (const chunk of chunks) {
          lent.set(chunk)
          yield lent.subarray(0, chunk.length)
          lent.fill(0x0a)
        }
      }
      expectSame(parse(overwritten()), sorted(referenceParse(bytes)))
    }),
    { numRuns },
  )
})

test('what is detached from a Buffer stands for itself', () => {
  const chunk = Buffer.from('event: e\nid: 1\ndata: first\n\ndata: second\n\n')
  const parser = createParser()
  parser.feed(chunk)
  const copies = [...parser].map((event) => event.detach())
  chunk.fill(0x78)
  expect(copies.map(readEvent)).toEqual([
    { event: 'e', data: 'first', id: '1', lastEventId: '1' },
    { event: undefined, data: 'second', id: undefined, lastEventId: '1' },
  ])
  for (const copy of copies) expect(copy.bytes.buffer.byteLength).toBe(copy.bytes.length)
})

test('a name that repeats is not read from memory that has been written to since', () => {
  const parser = createParser()
  const chunk = Buffer.from('event: delta\ndata: a\n\n')
  const names: (string | undefined)[] = []
  for (const name of ['delta', 'other', 'delta', 'other', 'other']) {
    chunk.set(utf8(name), 7)
    parser.feed(chunk)
    names.push(parser.next()?.event)
    parser.next()
  }
  expect(names).toEqual(['delta', 'other', 'delta', 'other', 'other'])
})

test('one Buffer for all of a stream, as files are read', async () => {
  const stream = utf8('id: 1\ndata: a\ndata: 漢\n\nevent: e\ndata: b\n\n'.repeat(50))
  const lent = Buffer.alloc(11)
  async function* file() {
    for (let at = 0; at < stream.length; at += lent.length) {
      const part = stream.subarray(at, at + lent.length)
      lent.set(part)
      yield lent.subarray(0, part.length)
    }
  }
  const found: unknown[] = []
  const last: SseEvent[] = []
  for await (const event of parseStream(file())) {
    found.push(readEvent(event))
    last.push(event)
  }
  expect(found).toEqual(referenceParse(stream).events)
  expect(last.at(-1)?.data).toBe('b')
})
