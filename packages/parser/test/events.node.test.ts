import { createParser } from '@tesserae/parser'
import { inspect } from 'node:util'
import vm from 'node:vm'
import { describe, expect, test } from 'vitest'
import { joined, utf8 } from './support/bytes.ts'

/** How many bytes were decoded while `run` ran, and in how many calls, by whatever way there is in Node. */
function decoding(run: () => void): { calls: number; bytes: number } {
  const counts = { calls: 0, bytes: 0 }
  const count = (bytes: number): void => {
    counts.calls++
    counts.bytes += bytes
  }
  const slices = ['utf8Slice', 'latin1Slice', 'asciiSlice', 'ucs2Slice'] as const
  type Slice = (this: Uint8Array, start?: number, end?: number) => string
  const prototype = Buffer.prototype as unknown as Record<string, Slice>
  const saved = new Map(slices.map((name) => [name, prototype[name] as Slice]))
  const { decode } = TextDecoder.prototype
  const { toString } = Buffer.prototype
  try {
    for (const [name, slice] of saved) {
      prototype[name] = function (this: Uint8Array, start = 0, end = this.length) {
        count(end - start)
        return slice.call(this, start, end)
      }
    }
    TextDecoder.prototype.decode = function (bytes, options) {
      count(bytes?.byteLength ?? 0)
      return decode.call(this, bytes, options)
    }
    Buffer.prototype.toString = function (...args: Parameters<typeof toString>) {
      count(this.length)
      return toString.apply(this, args)
    }
    run()
  } finally {
    for (const [name, slice] of saved) prototype[name] = slice
    TextDecoder.prototype.decode = decode
    Buffer.prototype.toString = toString
  }
  return counts
}

const chunkOf = (events: number, text: string): Uint8Array =>
  joined(Array.from({ length: events }, () => utf8(`data: ${text}\n\n`)))

describe('decoding', () => {
  test('is counted', () => {
    const parser = createParser()
    parser.feed(chunkOf(1, 'abc'))
    expect(decoding(() => parser.next()?.data)).toEqual({ calls: 1, bytes: 11 })
  })

  test.each(['abc', '漢字'])(
    'of events of %j makes one string of each chunk, read or not',
    (text) => {
      for (const isRead of [false, true]) {
        const chunk = chunkOf(5, text)
        const counts = decoding(() => {
          const parser = createParser()
          for (let index = 0; index < 20; index++) {
            parser.feed(chunk)
            for (const event of parser) if (isRead) expect(event.data).toBe(text)
          }
          parser.end()
        })
        expect(counts).toEqual({ calls: 20, bytes: 20 * chunk.length })
      }
    },
  )

  test('of data happens when it is first read, and not again, where events are not read in general', () => {
    const parser = createParser()
    parser.feed(chunkOf(1, '漢字'))
    expect(parser.next()?.event).toBeUndefined()
    parser.feed(chunkOf(1, '漢字'))
    const event = parser.next()
    expect(decoding(() => event?.data).calls).toBe(1)
    expect(decoding(() => [event?.data, event?.json, JSON.stringify(event)]).calls).toBe(0)
  })

  test.each(['abc', '漢字', 'a漢'])('of a run of events of %j is shared', (text) => {
    const events = 1_000
    const chunk = chunkOf(events, text)
    const counts = decoding(() => {
      const parser = createParser()
      parser.feed(chunk)
      for (const { data } of parser) expect(data).toBe(text)
    })
    expect(counts).toEqual({ calls: 1, bytes: chunk.length })
  })
})

describe('bytes from elsewhere', () => {
  test('Buffers are bytes, also those of Node’s pool', () => {
    const parser = createParser()
    const chunk = Buffer.from('data: 漢\n\n')
    expect(chunk.byteOffset + chunk.buffer.byteLength).toBeGreaterThan(chunk.length)
    parser.feed(chunk)
    const event = parser.next()
    expect(event?.data).toBe('漢')
    expect(event?.bytes.buffer).toBe(chunk.buffer)
    parser.feed(Buffer.from('data: 漢\ndata: b\n\n'))
    expect(parser.next()?.data).toBe('漢\nb')
  })

  test('of another realm are bytes too, which instanceof does not say', () => {
    const foreign = (text: string): Uint8Array =>
      vm.runInNewContext('Uint8Array.from(bytes)', { bytes: [...utf8(text)] }) as Uint8Array
    expect(foreign('') instanceof Uint8Array).toBe(false)
    const parser = createParser()
    for (const part of [
      '\u{feff}da',
      'ta: 漢\n\nevent: e\nda',
      'ta: b\ndata: c\n\n',
      `data: ${'漢'.repeat(2_000)}\n\n`.repeat(3),
    ])
      parser.feed(foreign(part))
    expect([...parser].map(({ data }) => data)).toEqual([
      '漢',
      'b\nc',
      ...Array.from({ length: 3 }, () => '漢'.repeat(2_000)),
    ])
  })

  test('in shared memory are bytes too', () => {
    const chunk = new Uint8Array(new SharedArrayBuffer(9))
    chunk.set(utf8('data: a\n\n'))
    const parser = createParser()
    parser.feed(chunk)
    expect(parser.next()?.data).toBe('a')
  })
})

test('what Node logs of an event shows its data', () => {
  const parser = createParser()
  parser.feed(new TextEncoder().encode('event: a\ndata: shown\n\n'))
  expect(inspect(parser.next())).toContain("data: 'shown'")
})
