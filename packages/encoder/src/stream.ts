import { encode, encodedText, utf8 } from './encode.ts'
import type { Bytes, SseEventInit } from './types.ts'

export type { SseEventInit } from './types.ts'

/**
 * Encodes events as bytes, for `pipeThrough`.
 *
 * An event that cannot be sent errors the stream with an `EncodeError`. For a response with batches, heartbeats and a bound
 * on slow clients use `eventStream` or `sendEvents`.
 *
 * @example
 * ```ts
 * import { EventEncoderStream } from '@tesserae/encoder/stream'
 *
 * const encoder = new EventEncoderStream()
 * const writer = encoder.writable.getWriter()
 * void writer.write({ data: 'Hello' }).then(() => writer.close())
 * await new Response(encoder.readable).text() // => 'data: Hello\n\n'
 * ```
 */
export class EventEncoderStream extends TransformStream<SseEventInit, Bytes> {
  constructor() {
    super({
      transform(event, controller) {
        // Bytes of its own for each stream: the reader owns them, and may transfer them.
        controller.enqueue(utf8.encode(encodedText.get(event) ?? encode(event)))
      },
    })
  }
}
