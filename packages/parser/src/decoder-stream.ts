import { createParser } from './parser.ts'
import { pulledPair } from './pulled-pair.ts'
import type { ParserOptions, SseEvent } from './types.ts'

/**
 * Bytes in, events out, for `pipeThrough`. When the source fails, the events before that come first.
 *
 * @example
 * ```ts
 * import { EventDecoderStream } from '@tesserae/parser/stream'
 *
 * const { body } = new Response('data: Hello\n\n')
 * const events = body!.pipeThrough(new EventDecoderStream()).getReader()
 * const { value } = await events.read()
 * value?.data // => 'Hello'
 * ```
 */
export class EventDecoderStream {
  readonly readable: ReadableStream<SseEvent>
  readonly writable: WritableStream<Uint8Array>

  constructor(options?: ParserOptions) {
    const { readable, writable } = pulledPair(createParser(options))
    this.readable = readable
    this.writable = writable
  }
}
