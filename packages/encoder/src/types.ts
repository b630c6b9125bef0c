/**
 * One event, named as its fields are on the wire. What `@tesserae/parser` yields is one too.
 *
 * @example
 * import { encode, type SseEvent } from '@tesserae/encoder'
 *
 * const event: SseEvent = { event: 'token', data: JSON.stringify({ text: 'Hi' }), id: '1' }
 * encode(event) // => 'event: token\nid: 1\ndata: {"text":"Hi"}\n\n'
 */
export interface SseEvent {
  /** The name that clients listen for. Left out: an unnamed event, which they see as `message`. */
  readonly event?: string | undefined
  /** The payload: any text. An empty one is an event all the same. */
  readonly data: string
  /** What a client sends as `Last-Event-ID` when it reconnects. An empty one resets it. */
  readonly id?: string | undefined
  /** How long a client waits before it reconnects: milliseconds, from 0 to 2147483647. */
  readonly retry?: number | undefined
}
