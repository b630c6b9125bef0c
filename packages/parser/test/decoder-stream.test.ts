import { SseError, type SseEvent } from '@tesserae/parser'
import { EventDecoderStream } from '@tesserae/parser/stream'
import { byteByByte, endless, sourceOf } from '@tesserae/testkit'
import { vectors } from '@tesserae/testkit/vectors'
import { describe, expect, test } from 'vitest'
import { utf8 } from './support/bytes.ts'
import { readEvent } from './support/outcome.ts'

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))

/** Reads to the end, as every runtime can. */
async function collect(
  stream: ReadableStream<SseEvent>,
): Promise<{ data: string[]; error: unknown }> {
  const data: string[] = []
  const reader = stream.getReader()
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read())
      data.push(next.value.data)
    return { data, error: undefined }
  } catch (error) {
    return { data, error }
  }
}

describe('EventDecoderStream', () => {
  test('makes events of bytes, whatever the cuts', async () => {
    for (const { name, bytes, events } of vectors) {
      for (const chunks of [[bytes], byteByByte(bytes)]) {
        const reader = sourceOf(chunks).stream().pipeThrough(new EventDecoderStream()).getReader()
        const found: unknown[] = []
        for (let next = await reader.read(); !next.done; next = await reader.read())
          found.push(readEvent(next.value))
        expect(found, name).toEqual(events)
      }
    }
  })

  test('delivers every event before the source’s error, then the error', async () => {
    const ending = new Error('reset')
    const chunks = ['data: a\n\ndata: b\n\ndata: c\n\n', 'data: d\n\ndata: e'].map(utf8)
    const decoder = new EventDecoderStream()
    const events = sourceOf(chunks, { ending }).stream().pipeThrough(decoder)
    // The source has failed long before its events are asked for.
    await turn()
    expect(await collect(events)).toEqual({ data: ['a', 'b', 'c', 'd'], error: ending })
    expect(decoder.verdict).toBeUndefined()
  })

  test('reads about as far as its reader, and no further', async () => {
    const source = sourceOf(endless((index) => utf8(`data: ${index}\n\ndata: ${index}\n\n`)))
    const reader = source.stream().pipeThrough(new EventDecoderStream()).getReader()
    for (let index = 0; index < 5; index++) {
      expect((await reader.read()).value?.data).toBe(String(index))
      expect((await reader.read()).value?.data).toBe(String(index))
      await turn()
      // The pipe holds one chunk that has been taken, and one that waits to be.
      expect(source.chunks).toBeLessThanOrEqual(index + 2)
    }
    await reader.cancel()
  })

  test('keeps the source waiting without a reader', async () => {
    const source = sourceOf(endless(() => utf8('data: a\n\n')))
    const events = source.stream().pipeThrough(new EventDecoderStream())
    for (let round = 0; round < 10; round++) await turn()
    expect(source.chunks).toBeLessThanOrEqual(2)
    await events.cancel()
  })

  test('cancelling it cancels the source, with the reason, also while it waits', async () => {
    for (const chunks of [[], [utf8('data: a\n\n')]]) {
      const source = sourceOf(chunks, { ending: 'stall' })
      const reader = source.stream().pipeThrough(new EventDecoderStream()).getReader()
      if (chunks.length > 0) await reader.read()
      const waiting = reader.read()
      await turn()
      const reason = new Error('enough')
      await reader.cancel(reason)
      expect(await waiting).toEqual({ done: true, value: undefined })
      expect(await source.over).toBe('cancelled')
      expect(source.reason).toBe(reason)
    }
  })

  test('aborting the pipe cancels the source and fails the reader, with the reason', async () => {
    const controller = new AbortController()
    const source = sourceOf([utf8('data: a\n\ndata: b\n\n')], { ending: 'stall' })
    const events = source
      .stream()
      .pipeThrough(new EventDecoderStream(), { signal: controller.signal })
    await turn()
    const reason = new Error('enough')
    controller.abort(reason)
    const { error } = await collect(events)
    expect(error).toBe(reason)
    expect(await source.over).toBe('cancelled')
  })

  test('an event over the limit comes after those before it, and cancels the source', async () => {
    const source = sourceOf(endless(() => utf8('data: a\n\ndata: b\n\ndata: far too long\n\n')))
    const { data, error } = await collect(
      source.stream().pipeThrough(new EventDecoderStream({ maxEventBytes: 10 })),
    )
    expect(data).toEqual(['a', 'b'])
    expect(error).toBeInstanceOf(SseError)
    expect(error).toMatchObject({ code: 'event-too-large', limit: 10, offset: 28 })
    expect(await source.over).toBe('cancelled')
  })

  test('what is not bytes is a TypeError, for the reader and for the writer', async () => {
    const { readable, writable } = new EventDecoderStream()
    const writer = writable.getWriter()
    const reading = collect(readable)
    await writer.write(utf8('data: a\n\n'))
    await expect(writer.write('data: b\n\n' as unknown as Uint8Array)).rejects.toThrow(TypeError)
    const { data, error } = await reading
    expect(data).toEqual(['a'])
    expect(error).toBeInstanceOf(TypeError)
    await expect(writer.closed).rejects.toThrow(TypeError)
  })

  test('an error of a callback fails both ends', async () => {
    const error = new Error('the callback’s own')
    const decoder = new EventDecoderStream({
      onComment: () => {
        throw error
      },
    })
    const source = sourceOf(endless(() => utf8('data: a\n\n: c\n')))
    expect(await collect(source.stream().pipeThrough(decoder))).toEqual({ data: ['a'], error })
    expect(await source.over).toBe('cancelled')
  })

  describe('an event that the stream broke off in', () => {
    const chunks = () => sourceOf([utf8('data: a\n\ndata: b')]).stream()
    const verdict = { complete: false, bytes: 7, fields: [] }

    test.each([
      ['discard', ['a']],
      ['dispatch', ['a', 'b']],
    ] as const)('%s', async (incomplete, data) => {
      const decoder = new EventDecoderStream({ incomplete })
      expect(decoder.verdict).toBeUndefined()
      expect(await collect(chunks().pipeThrough(decoder))).toEqual({ data, error: undefined })
      expect(decoder.verdict).toEqual(verdict)
    })

    test('error', async () => {
      const decoder = new EventDecoderStream({ incomplete: 'error' })
      const { data, error } = await collect(chunks().pipeThrough(decoder))
      expect(data).toEqual(['a'])
      expect(error).toMatchObject({ code: 'incomplete-event', offset: 16 })
    })

    test('that is none', async () => {
      const decoder = new EventDecoderStream({ incomplete: 'error' })
      const events = sourceOf([utf8('data: a\n\n')])
        .stream()
        .pipeThrough(decoder)
      expect(await collect(events)).toEqual({ data: ['a'], error: undefined })
      expect(decoder.verdict).toEqual({ complete: true })
    })
  })

  test('options go to the parser', async () => {
    const seen: unknown[] = []
    const decoder = new EventDecoderStream({
      lastEventId: '41',
      onComment: (comment) => seen.push(comment),
      onRetry: (retry) => seen.push(retry),
      onUnknownField: (...field) => seen.push(field),
    })
    const reader = sourceOf([utf8(': c\nretry: 5\nx: y\ndata: a\n\n')])
      .stream()
      .pipeThrough(decoder)
      .getReader()
    expect((await reader.read()).value?.lastEventId).toBe('41')
    expect(seen).toEqual([' c', 5, ['x', 'y']])
    expect(() => new EventDecoderStream({ maxEventBytes: Number.NaN })).toThrow(RangeError)
  })

  test('aborting its writer fails the reader with the reason, after what was written', async () => {
    const { readable, writable } = new EventDecoderStream()
    const writer = writable.getWriter()
    const reason = new Error('enough')
    const closed = writer.closed.catch((error: unknown) => error)
    const written = writer.write(utf8('data: a\n\ndata: b\n\ndata: c'))
    // What has not begun to be written by then is dropped.
    await turn()
    const aborted = writer.abort(reason)
    expect(await collect(readable)).toEqual({ data: ['a', 'b'], error: reason })
    await written
    await aborted
    expect(await closed).toBe(reason)
  })

  test('cancelling its reader fails the writer with the reason, also one that waits', async () => {
    for (const waits of [false, true]) {
      const { readable, writable } = new EventDecoderStream()
      const writer = writable.getWriter()
      const closed = writer.closed.catch((error: unknown) => error)
      // There is no reader, so the chunk is not used up.
      const written = waits ? writer.write(utf8('data: a\n\n')) : undefined
      await turn()
      const reason = new Error('enough')
      await readable.cancel(reason)
      await written
      expect(await closed).toBe(reason)
      await expect(writer.write(utf8('data: b\n\n'))).rejects.toBe(reason)
    }
  })

  test('a chunk is used up when its events have been asked for, and the next one too', async () => {
    const { readable, writable } = new EventDecoderStream()
    const writer = writable.getWriter()
    const reader = readable.getReader()
    let usedUp = false
    const written = writer.write(utf8('data: a\n\ndata: b\n\n')).then(() => (usedUp = true))
    for (const data of ['a', 'b']) {
      expect((await reader.read()).value?.data).toBe(data)
      await turn()
      expect(usedUp).toBe(false)
    }
    const waiting = reader.read()
    await written
    await writer.close()
    expect(await waiting).toEqual({ done: true, value: undefined })
  })

  test('works without a pipe', async () => {
    const { readable, writable } = new EventDecoderStream()
    const writer = writable.getWriter()
    const reading = collect(readable)
    for (const chunk of byteByByte(utf8('data: a\n\ndata: b\n\n'))) await writer.write(chunk)
    await writer.close()
    expect(await reading).toEqual({ data: ['a', 'b'], error: undefined })
  })
})
