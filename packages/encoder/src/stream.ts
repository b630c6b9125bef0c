import { encode, utf8 } from './encode.ts'
import { Frame } from './frame.ts'
import type { Bytes, SseEventInit } from './types.ts'

export type { SseEventInit } from './types.ts'

/**
 * Events in, bytes out: for `pipeThrough`.
 *
 * An event that cannot be sent errors the stream with an `EncodeError`. A response that should batch, send
 * heartbeats and survive its client is better made by `eventStream` or `sendEvents`.
 *
 * @example
 * import { EventEncoderStream } from '@tesserae/encoder/stream'
 *
 * const encoder = new EventEncoderStream()
 * const writer = encoder.writable.getWriter()
 * void writer.write({ data: 'Hello' }).then(() => writer.close())
 * await new Response(encoder.readable).text() // => 'data: Hello\n\n'
 */
export class EventEncoderStream extends TransformStream<SseEventInit | Frame, Bytes> {
  constructor() {
    super({
      transform(event, controller) {
        // Fresh bytes for each stream: whoever reads them owns them, and may transfer them elsewhere.
        controller.enqueue(utf8.encode(event instanceof Frame ? event.text : encode(event)))
      },
    })
  }
}
