import { SseError } from '@tesserae/parser'
import { aborted, interrupted, ModelStreamError } from '../errors.ts'
import { badStatusIn } from '../read/reading.ts'
import { assertSource, type ChunkSource, type Item, type Pull, pullFrom } from '../read/source.ts'
import { Watch, type WatchOptions } from '../read/watch.ts'
import { EventReader, type EventSink, foreignIn, type Prediction } from './reader.ts'

/**
 * Options of everything that reads a stream. A stream that a timeout ends is resumed like one whose connection failed.
 */
export interface ReadOptions extends WatchOptions {
  /** The most bytes that one event may have. Default: 16 MiB. */
  readonly maxEventBytes?: number | undefined
  /** Called with each event before it is used: `check` of a checker from `@tesserae/openai/schema`. */
  readonly check?: ((event: object) => unknown) | undefined
}

/** One source on the way into a sink. Whatever ends it, the source is released. */
export class Feed {
  readonly #reader: EventReader
  readonly #pull: Pull
  readonly #watch: Watch | undefined
  readonly #signal: AbortSignal | undefined
  #isClosed = false
  /** Whether nothing came of a source that may have been read before. */
  isEmpty: boolean

  /** @param isStoppable - whether {@link stop} may be called */
  constructor(
    source: ChunkSource,
    sink: EventSink,
    options: ReadOptions,
    isStoppable: boolean,
    prediction?: Prediction,
  ) {
    assertSource(source)
    const answer = 'ok' in source && 'headers' in source ? source : undefined
    this.isEmpty = !answer
    this.#reader = new EventReader(sink, options.maxEventBytes, answer, prediction)
    const { signal, idleTimeout, tokenTimeout } = options
    this.#signal = signal
    const pull = pullFrom(answer ? (answer.body ?? []) : (source as Exclude<ChunkSource, Response>))
    this.#watch =
      isStoppable || signal || idleTimeout || tokenTimeout ? new Watch(pull, options) : undefined
    this.#pull = this.#watch ?? pull
  }

  /** Whether `[DONE]` or a terminal event came. */
  get isOver(): boolean {
    return this.#reader.isOver
  }

  /** Reads the next item. `false` if it was the last. An item that is there already is not awaited. */
  step(): boolean | Promise<boolean> {
    let item: Item | Promise<Item>
    try {
      item = this.#pull.next()
    } catch (error) {
      throw this.#reasonOf(error)
    }
    if (!('then' in item)) return this.#take(item)
    return item.then(
      (item) => this.#take(item),
      (error: unknown) => {
        throw this.#reasonOf(error)
      },
    )
  }

  /** Content came, for `tokenTimeout`. */
  progress(): void {
    this.#watch?.progress()
  }

  /** Ends the reading, also while an item is waited for. */
  stop(): void {
    this.#watch?.stop()
  }

  /** Tells the source that nothing more is needed. */
  close(): void {
    if (!this.#isClosed) this.#pull.cancel()
    this.#isClosed = true
  }

  #take({ done, value }: Item): boolean {
    try {
      if (done) this.#reader.end()
      else {
        this.isEmpty = false
        this.#reader.take(value)
      }
    } catch (error) {
      // An event beyond the limit is a failure of the stream; what a check or a listener throws is the caller's.
      throw error instanceof SseError ? interrupted(error) : error
    }
    if (done) {
      this.#pull.release()
      this.#isClosed = true
      return false
    }
    if (this.#reader.isOver) this.close()
    return !this.#isClosed
  }

  #reasonOf(error: unknown): Error {
    if (error instanceof ModelStreamError) return error
    const signal = this.#signal
    return signal?.aborted
      ? aborted(signal.reason)
      : (badStatusIn(error, foreignIn) ?? interrupted(error))
  }
}
