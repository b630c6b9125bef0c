import { EncodeError, frame, type SseEventInit } from '@tesserae/encoder'
import { EventEncoderStream } from '@tesserae/encoder/stream'
import { expect, it } from 'vitest'

/** What comes out, until the end or the failure. */
async function encoded(events: readonly SseEventInit[]): Promise<{ text: string; error: unknown }> {
  const { readable, writable } = new EventEncoderStream()
  const writer = writable.getWriter()
  const writing = (async () => {
    for (const event of events) await writer.write(event)
    await writer.close()
  })()
  writing.catch(() => {})
  const decoder = new TextDecoder()
  const reader = readable.getReader()
  let text = ''
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return { text, error: undefined }
      text += decoder.decode(value, { stream: true })
    }
  } catch (error) {
    return { text, error }
  }
}

it('EventEncoderStream encodes events and frames as they are written', async () => {
  const events = [{ data: 'a\nb' }, frame({ event: 'é', data: '' }) as never, { data: '', id: '1' }]
  expect(await encoded(events)).toEqual({
    text: 'data: a\ndata: b\n\nevent: é\ndata: \n\nid: 1\ndata: \n\n',
    error: undefined,
  })
})

it('EventEncoderStream fails at an event that cannot be sent, after the events before it', async () => {
  const { text, error } = await encoded([{ data: 'a' }, { data: '', id: 'x\ny' }, { data: 'b' }])
  expect(text).toBe('data: a\n\n')
  expect(error).toBeInstanceOf(EncodeError)
})

it('EventEncoderStream takes no more events than are read', async () => {
  const { readable, writable } = new EventEncoderStream()
  const writer = writable.getWriter()
  let written = 0
  const writing = (async () => {
    for (; written < 100; written++) await writer.write({ data: 'a' })
  })()
  writing.catch(() => {})
  await new Promise((resolve) => setTimeout(resolve, 10))
  expect(written).toBeLessThan(5)
  await readable.cancel('enough')
  // With the reason, or with a TypeError that says so: runtimes differ.
  await expect(writing).rejects.toBeDefined()
})

it('EventEncoderStream gives each stream bytes of its own, also of a shared frame', async () => {
  const shared = frame({ data: 'for all' })
  const chunks = await Promise.all(
    [1, 2].map(async () => {
      const { readable, writable } = new EventEncoderStream()
      void writable.getWriter().write(shared)
      return (await readable.getReader().read()).value!
    }),
  )
  structuredClone(chunks[0], { transfer: [chunks[0]!.buffer] })
  expect(new TextDecoder().decode(chunks[1])).toBe('data: for all\n\n')
  expect(new TextDecoder().decode(shared.bytes)).toBe('data: for all\n\n')
})
