import { createParser } from '@tesserae/parser'
import { describe, expect, test } from 'vitest'

// A `Buffer` is a `Uint8Array` whose `slice` copies nothing. Node's streams yield them.
describe('chunks that are Buffers', () => {
  test('a detached event is a copy', () => {
    const parser = createParser()
    const chunk = Buffer.from('id: 1\ndata: kept\n\ndata: a\ndata: b\n\n')
    parser.feed(chunk)
    const events = [...parser].map((event) => event.detach())
    chunk.fill('!')
    expect(events.map(({ data }) => data)).toEqual(['kept', 'a\nb'])
    for (const { bytes } of events) expect(bytes.buffer).not.toBe(chunk.buffer)
  })

  test('a name is not taken for one that lay in the same memory before', () => {
    const parser = createParser()
    const memory = Buffer.alloc(19)
    const names = ['one', 'two'].map((name) => {
      memory.write(`event: ${name}\ndata:.\n\n`)
      parser.feed(memory)
      return [...parser].map(({ event }) => event)
    })
    expect(names).toEqual([['one'], ['two']])
  })
})
