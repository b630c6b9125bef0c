import { sendEvents, type NodeResponse, type StreamSummary } from '@tesserae/encoder/node'
import { eventStream } from '@tesserae/encoder/web'
import { sseEvent } from '@tesserae/testkit/arbitraries'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'

/** What a response is given, as bytes. */
async function written(events: Iterable<{ data: string }>) {
  const chunks: Buffer[] = []
  const ends: StreamSummary[] = []
  const response: NodeResponse = {
    headersSent: false,
    writeHead() {},
    write: (chunk) => chunks.push(Buffer.from(chunk as string)) > 0,
    end: (callback) => callback(),
    destroy() {},
    on() {},
  }
  await sendEvents({ headers: {} }, response, events, { onClose: (end) => void ends.push(end) })
  return { bytes: Buffer.concat(chunks), counted: ends[0]!.bytes }
}

it('sendEvents, which writes text, sends and counts the same bytes as eventStream, which encodes it', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(sseEvent(), { maxLength: 20 }),
      fc.boolean(),
      async (events, large) => {
        const all = large ? [...events, { data: '語é🧩'.repeat(20_000) }, ...events] : events
        const { bytes, counted } = await written(all)
        expect(counted).toBe(bytes.length)
        const ends: StreamSummary[] = []
        const response = await eventStream(all, { onClose: (end) => void ends.push(end) })
        expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true)
        expect(ends).toMatchObject([{ bytes: counted }])
      },
    ),
  )
})
