import { encode, utf8 } from './encode.ts'
import type { Bytes, EncodedEvents, NamedEvent, SseEventInit } from './types.ts'

/**
 * An event that was validated and encoded once, to be sent many times. Made by {@link frame}. It has the fields of the
 * event as they were at that moment.
 *
 * Streams accept only what has the private text. A subclass could replace the getters, so there is none; and a frame is
 * frozen, so its prototype and fields stay.
 */
export class Frame implements SseEventInit {
  readonly #text: string
  #bytes: Bytes | undefined
  /** The name of the event. */
  readonly event: string | undefined
  /** The payload. */
  readonly data: string
  /** The id of the event. */
  readonly id: string | undefined
  /** The reconnection time. */
  readonly retry: number | undefined

  constructor(init: SseEventInit) {
    const { event, data, id, retry } = (init ?? 0) as SseEventInit
    this.event = event
    this.data = data
    this.id = id
    this.retry = retry
    this.#text = encode(this)
    if (new.target !== Frame) throw new TypeError('`Frame` cannot be extended.')
    Object.freeze(this)
  }

  /** The text of a frame, and undefined for anything else. */
  static textOf(value: unknown): string | undefined {
    return value instanceof Object && #text in value ? value.#text : undefined
  }

  /** The frame of an event, which may be one. */
  static of(event: SseEventInit): Frame {
    return event instanceof Object && #text in event ? event : new Frame(event)
  }

  /** The block as text. */
  get text(): string {
    return this.#text
  }

  /** The block as UTF-8, the same bytes each time: copy them before you write into them, or transfer them. */
  get bytes(): Bytes {
    return (this.#bytes ??= utf8.encode(this.#text))
  }
}

/**
 * Encodes an event once, to be sent many times. A frame is an event too: every stream and hub of this package takes it.
 *
 * @throws an {@link EncodeError} as {@link encode} does.
 *
 * @example
 * import { frame } from '@tesserae/encoder'
 *
 * const tick = frame({ event: 'tick', data: '' })
 * tick.text // => 'event: tick\ndata: \n\n'
 * tick.bytes.length // => 20
 */
export function frame<Init extends SseEventInit>(
  event: Init,
): Frame & Pick<Init, keyof Init & keyof NamedEvent<string, unknown>> {
  return new Frame(event) as never
}

/** Several frames in one piece of bytes, which is made when it is first read and then shared. */
export class Batch implements EncodedEvents {
  readonly #text: string
  #bytes: Bytes | undefined
  /** How many events it holds. */
  readonly events: number

  constructor(frames: readonly Frame[]) {
    this.events = frames.length
    this.#text = frames.map(({ text }) => text).join('')
    // A single frame may be sent to other clients as well, so its own bytes are taken.
    if (frames.length === 1) this.#bytes = frames[0]?.bytes
  }

  /** The bytes of a batch. Throws for anything else, so that no other bytes reach a stream. */
  static bytesOf(value: EncodedEvents): Bytes {
    return (value as Batch).#encoded()
  }

  get bytes(): Bytes {
    return this.#encoded()
  }

  #encoded(): Bytes {
    return (this.#bytes ??= utf8.encode(this.#text))
  }
}
