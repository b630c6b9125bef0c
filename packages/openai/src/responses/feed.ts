import { aborted, interrupted, ModelStreamError } from '../errors.ts'
import { assertSource, type ChunkSource, type Item, type Pull, pullFrom } from '../read/source.ts'
import { Watch } from '../read/watch.ts'
import { EventReader, type EventSink, type Prediction } from './reader.ts'

/** Options of everything that reads a stream. */
export interface ReadOptions {
  /** Stops reading when it aborts, also while the source is silent. */
  readonly signal?: AbortSignal | undefined
  /**
   * How long the source may be silent, in milliseconds. `0`, the default, disables it. A stream that is silent for longer
   * ends with the code `timeout`, and is resumed like one whose connection failed.
   */
  readonly idleTimeout?: number | undefined
  /** The most bytes that one event may have. Default: 16 MiB. */
  readonly maxEventBytes?: number | undefined
  /** Called with each event before it is used: `check` of a checker from `@tesserae/openai/schema`. */
  readonly check?: ((event: object) => unknown) | undefined
}

/** One source on the way into a sink. Whatever ends it, the source is released. */
export class Feed {
  /** Whether anything was read. */
  isOpen = false
  readonly #reader: EventReader
  readonly #pull: Pull
  readonly #signal: AbortSignal | undefined
  #isClosed = false

  constructor(source: ChunkSource, sink: EventSink, options: ReadOptions, prediction?: Prediction) {
    assertSource(source)
    const isAnswer = 'ok' in source && 'headers' in source
    const status = isAnswer && !source.ok ? source.status : undefined
    this.#reader = new EventReader(sink, options.maxEventBytes, status, prediction)
    this.#signal = options.signal
    const pull = pullFrom(isAnswer ? (source.body ?? []) : source)
    this.#pull = options.signal || options.idleTimeout ? new Watch(pull, options) : pull
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

  /** Tells the source that nothing more is needed. */
  close(): void {
    if (!this.#isClosed) this.#pull.cancel()
    this.#isClosed = true
  }

  #take({ done, value }: Item): boolean {
    if (done) {
      this.#reader.end()
      this.#pull.release()
      this.#isClosed = true
      return false
    }
    this.#reader.take(value)
    this.isOpen = true
    if (this.#reader.isOver) this.close()
    return !this.#isClosed
  }

  #reasonOf(error: unknown): Error {
    if (error instanceof ModelStreamError) return error
    const signal = this.#signal
    return signal?.aborted ? aborted(signal.reason) : interrupted(error)
  }
}
