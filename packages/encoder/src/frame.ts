import { encode, encodedText, utf8 } from './encode.ts'
import type { Bytes, NamedEvent, SseEventInit } from './types.ts'

/** An event that was validated and encoded once, to be sent many times. Made by {@link frame}. It never changes. */
export interface Frame extends SseEventInit {
  /** The block as text. */
  readonly text: string
  /** The block as UTF-8, the same bytes each time: copy them before you write into them, or transfer them. */
  readonly bytes: Bytes
}

/** The fields are those that were encoded, whatever happens to the caller's object. */
class EncodedFrame implements Frame {
  readonly event: string | undefined
  readonly data: string
  readonly id: string | undefined
  readonly retry: number | undefined
  readonly #text: string
  #bytes: Bytes | undefined

  constructor(init: SseEventInit) {
    const { event, data, id, retry } = (init ?? 0) as SseEventInit
    this.event = event
    this.data = data
    this.id = id
    this.retry = retry
    this.#text = encodedText.get(init) ?? encode(this)
  }

  get text(): string {
    return this.#text
  }

  get bytes(): Bytes {
    return (this.#bytes ??= utf8.encode(this.#text))
  }
}

/** A frame for the inside of the package, which keeps its objects to itself. */
export function frameOf(event: SseEventInit): Frame {
  return new EncodedFrame(event)
}

/**
 * Encodes an event once, to be sent many times. A frame is an event too: every stream and hub of this package takes it.
 * Streams know the frames that were made here, so an object that merely looks like a frame is encoded like any event.
 *
 * @throws an {@link EncodeError} as {@link encode} does.
 *
 * @example
 * ```ts
 * import { frame } from '@tesserae/encoder'
 *
 * const tick = frame({ event: 'tick', data: '' })
 * tick.text // => 'event: tick\ndata: \n\n'
 * tick.bytes.length // => 20
 * ```
 */
export function frame<Init extends SseEventInit>(
  event: Init,
): Frame & Pick<Init, keyof Init & keyof NamedEvent<string, unknown>> {
  const made = Object.freeze(frameOf(event))
  encodedText.set(made, made.text)
  return made as never
}
