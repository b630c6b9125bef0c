import { platformClock } from './clock.ts'
import { TestkitError } from '../errors.ts'
import type { SourceOptions, SourceOutcome, TestSource } from '../types.ts'

/**
 * A source of bytes that behaves as badly as its options say, and records how it was used. It stands for one
 * connection: take it once, as an async iterable, a `ReadableStream` or a `Response`.
 *
 * @param chunks - what arrives; it may be endless
 * @param options - when it arrives, and how it ends
 *
 * @example A consumer that stops early has to let go of the connection.
 * ```ts
 * import { endless, sourceOf } from '@tesserae/testkit'
 *
 * const source = sourceOf(endless(() => new TextEncoder().encode('data: tick\n\n')))
 * for await (const chunk of source.stream()) {
 *   if (chunk.length > 0) break
 * }
 * source.outcome // => 'cancelled'
 * source.chunks // => 1
 * ```
 *
 * @example A connection that is lost in the middle of an event.
 * ```ts
 * import { byteByByte, sourceOf } from '@tesserae/testkit'
 *
 * const bytes = new TextEncoder().encode('data: whole\n\ndata: broken\n\n')
 * const source = sourceOf(byteByByte(bytes), { afterBytes: 20, ending: new Error('connection reset') })
 * await source.response().text() // throws connection reset
 * ```
 */
export function sourceOf(chunks: Iterable<Uint8Array>, options: SourceOptions = {}): TestSource {
  return new Source(chunks, options)
}

/**
 * Chunks without an end, made one by one as they are asked for: for consumers that must stop by themselves, and for
 * memory that must not grow.
 *
 * @param make - the chunk at an index
 *
 * @example
 * ```ts
 * import { endless } from '@tesserae/testkit'
 *
 * for (const chunk of endless((index) => new TextEncoder().encode(`id: ${index}\ndata:\n\n`))) {
 *   if (chunk.length > 16) break // at index 100
 * }
 * ```
 */
export function* endless(
  make: (index: number) => Uint8Array,
): Generator<Uint8Array, never, undefined> {
  for (let index = 0; ; index++) yield make(index)
}

class Source implements TestSource {
  readonly #chunks: Iterator<Uint8Array>
  readonly #options: SourceOptions
  readonly #stop: () => void
  readonly #stopped: Promise<void>
  readonly #settle: (outcome: SourceOutcome) => void
  /** Requests are served one after another, however many a consumer makes at once. */
  #lastRequest: Promise<unknown> = Promise.resolve()
  #taken = false

  readonly over: Promise<SourceOutcome>
  outcome: SourceOutcome | undefined
  reason: unknown
  requests = 0
  chunks = 0
  bytes = 0

  constructor(chunks: Iterable<Uint8Array>, options: SourceOptions) {
    for (const name of ['afterChunks', 'afterBytes'] as const) {
      const value = options[name]
      if (value !== undefined && !(value >= 0)) {
        throw new TestkitError(
          'invalid-argument',
          `${name} needs a number from 0 up, not ${value}.`,
        )
      }
    }
    this.#chunks = chunks[Symbol.iterator]()
    this.#options = options
    let stop = (): void => {}
    this.#stopped = new Promise((resolve) => (stop = resolve))
    this.#stop = stop
    let settle = (_outcome: SourceOutcome): void => {}
    this.over = new Promise((resolve) => (settle = resolve))
    this.#settle = settle
  }

  iterable(): AsyncIterableIterator<Uint8Array> {
    this.#take()
    const iterator: AsyncIterableIterator<Uint8Array> = {
      [Symbol.asyncIterator]: () => iterator,
      next: async () => {
        const value = await this.#request()
        return value === undefined ? { done: true, value } : { done: false, value }
      },
      return: async () => {
        this.#finish('returned')
        return { done: true, value: undefined }
      },
    }
    return iterator
  }

  stream(): ReadableStream<Uint8Array> {
    this.#take()
    return new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          const chunk = await this.#request()
          if (chunk !== undefined) controller.enqueue(chunk)
          else if (this.outcome === 'ended') controller.close()
        },
        cancel: (reason) => {
          this.reason = reason
          this.#finish('cancelled')
        },
      },
      // No chunk is taken before a consumer asks for it, so the counts are the consumer's doing.
      { highWaterMark: this.#options.highWaterMark ?? 0 },
    )
  }

  response(init: ResponseInit = {}): Response {
    const headers = new Headers(init.headers)
    if (!headers.has('content-type')) headers.set('content-type', 'text/event-stream')
    return new Response(this.stream(), { ...init, headers })
  }

  #take(): void {
    if (this.#taken) {
      throw new TestkitError(
        'source-taken',
        'A source is one connection and was taken already. Make another one.',
      )
    }
    this.#taken = true
  }

  #request(): Promise<Uint8Array | undefined> {
    this.requests++
    const request = this.#lastRequest.then(() => this.#next())
    // A failure is the business of the one who asked; those who asked later find the source at its end.
    this.#lastRequest = request.catch(() => {})
    return request
  }

  /** The next chunk, or `undefined` once there is none to come. */
  async #next(): Promise<Uint8Array | undefined> {
    if (this.outcome !== undefined) return undefined
    const { afterChunks = Infinity, afterBytes = Infinity } = this.#options
    if (this.chunks >= afterChunks || this.bytes >= afterBytes) return this.#end()

    let result: IteratorResult<Uint8Array>
    try {
      result = this.#chunks.next()
    } catch (error) {
      this.#finish('failed')
      throw error
    }
    if (result.done) return this.#end()
    await this.#wait()
    if (this.outcome !== undefined) return undefined

    const chunk = result.value.subarray(0, Math.min(result.value.length, afterBytes - this.bytes))
    this.chunks++
    this.bytes += chunk.length
    return chunk
  }

  async #end(): Promise<undefined> {
    const { ending = 'close' } = this.#options
    if (ending === 'stall') {
      await this.#stopped
    } else if (ending === 'close') {
      this.#finish('ended')
    } else {
      this.#finish('failed')
      throw ending
    }
  }

  async #wait(): Promise<void> {
    const { delay = 0, clock = platformClock } = this.#options
    const milliseconds = typeof delay === 'number' ? delay : delay(this.chunks)
    if (milliseconds <= 0) return
    let timer: unknown
    const due = new Promise<void>((resolve) => (timer = clock.setTimeout(resolve, milliseconds)))
    await Promise.race([due, this.#stopped])
    clock.clearTimeout(timer)
  }

  /** The first outcome stands: a `return` after the end is not a return. */
  #finish(outcome: SourceOutcome): void {
    if (this.outcome !== undefined) return
    this.outcome = outcome
    this.#stop()
    this.#settle(outcome)
    this.#chunks.return?.()
  }
}
