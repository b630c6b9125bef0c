import { createParser, type Parser, type SseEvent } from '@tesserae/parser'
import { describe, expect, test } from 'vitest'
import { utf8 } from './support/bytes.ts'
import { CHUNK, chunksOf, feedMuch, GIB, MIB, used } from './support/memory-in-use.ts'

describe('a gibibyte', () => {
  const limit = 4 * MIB

  test.each([
    ['a comment', ': '],
    ['an unknown field', 'unknown: '],
    ['an endless line of data', 'data: '],
    ['an endless line of nothing', ''],
  ])(
    'of %s stays within the limit',
    async (_name, head) => {
      const parser = createParser({ maxEventBytes: limit })
      parser.feed(utf8(head))
      const { fed, most, error } = await feedMuch(parser, GIB, chunksOf('x'))
      expect(fed).toBe(GIB)
      expect([error?.code, error?.limit, error?.offset]).toEqual(['event-too-large', limit, limit])
      // Room doubles, so half of it may be empty.
      expect(most).toBeLessThan(2 * limit + 2 * MIB)
    },
    120_000,
  )

  test.each([
    ['many lines of data', 'data: xxxxxxxx\n'],
    ['many comments in a block', ': xxxxxxxx\n'],
    ['many unknown fields', 'x: xxxxxxxx\n'],
  ])(
    'of %s does too',
    async (_name, line) => {
      const parser = createParser({ maxEventBytes: limit })
      parser.feed(utf8('data\n'))
      const { most, error } = await feedMuch(parser, GIB, chunksOf(line))
      expect(error?.code).toBe('event-too-large')
      expect(most).toBeLessThan(2 * limit + 2 * MIB)
    },
    120_000,
  )
})

// A gibibyte of these is in `memory.long.ts`: they have to be parsed to the end. Here they are some millions of lines, of
// which a quarter of a byte each would show.
describe('16 MiB', () => {
  test.each([
    ['heartbeats', ': ping\n\n'],
    ['heartbeats without blank lines', ':\n'],
    ['events', `id: 1\nevent: e\ndata: ${'x'.repeat(900)}\ndata: ${'y'.repeat(78)}\n\n`],
  ])('of %s pass, and leave nothing behind', async (_name, text) => {
    const { most, error } = await feedMuch(createParser(), 16 * MIB, chunksOf(text))
    expect(error).toBeUndefined()
    expect(most).toBeLessThan(2 * MIB)
  })
})

describe('from each of 1,000 chunks of 64 KiB', () => {
  /** What it costs to keep one thing of each chunk. */
  async function kept(
    keep: (event: SseEvent) => unknown,
    text: string,
    name = '',
  ): Promise<number> {
    const things: unknown[] = []
    const parser = createParser()
    const before = await used()
    for (let count = 0; count < 1_000; count++) {
      parser.feed(chunksOf(`${name}data: ${text} ${count}\n\n`)())
      let index = 0
      for (const event of parser) {
        if (index++ === 10) things.push(keep(event))
        else void event.data
      }
    }
    const after = await used()
    expect(things).toHaveLength(1_000)
    return after - before
  }

  const sixty = 'some text of sixty characters, which is what a delta may have'

  test('a detached event pins less than 1 MiB', async () => {
    expect(await kept((event) => event.detach(), sixty)).toBeLessThan(MIB)
    expect(await kept((event) => event.detach(), `漢${sixty}`)).toBeLessThan(MIB)
  })

  test('so does one with a long name', async () => {
    const detached = await kept(
      (event) => event.detach(),
      sixty,
      'event: response.output_text.delta\n',
    )
    expect(detached).toBeLessThan(MIB)
  })

  test('so does one that was read before, and the text of one', async () => {
    const readBefore = (event: SseEvent) => [event.data.length, event.detach()]
    expect(await kept(readBefore, sixty)).toBeLessThan(MIB)
    expect(await kept((event) => event.detach().data, sixty)).toBeLessThan(MIB)
  })

  test('an event that is not detached pins its chunk, which shows that this can be seen', async () => {
    expect(await kept((event) => event, sixty)).toBeGreaterThan(60 * MIB)
  })
})

test('a consumer that lags by one chunk keeps no chunk that it has read', async () => {
  const parser = createParser()
  const chunk = chunksOf(`data: ${'x'.repeat(CHUNK - 8)}\n\n`)
  parser.feed(chunk())
  parser.feed(chunk())
  const before = await used()
  for (let count = 0; count < 1_000; count++) {
    parser.feed(chunk())
    expect(parser.next()?.bytes.length).toBe(CHUNK - 8)
  }
  expect((await used()) - before).toBeLessThan(2 * MIB)
})

test('a parser that has said goodbye keeps nothing of the stream', async () => {
  const parsers: Parser[] = []
  const before = await used()
  for (let count = 0; count < 100; count++) {
    const parser = createParser()
    parser.feed(chunksOf('data: some text\n\n')())
    for (const _event of parser);
    parser.reset()
    parsers.push(parser)
  }
  expect((await used()) - before).toBeLessThan(MIB)
  expect(parsers).toHaveLength(100)
})

test('an event that no string can hold is over the limit, whatever the limit is', () => {
  // On Node a string has at most 2^29 - 24 units.
  const chunk = new Uint8Array(2 ** 29 + 16).fill(0x78)
  chunk.set(utf8('data: a\n\ndata: '))
  const parser = createParser({ maxEventBytes: Infinity })
  parser.feed(chunk)
  expect(parser.next()?.data).toBe('a')
  expect(() => parser.next()).toThrow(expect.objectContaining({ code: 'event-too-large' }))
})
