import { encode, utf8 } from './encode.ts'
import type { Bytes, SseEventInit } from './types.ts'

/**
 * An event that was validated and encoded once, to be sent to many. Made by {@link frame}.
 *
 * Its fields are private, so an object that merely looks like a frame cannot carry unchecked bytes into a stream.
 */
export class Frame {
  readonly #text: string
  #bytes: Bytes | undefined

  constructor(event: SseEventInit) {
    this.#text = encode(event)
  }

  /** The block as text. */
  get text(): string {
    return this.#text
  }

  /** The block as UTF-8, the same bytes each time: copy them before they are written into, or transferred. */
  get bytes(): Bytes {
    return (this.#bytes ??= utf8.encode(this.#text))
  }
}

/**
 * Encodes an event once, to be sent many times: by any stream of this package, in place of the event.
 *
 * @throws {@link EncodeError} as {@link encode} does.
 *
 * @example
 * import { frame } from '@tesserae/encoder'
 *
 * const tick = frame({ event: 'tick', data: '' })
 * tick.text // => 'event: tick\ndata: \n\n'
 * tick.bytes.length // => 20
 */
export function frame(event: SseEventInit): Frame {
  return new Frame(event)
}
