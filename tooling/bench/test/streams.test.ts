import { referenceParse } from '@tesserae/testkit'
import { describe, expect, it } from 'vitest'
import { searchedName, shapes } from '../src/shapes.ts'
import { cut, type Stream } from '../src/streams.ts'

const streamOf = (name: string): Stream => shapes.get(name)!()

describe.each([...shapes])('%s', (_, make) => {
  const stream = make()
  const bytes = new TextEncoder().encode(stream.blocks.join(''))

  it('is the same each time', () => expect(make()).toEqual(stream))

  it('holds the events that it says it holds, by the standard', () => {
    const { events, pending } = referenceParse(bytes)
    expect(pending).toBeUndefined()
    expect(events.map(({ event, data }) => ({ event, data }))).toEqual(stream.events)
  })

  it('is cut into its blocks', () => {
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
    expect(cut(stream, 'each').map((chunk) => decoder.decode(chunk))).toEqual(stream.blocks)
  })

  it.each([
    ['1k', 1024],
    ['packet', 1460],
    ['64k', 65_536],
  ] as const)(
    'is cut into chunks of %s, %i bytes, each with a buffer of its own',
    (chunking, size) => {
      const chunks = cut(stream, chunking)
      expect(Buffer.concat(chunks).equals(bytes)).toBe(true)
      expect(chunks.slice(0, -1).every((chunk) => chunk.length === size)).toBe(true)
      expect(new Set(chunks.map(({ buffer }) => buffer)).size).toBe(chunks.length)
    },
  )
})

it.each(['openai', 'openai-crlf', 'openai-one-cjk'])(
  'the events of %s are 272 to 289 bytes of JSON',
  (name) => {
    const { events } = streamOf(name)
    const sizes = events.map(({ data }) => Buffer.byteLength(data))
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(272)
    expect(Math.max(...sizes)).toBe(289)
    for (const { data } of events) expect(JSON.parse(data).object).toBe('chat.completion.chunk')
  },
)

it('ASCII events are ASCII, and no CJK event is', () => {
  const isASCII = ({ data }: { data: string }) => /^[\0-\x7f]*$/.test(data)
  expect(streamOf('openai').events.every(isASCII)).toBe(true)
  expect(streamOf('openai-one-cjk').events.some(isASCII)).toBe(false)
})

it('CRLF streams hold no bare LF, LF streams no CR', () => {
  expect(streamOf('openai-crlf').blocks.join('')).not.toMatch(/(?<!\r)\n/)
  expect(streamOf('openai').blocks.join('')).not.toContain('\r')
})

it('tiny events have one letter, heartbeats are pings, the large event is 1 MiB', () => {
  expect(streamOf('tiny').blocks.every((block) => /^data: [a-z]\n\n$/.test(block))).toBe(true)
  expect(new Set(streamOf('comments-only').blocks)).toEqual(new Set([': ping\n\n']))
  expect(streamOf('1m').events.map(({ data }) => data.length)).toEqual([2 ** 20])
})

it('about nine in ten named events are those that are looked for', () => {
  const { events } = streamOf('responses')
  const found = events.filter(({ event }) => event === searchedName).length
  expect(found / events.length).toBeCloseTo(0.9, 1)
})
