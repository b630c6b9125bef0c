/** How a body ended: cleanly, or not. */
export interface BodyEnd {
  readonly isLost: boolean
  readonly cause?: unknown
}

/**
 * Reads a body ahead of its consumer, so that one read is always pending until `limit` bytes wait.
 *
 * A stream that fails empties its queue: what had arrived, and was not read, is lost with it. A consumer that takes its
 * time would lose the tail of an answer.
 */
export class BodyReader {
  /** When the read under way began: the silence of the server is counted from here. */
  since = 0
  readonly #now: () => number
  readonly #reader: ReadableStreamDefaultReader<Uint8Array> | undefined
  readonly #chunks: Uint8Array[] = []
  /** How many bytes may still be read ahead. */
  #room: number
  #isReading = false
  #end: BodyEnd | undefined
  /** The consumer waits for bytes. */
  #arrived: (() => void) | undefined

  constructor({ body }: Response, limit: number, now: () => number) {
    this.#reader = body?.getReader()
    this.#room = limit
    this.#now = now
    this.#read()
  }

  /** The next chunk that has arrived. */
  take(): Uint8Array | undefined {
    const chunk = this.#chunks.shift()
    if (chunk) {
      this.#room += chunk.length
      this.#read()
    }
    return chunk
  }

  /** Whether the server is held back, because enough bytes wait. */
  get isHeld(): boolean {
    return !this.#isReading
  }

  /** Set when the body has ended and the last chunk is taken. */
  get end(): BodyEnd | undefined {
    return this.#chunks.length > 0 ? undefined : this.#end
  }

  /** Resolves when there is something to take, or the body has ended. */
  arrival(): Promise<true> {
    return new Promise((resolve) => {
      this.#arrived = () => resolve(true)
      if (this.#chunks.length > 0 || this.#end) this.#wake()
      else this.#read()
    })
  }

  /** Cancels the body. What has arrived can still be taken. */
  stop(): void {
    this.#finish({ isLost: true })
  }

  #read(): void {
    if (this.#isReading || this.#end || (this.#room <= 0 && !this.#arrived)) return
    if (!this.#reader) return this.#finish({ isLost: false })
    this.#isReading = true
    this.since = this.#now()
    this.#reader.read().then(
      ({ done, value }) => {
        this.#isReading = false
        if (done) return this.#finish({ isLost: false })
        if (this.#end) return
        this.#chunks.push(value)
        // A stream of the caller may hold `null`. Nothing is taken from it.
        this.#room -= (value as Uint8Array | null | undefined)?.length ?? 0
        this.#wake()
        this.#read()
      },
      (cause: unknown) => this.#finish({ isLost: true, cause }),
    )
  }

  #finish(end: BodyEnd): void {
    if (this.#end) return
    this.#end = end
    if (end.isLost) this.#reader?.cancel().catch(() => {})
    this.#wake()
  }

  #wake(): void {
    this.#arrived?.()
    this.#arrived = undefined
  }
}
