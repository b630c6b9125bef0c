import { utf8 } from '../encode.ts'
import type { WriteSummary } from '../types.ts'
import { currentTime } from './clock.ts'
import { callHook } from './hooks.ts'
import type { Chunk, Sink } from './transport.ts'

/** Text is encoded in pieces of about this many UTF-16 units: one call for some 128 events. */
const PIECE = 32_768
/** No write is longer, in bytes, so that a full sink that has room again has made progress. */
const LONGEST_WRITE = 65_536

/**
 * The write buffer of one stream: joins events, hands them to the sink while it has room, and counts them. Events are
 * joined as text, because encoding each one by itself takes four times as long.
 */
export class Outbox {
  readonly #sink: Sink
  readonly #lengthOf: ((text: string) => number) | undefined
  readonly #onWrite: ((written: WriteSummary) => void) | undefined
  #text = ''
  #pieces: Uint8Array<ArrayBuffer>[] | undefined
  #waiting = 0
  /** Settles when there is room again. */
  #room: Promise<void> | undefined
  #wake: (() => void) | undefined
  /** Of `events`, those that `onWrite` was called with. */
  #reported = 0

  hasRoom = true
  /** When the sink became full, if it is. */
  fullSince = 0
  lastWrite: number = currentTime()
  /** How many events were added. */
  events = 0
  /** How many bytes the sink was given. */
  sent = 0

  /**
   * @param lengthOf - how many bytes a text is, for a sink that takes text
   * @param onWrite - is called for each write
   */
  constructor(
    sink: Sink,
    lengthOf: ((text: string) => number) | undefined,
    onWrite: ((written: WriteSummary) => void) | undefined,
  ) {
    this.#sink = sink
    this.#lengthOf = lengthOf
    this.#onWrite = onWrite
  }

  get isEmpty(): boolean {
    return this.#waiting === 0 && this.#text === ''
  }

  /** Whether a whole piece can be sent, which need not wait for more events. */
  get isDue(): boolean {
    return this.hasRoom && this.#waiting > 0
  }

  get isAwaited(): boolean {
    return this.#room !== undefined
  }

  append(block: string, events: number): void {
    this.events += events
    this.#text += block
    if (this.#text.length >= PIECE) this.#seal()
  }

  /** Whether more than `limit` bytes wait. Text is encoded only when its length in bytes matters. */
  exceeds(limit: number): boolean {
    if (this.#waiting + 3 * this.#text.length <= limit) return false
    this.#seal()
    return this.#waiting > limit
  }

  /** Sends what waits while there is room. Ends the wait for room if at most `limit` bytes are left. */
  flush(limit: number): void {
    while (this.hasRoom && !this.isEmpty) {
      const piece = this.#pieces?.shift()
      if (piece) {
        this.#waiting -= piece.length
        this.write(piece, false)
      } else if (this.#lengthOf) {
        const text = this.#text
        this.#text = ''
        this.#pass(text, this.#lengthOf(text), false)
      } else this.write(this.#encode(), false)
    }
    if (this.#wake && !this.exceeds(limit)) this.wake()
  }

  /** Writes bytes before everything that waits. */
  write(bytes: Uint8Array<ArrayBuffer>, shared: boolean): void {
    const rest = bytes.length - LONGEST_WRITE
    if (rest > 0) {
      this.#waiting += rest
      ;(this.#pieces ??= []).unshift(bytes.subarray(LONGEST_WRITE))
    }
    const part = rest > 0 ? bytes.subarray(0, LONGEST_WRITE) : bytes
    this.#pass(part, part.length, shared)
  }

  /** Settles when there is room, or when there never will be. */
  room(): Promise<void> {
    return (this.#room ??= new Promise((resolve) => (this.#wake = resolve)))
  }

  wake(): void {
    this.#wake?.()
    this.#room = this.#wake = undefined
  }

  clear(): void {
    this.#text = ''
    this.#pieces = undefined
    this.#waiting = 0
  }

  /** Nothing follows: from now on the sink has to deliver what it holds. */
  close(): void {
    this.hasRoom = false
    this.fullSince = currentTime()
  }

  #pass(chunk: Chunk, bytes: number, shared: boolean): void {
    this.sent += bytes
    this.lastWrite = this.fullSince = currentTime()
    if (this.#onWrite) {
      const events = this.events - this.#reported
      this.#reported = this.events
      // What the hook sends, and an end that it makes, come after this chunk.
      this.hasRoom = false
      void callHook(this.#onWrite, { events, bytes })
    }
    this.hasRoom = this.#sink.write(chunk, shared)
  }

  #encode(): Uint8Array<ArrayBuffer> {
    const bytes = utf8.encode(this.#text)
    this.#text = ''
    return bytes
  }

  #seal(): void {
    if (this.#text === '') return
    const piece = this.#encode()
    this.#waiting += piece.length
    // Created only when something waits: the array takes as much memory as the rest of this object.
    ;(this.#pieces ??= []).push(piece)
  }
}
