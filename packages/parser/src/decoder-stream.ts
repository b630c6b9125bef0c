import { createParser } from './parser.ts'
import { pulledPair } from './pulled-pair.ts'
import type { ParserOptions, SseEvent, EndVerdict } from './types.ts'

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
  #verdict: EndVerdict | undefined

  constructor(options?: ParserOptions) {
    const parser = createParser(options)
    const { readable, writable } = pulledPair<Uint8Array, SseEvent>({
      feed: (chunk) => parser.feed(chunk),
      next: () => parser.next(),
      end: () => (this.#verdict = parser.end()),
    })
    this.readable = readable
    this.writable = writable
  }

  /** How the stream ended; `undefined` as long as it has not, and if its source failed. */
  get verdict(): EndVerdict | undefined {
    return this.#verdict
  }
}
