import { badAmount, incompleteEvent, ResponseError, timeout } from './errors.ts'
import { onAbort } from './on-abort.ts'
import { letGo, openSource, type ParseStreamSource } from './open-source.ts'
import { createParser } from './parser.ts'
import { assertSource, type ByteReader } from './source.ts'
import type { Parser, ParserOptions, SseEvent, EndVerdict } from './types.ts'

/** Options of {@link parseStream}, with those of the parser. */
export interface ParseStreamOptions extends ParserOptions {
  /** Ends the stream with the signal's reason, also while nothing arrives. */
  readonly signal?: AbortSignal | undefined
  /** How many milliseconds may pass without a byte. Heartbeats are bytes. Default: 0, any number. */
  readonly idleTimeout?: number | undefined
  /** How many milliseconds may pass without an event, whatever else arrives. Default: 0, any number. */
  readonly eventTimeout?: number | undefined
  /**
   * How many bytes may be read from a response or stream (Node's too) before they are asked for. A stream that fails drops what
   * was not read from it, so with `0` a slow consumer loses the end of a response whose connection breaks. Default: 64 KiB.
   * Other iterables are never read ahead, because they may lend one buffer for all chunks.
   */
  readonly readAhead?: number | undefined
}

/** The events of one source, in order. Leaving the loop cancels the source. */
export interface ParsedStream extends AsyncIterableIterator<SseEvent> {
  next(): Promise<IteratorResult<SseEvent, undefined>>
  return(): Promise<IteratorReturnResult<undefined>>
  /**
   * How the stream ended: never complete if its source failed. `undefined` as long as it has not ended, if it was left,
   * and if it never began.
   */
  readonly verdict: EndVerdict | undefined
  /** The last event ID so far: what to send as `Last-Event-ID` when reconnecting. */
  readonly lastEventId: string
  /** The last valid `retry` in milliseconds, or `undefined`. */
  readonly reconnectionTime: number | undefined
}

/** In bytes. */
const READ_AHEAD = 65_536

/** `setTimeout` takes no more, and fires at once if it is given more: that long is for ever. */
const LONGEST_DELAY = 2 ** 31 - 1

/**
 * Reads events from a response, a stream or any iterable of bytes.
 *
 * A `Response` must have an OK status and the type `text/event-stream`. Otherwise the first `next()` rejects with a
 * `ResponseError`. If the source fails, the events before the failure come first, and then its error, unchanged.
 *
 * @example
 * ```ts
 * import { parseStream } from '@tesserae/parser/stream'
 *
 * const headers = { 'content-type': 'text/event-stream' }
 * const response = new Response('data: Hello\n\ndata: world\n\n', { headers })
 * for await (const event of parseStream(response)) console.log(event.data) // => Hello, then world
 * ```
 */
export function parseStream(
  source: ParseStreamSource,
  options: ParseStreamOptions = {},
): ParsedStream {
  assertSource(source)
  const { idleTimeout, eventTimeout, readAhead = READ_AHEAD } = options
  return new PulledEvents(source, {
    ...options,
    readAhead: checked('readAhead', 'bytes', readAhead),
    // A clock that is off never runs out.
    idleTimeout: checked('idleTimeout', 'milliseconds', idleTimeout) || Infinity,
    eventTimeout: checked('eventTimeout', 'milliseconds', eventTimeout) || Infinity,
  })
}

function checked(option: string, unit: string, value = 0): number {
  if (typeof value !== 'number' || !(value >= 0)) throw badAmount(option, unit)
  return value
}

/** Options with their defaults. */
interface Settings extends ParseStreamOptions {
  readonly readAhead: number
  readonly idleTimeout: number
  readonly eventTimeout: number
}

class PulledEvents implements ParsedStream {
  verdict: EndVerdict | undefined
  readonly #source: ParseStreamSource
  readonly #options: Settings
  readonly #parser: Parser
  #reader: ByteReader | undefined
  #opened = false
  /** Bytes read so far. */
  #offset = 0
  /** What the source failed with, kept until the events before it are delivered. */
  #failure: { readonly error: unknown } | undefined
  #stopped = false
  /** The call of `next()` that is under way: later calls wait for it. */
  #turn: Promise<unknown> | undefined
  /** Ends the wait for bytes. */
  #interrupt: (() => void) | undefined
  #ignoreAbort: (() => void) | undefined
  /** When the wait for the next byte began. */
  #idleSince = 0

