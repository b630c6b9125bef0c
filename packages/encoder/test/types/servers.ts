/** What a server's project must be able to say without the types of a browser, and with an old compiler. */
import { frame } from '@tesserae/encoder'
import { createHub } from '@tesserae/encoder/hub'
import { sendEvents } from '@tesserae/encoder/node'
import { EventEncoderStream } from '@tesserae/encoder/stream'
import { eventStream } from '@tesserae/encoder/web'

interface Events {
  price: { symbol: string }
}

const hub = createHub<Events>()
export const bytes: Uint8Array = frame({ data: '' }).bytes
export const source = eventStream<Events>(hub.source(), { headers: new Headers() })
export const joined = eventStream<Events>(async (stream) => hub.join(stream), {
  headers: { 'x-mine': '1' },
})
export const readable: ReadableStream = new EventEncoderStream().readable
export const send: typeof sendEvents<Events> = sendEvents
// @ts-expect-error: these are not header fields.
export const wrong = eventStream([], { headers: 5 })
