import { aborted, interrupted, noChunks } from '../errors.ts'
import type { Dialect } from '../dialects/types.ts'
import { Bytes } from './bytes.ts'
import { chunkIn } from './clients.ts'
import type { Interpreter } from './interpreter.ts'
import { openResponse } from './response.ts'
import {
  assertSource,
  type ChunkSource,
  type EventLike,
  type Item,
  type Pull,
  pullFrom,
} from './source.ts'

/** Options of everything that reads a stream. */
export interface ReadOptions {
  /** Ends the reading, also while nothing comes. */
  readonly signal?: AbortSignal | undefined
  /** The most bytes that one event may have. Default: 16 MiB. */
  readonly maxEventBytes?: number | undefined
  /** What the server speaks, if it is not chat completions: see `@tesserae/openai/dialects`. */
  readonly dialect?: Dialect | undefined
  /** Looks at each chunk before it is used: `check` of a checker from `@tesserae/openai/schema`. */
  readonly check?: ((chunk: object) => unknown) | undefined
}

/** One source on its way into an interpreter. Whatever ends it, the source is let go of. */
export class Reading {
  readonly #source: ChunkSource
  readonly #interpreter: Interpreter
  readonly #options: ReadOptions
  readonly #bytes: Bytes
  /** Whether anything has come. */
  isOpen = false
  #pull: Pull | undefined
  #hasEnded = false
  /** Whether there were objects of a client without a chunk in them, and others. */
  #hasWrappers = false
  #hasChunks = false
  /** Whether it is the source that is waited for: what fails then is the connection. */
  #isPulling = false

  constructor(source: ChunkSource, interpreter: Interpreter, options: ReadOptions) {
    assertSource(source)
    this.#source = source
    this.#interpreter = interpreter
    this.#options = options
    this.#bytes = new Bytes(interpreter, options.maxEventBytes)
  }

  /** Reads to the end. */
  async toEnd(): Promise<void> {
    try {
      const pull = await this.#open()
      while (this.#goesOn()) {
        this.#isPulling = true
        const item = pull.next()
        // What is there is not waited for: a promise for each chunk costs more than reading it.
        this.#take('then' in item ? await item : item)
      }
    } catch (error) {
      throw this.#reasonOf(error)
    } finally {
      this.#close()
    }
  }

  /** Reads item by item: one chunk from the network may hold many events. */
  async *steps(): AsyncGenerator<undefined, void> {
    try {
      const pull = await this.#open()
      while (this.#goesOn()) {
        this.#isPulling = true
        this.#take(await pull.next())
        yield
      }
    } catch (error) {
      throw this.#reasonOf(error)
    } finally {
      this.#close()
    }
  }

  async #open(): Promise<Pull> {
    const source = this.#source
    const opened = 'ok' in source && 'headers' in source ? await openResponse(source) : source
    return (this.#pull = pullFrom(opened, this.#options.signal))
  }

  #goesOn(): boolean {
    return !this.#hasEnded && !this.#interpreter.isOver
  }

  #take({ done, value }: Item): void {
    this.#isPulling = false
    this.isOpen = true
    if (done) {
      this.#hasEnded = true
      this.#bytes.end()
      if (this.#hasWrappers && !this.#hasChunks) throw noChunks()
    } else if (ArrayBuffer.isView(value)) this.#bytes.feed(value as Uint8Array)
    else if (isEvent(value)) this.#interpreter.take(value)
    else {
      const chunk = chunkIn(value)
      if (chunk === undefined && value !== undefined) this.#hasWrappers = true
      else {
        this.#hasChunks = true
        this.#interpreter.takeValue(chunk)
      }
    }
  }

  #reasonOf(error: unknown): unknown {
    if (!this.#isPulling) return error
    const { signal } = this.#options
    return signal?.aborted ? aborted(signal.reason) : interrupted(error)
  }

  #close(): void {
    if (this.#hasEnded) this.#pull?.release()
    else this.#pull?.cancel()
  }
}

function isEvent(value: unknown): value is EventLike {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as EventLike).data === 'string' &&
    !('choices' in value)
  )
}