  constructor(source: ParseStreamSource, options: Settings) {
    this.#source = source
    this.#options = options
    // With 'error', events that `end()` finds come before the error: that order is kept here.
    this.#parser = createParser({
      ...options,
      incomplete: options.incomplete === 'dispatch' ? 'dispatch' : 'discard',
    })
    const { signal } = options
    if (signal && !signal.aborted) this.#ignoreAbort = onAbort(signal, this.#abort)
  }

  get lastEventId(): string {
    return this.#parser.lastEventId
  }

  get reconnectionTime(): number | undefined {
    return this.#parser.reconnectionTime
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<IteratorResult<SseEvent, undefined>> {
    const event = this.#turn === undefined ? this.#waiting() : undefined
    if (event) return Promise.resolve({ done: false, value: event })
    const turn = this.#turn === undefined ? this.#next() : this.#turn.then(() => this.#next())
    const settle = (): void => {
      if (this.#turn === settled) this.#turn = undefined
    }
    // Before the caller hears of it: what is there already is then given without a turn.
    const settled: Promise<void> = turn.then(settle, settle)
    this.#turn = settled
    return turn
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    this.#stop()
    return { done: true, value: undefined }
  }

  /** An event that is there already. What else there may be, an error too, is for `#next` to tell. */
  #waiting(): SseEvent | undefined {
    if (this.#stopped || this.#options.signal?.aborted) return undefined
    try {
      return this.#parser.next()
    } catch (error) {
      this.#fail(error)
      return undefined
    }
  }

  async #next(): Promise<IteratorResult<SseEvent, undefined>> {
    const { signal, eventTimeout } = this.#options
    this.#idleSince = performance.now()
    const deadline = this.#idleSince + eventTimeout
    if (signal?.aborted) this.#abort()
    try {
      while (!this.#stopped) {
        const event = this.#parser.next()
        if (event) return { done: false, value: event }
        if (this.#failure || this.verdict) this.#stop(this.#failure?.error)
        else await this.#read(deadline)
      }
    } catch (error) {
      this.#fail(error)
    }
    const failure = this.#failure
    this.#failure = undefined
    if (failure) throw failure.error
    return { done: true, value: undefined }
  }

  /** Takes in the next chunk, or the end. A failure waits until the events before it are delivered. */
  async #read(deadline: number): Promise<void> {
    try {
      this.#reader ??= await this.#open()
      // It was left, or aborted, in the turn that began it: it could not be cancelled then.
      if (this.#stopped) return this.#reader.cancel(this.#failure?.error)
      // A source that always has something ready leaves a timer no chance.
      const { eventTimeout, idleTimeout } = this.#options
      if (performance.now() > deadline) throw timeout('event', eventTimeout)
      if (performance.now() > this.#idleSince + idleTimeout) throw timeout('idle', idleTimeout)
      const chunk = await this.#wait(this.#reader.read(), deadline)
      if (this.#stopped) return
      if (chunk !== undefined) {
        this.#parser.feed(chunk)
        this.#offset += chunk.length
        if (chunk.length > 0) this.#idleSince = performance.now()
        return
      }
      this.#reader.release()
      this.#reader = undefined
      this.verdict = this.#parser.end()
      if (!this.verdict.complete && this.#options.incomplete === 'error')
        this.#failure = { error: incompleteEvent(this.#offset) }
    } catch (error) {
      if (this.#stopped) return
      this.#failure = { error }
      const end = this.#parser.end()
      // A source that failed has not ended, not even between two events. One that never began has no verdict.
      if (this.#reader && !(error instanceof ResponseError))
        this.verdict = end.complete ? { complete: false, bytes: 0, fields: [] } : end
    }
  }

  /** What arrives, or the error of the clock that runs out first; nothing, if it is interrupted. */
  async #wait<T>(arrival: Promise<T>, deadline: number): Promise<T | undefined> {
    const { idleTimeout, eventTimeout } = this.#options
    const now = performance.now()
    const left = Math.max(0, deadline - now)
    const idle = Math.max(0, this.#idleSince + idleTimeout - now)
    const [clock, limit, wait] =
      idle <= left
        ? (['idle', idleTimeout, idle] as const)
        : (['event', eventTimeout, left] as const)
    let timer: ReturnType<typeof setTimeout> | undefined
    try {
      return await new Promise<T | undefined>((resolve, reject) => {
        if (wait <= LONGEST_DELAY) timer = setTimeout(() => reject(timeout(clock, limit)), wait)
        this.#interrupt = () => resolve(undefined)
        arrival.then(resolve, reject)
      })
    } finally {
      clearTimeout(timer)
      this.#interrupt = undefined
    }
  }

  #open(): Promise<ByteReader> {
    this.#opened = true
    // An abort does not wait for an excerpt: it cancels what is read for one.
    const { readAhead } = this.#options
    return openSource(this.#source, readAhead, (reader) => void (this.#reader = reader))
  }

  readonly #abort = (): void => {
    if (!this.#stopped) this.#fail(this.#options.signal?.reason)
  }

  #fail(error: unknown): void {
    this.#failure = { error }
    this.#stop(error)
  }

  #stop(reason?: unknown): void {
    if (this.#stopped) return
    this.#stopped = true
    this.#ignoreAbort?.()
    if (this.#opened) this.#reader?.cancel(reason)
    else letGo(this.#source, reason)
    this.#interrupt?.()
  }
}
