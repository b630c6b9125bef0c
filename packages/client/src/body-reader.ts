import { Countdown } from './clock.ts'
import type { ClientClock } from './types.ts'

/** How a body ended: cleanly, or by `code`. */
export interface BodyEnd {
  readonly code?: 'lost' | 'idle-timeout'
  readonly cause?: unknown
}

/**
 * Reads a body ahead of its consumer, so that one read is always pending until `limit` bytes wait.
 *
 * A stream that fails empties its queue: what had arrived, and was not read, is lost with it. A consumer that takes its
 * time would lose the tail of an answer.
 */
export class BodyReader {
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined
  readonly #limit: number
  readonly #idleTimeout: number
  readonly #idle: Countdown
  #chunks: Uint8Array[] = []
  #bytes = 0
  /** How the body ended; its chunks may still wait. */
  #end: BodyEnd | undefined
  /** The consumer waits for bytes. */
  #arrived: (() => void) | undefined
  /** The reader waits until the consumer has taken a chunk. */
  #taken: (() => void) | undefined

  constructor(
    body: ReadableStream<Uint8Array> | null,
    limit: number,
    idleTimeout: number,
    clock: ClientClock,
  ) {
    this.#reader = body?.getReader()
    this.#limit = limit
    this.#idleTimeout = idleTimeout
    this.#idle = new Countdown(clock, () => this.#finish({ code: 'idle-timeout' }))
    void this.#run()
  }

  /** The next chunk that has arrived. */
  take(): Uint8Array | undefined {
    const chunk = this.#chunks.shift()
    if (chunk === undefined) return undefined
    this.#bytes -= chunk.length
    this.#taken?.()
    return chunk
  }

  /** Whether the server is held back, because enough bytes wait. */
  get isHeld(): boolean {
    return this.#taken !== undefined
  }

  /** Set when the body has ended and the last chunk is taken. */
  get end(): BodyEnd | undefined {
    return this.#chunks.length === 0 ? this.#end : undefined
  }

  /** Resolves when there is something to take, or the body has ended. */
  arrival(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#chunks.length > 0 || this.#end) return resolve()
      this.#arrived = resolve
      this.#taken?.()
    })
  }

  /** Cancels the body. What has arrived can still be taken. */
  stop(): void {
    this.#finish({ code: 'lost' })
  }

  async #run(): Promise<void> {
    try {
      while (!this.#end) {
        if (this.#bytes >= this.#limit && !this.#arrived) await this.#room()
        this.#idle.start(this.#idleTimeout)
        const result = await this.#reader?.read()
        this.#idle.stop()
        if (this.#end) return
        if (result === undefined || result.done) return this.#finish({})
        this.#chunks.push(result.value)
        this.#bytes += result.value.length
        this.#wake()
      }
    } catch (cause) {
      this.#finish({ code: 'lost', cause })
    }
  }

  #room(): Promise<void> {
    return new Promise((resolve) => {
      this.#taken = () => {
        this.#taken = undefined
        resolve()
      }
    })
  }

  #finish(end: BodyEnd): void {
    if (this.#end) return
    this.#end = end
    this.#idle.stop()
    if (end.code !== undefined) this.#reader?.cancel().catch(() => {})
    this.#taken?.()
    this.#wake()
  }

  #wake(): void {
    this.#arrived?.()
    this.#arrived = undefined
  }
}
