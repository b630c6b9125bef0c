import { parseStream, type ParsedStream } from '@tesserae/parser/stream'
import { describe, expect, test } from 'vitest'
import { utf8 } from './support/bytes.ts'

describe('a chunk that is undefined is not the end', () => {
  const chunks = [utf8('data: a\n\n'), undefined, utf8('data: b\n\n')] as Uint8Array[]
  const sources = {
    iterable: () => chunks,
    stream: () =>
      new ReadableStream<Uint8Array>({
        start(controller) {
          for (const chunk of chunks) controller.enqueue(chunk)
          controller.close()
        },
      }),
  }

  for (const [name, source] of Object.entries(sources))
    test(name, async () => {
      const events = parseStream(source())
      expect((await events.next()).value?.data).toBe('a')
      await expect(events.next()).rejects.toThrow(TypeError)
      expect(events.verdict).toEqual({ complete: false, bytes: 0, fields: [] })
      expect(await events.next()).toEqual({ done: true, value: undefined })
    })
})

describe('what a callback throws ends the stream', () => {
  const error = new Error('thrown by onComment')
  const onComment = (): never => {
    throw error
  }
  const cuts = {
    'in a chunk that is being read': ['data: a\n\n', ': c\n\ndata: b\n\n'],
    'in a chunk that has been read': ['data: a\n\n: c\n\ndata: b\n\n'],
  }

  for (const [name, texts] of Object.entries(cuts))
    test(name, async () => {
      const events = parseStream(texts.map(utf8), { onComment })
      expect((await events.next()).value?.data).toBe('a')
      // A consumer that does something else in between: the next event is then given without a turn.
      await new Promise((resolve) => setTimeout(resolve, 0))
      await expect(events.next()).rejects.toBe(error)
      expect(await events.next()).toEqual({ done: true, value: undefined })
    })
})

describe('a stream that is left in the turn of its first next()', () => {
  const ways = {
    aborted: (_: ParsedStream, controller: AbortController) => controller.abort('aborted'),
    returned: (events: ParsedStream) => void events.return(),
  }

  for (const [name, leave] of Object.entries(ways))
    test(name, async () => {
      let cancelled = false
      const source = new ReadableStream<Uint8Array>({ cancel: () => void (cancelled = true) })
      const controller = new AbortController()
      const events = parseStream(source, { signal: controller.signal })
      const next = events.next().catch((error: unknown) => error)
      leave(events, controller)
      expect(await next).toEqual(name === 'aborted' ? name : { done: true, value: undefined })
      expect(cancelled).toBe(true)
    })
})

test('eventTimeout ends a source that has always a comment ready', async () => {
  // Nothing but microtasks: no timer can fire before the source ends by itself.
  const begin = performance.now()
  function* comments(): Iterable<Uint8Array> {
    while (performance.now() - begin < 20_000) yield utf8(': busy\n\n')
  }
  await expect(parseStream(comments(), { eventTimeout: 50 }).next()).rejects.toMatchObject({
    code: 'event-timeout',
    limit: 50,
  })
})
