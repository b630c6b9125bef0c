import { milliseconds } from './clock.ts'
import { utf8 } from './encode.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { Transport } from './transport.ts'

/** Text is turned into bytes in pieces of about this many UTF-16 units: one call for some 128 events. */
const PIECE = 32_768

/**
 * What waits for the transport, and its way there. Events are joined as text, because encoding each by itself costs
 * four times as much.
 */
export class Outbox {
  readonly #transport: Transport
  readonly #stream: Lifecycle
  #text = ''
  #pieces: Uint8Array<ArrayBuffer>[] | undefined
  #waiting = 0
  /** What those wait for who want room, and what ends their wait. */
  #room: Promise<void> | undefined
  #wake: (() => void) | undefined

  hasRoom = true
  /** Since when the transport has been full, if it is. */
  fullSince = 0
  lastWrite: number = milliseconds()
  /** How many bytes the transport was given. */
  sent = 0

  constructor(transport: Transport, stream: Lifecycle) {
    this.#transport = transport
    this.#stream = stream
  }

  get isEmpty(): boolean {
    return this.#waiting === 0 && this.#text === ''
  }

  /** Whether a whole piece can go, which need not wait for more. */
  get isDue(): boolean {
    return this.hasRoom && this.#waiting > 0
  }

  get isAwaited(): boolean {
    return this.#room !== undefined
  }

  append(block: string): void {
    this.#text += block
    if (this.#text.length >= PIECE) this.#seal()
  }

  /** Whether more than `limit` bytes wait. Characters are only counted as bytes when it matters. */
  exceeds(limit: number): boolean {
    if (this.#waiting + 3 * this.#text.length <= limit) return false
    this.#seal()
    return this.#waiting > limit
  }

  /** Sends what waits while there is room, and ends the wait for room if no more than `limit` is left. */
  flush(limit: number): void {
    while (this.hasRoom && !this.isEmpty) this.#sendOne()
    if (this.#wake && !this.exceeds(limit)) this.wake()
  }

  /** Sends all that waits, room or no room. */
  empty(): void {
    while (!this.isEmpty) this.#sendOne()
  }

  /** Sends bytes before all that waits. */
  write(bytes: Uint8Array<ArrayBuffer>, shared?: boolean): void {
    this.sent += bytes.length
    this.lastWrite = milliseconds()
    if (this.hasRoom) this.fullSince = this.lastWrite
    this.hasRoom = false
    try {
      this.hasRoom = this.#transport.write(bytes, shared)
    } catch (error) {
      // Many share a turn, or the clock's round: it must not be the others who learn of this.
      this.#stream.report(error)
      this.#stream.close('client-gone', error)
    }
  }

  /** Settles when there is room, or never will be. */
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

  #sendOne(): void {
    const piece = this.#pieces?.shift()
    if (piece) this.#waiting -= piece.length
    this.write(piece ?? this.#encode())
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
    // Only where something has to wait: the array keeps as much as all else in this object.
    ;(this.#pieces ??= []).push(piece)
  }
}
