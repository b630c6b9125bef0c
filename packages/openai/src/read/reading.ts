import type { Dialect } from '../dialects/types.ts'
import { interrupted, ModelStreamError, noChunks, serverError } from '../errors.ts'
import { endOfDocument } from '../json/scan.ts'
import { serverErrorIn, serverErrorOf } from '../server-error.ts'
import { isWire, type Wire } from '../wire.ts'
import { type BodyOf, failureOf, notAStream } from './body.ts'
import { Bytes, Document } from './bytes.ts'
import { chunkIn } from './clients.ts'
import { documentsIn } from './documents.ts'
import type { Interpreter } from './interpreter.ts'
import { decoded, foreign } from './protocols.ts'
import {
  assertSource,
  type ChunkSource,
  type EventLike,
  type Item,
  type Pull,
  pullFrom,
} from './source.ts'
import { Watch, type WatchOptions, withGrace } from './watch.ts'

/** Options of everything that reads a stream. */
export interface ReadOptions extends WatchOptions {
  /** The most bytes that one event may have. Default: 16 MiB. */
  readonly maxEventBytes?: number | undefined
  /** The server's protocol, if it is not chat completions: see `@tesserae/openai/dialects`. */
  readonly dialect?: Dialect | undefined
  /** Checks each chunk before it is used: `check` of a checker from `@tesserae/openai/schema`. */
  readonly check?: ((chunk: object) => unknown) | undefined
}

/** So long is waited for usage after an error. */
const GRACE = 250

/** The body of an answer that is not a success is read up to here. */
const MAX_ERROR_BYTES = 1 << 20

/** Reads one source into an interpreter. Whatever ends the reading, the source is cancelled or released. */
export class Reading {
  readonly #interpreter: Interpreter
  readonly #bytes: Bytes
  readonly #pull: Pull
  readonly #watch: Watch | undefined
  /** The body of an answer that is not a success. */
  readonly #failure: Document | undefined
  readonly #of: BodyOf
  /** Whether nothing came of a source that may have been read before. */
  isEmpty: boolean
  #hasEnded = false
  #hasWrappers = false
  #hasChunks = false
  /** Whether the source is waited for: what fails then is the connection. */
  #isPulling = false
  #failedAt = 0

  /** @param isStoppable - whether {@link stop} may be called */
  constructor(
    source: ChunkSource,
    interpreter: Interpreter,
    options: ReadOptions,
    isStoppable: boolean,
  ) {
    assertSource(source)
    this.#interpreter = interpreter
    const isResponse = 'ok' in source && 'headers' in source
    this.isEmpty = !isResponse
    this.#of = isResponse ? { status: source.status, headers: source.headers } : {}
    this.#bytes = new Bytes(interpreter, options.maxEventBytes, this.#of)
    const pull = pullFrom(isResponse ? (source.body ?? []) : source)
    const { signal, idleTimeout, tokenTimeout } = options
    this.#watch =
      isStoppable || signal || idleTimeout || tokenTimeout ? new Watch(pull, options) : undefined
    this.#pull = this.#watch ?? pull
    if (isResponse && !source.ok) this.#failure = new Document(MAX_ERROR_BYTES, this.#of)
  }

  /** Reads to the end. */
  async toEnd(): Promise<void> {
    try {
      while (this.#goesOn()) {
        const item = this.#next()
        // An item that is there is not awaited: a promise for each chunk costs more than reading it.
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
      while (this.#goesOn()) {
        const item = this.#next()
        this.#take('then' in item ? await item : item)
        yield
      }
    } catch (error) {
      throw this.#reasonOf(error)
    } finally {
      this.#close()
    }
  }

  /** Ends the reading, also while an item is waited for. */
  stop(): void {
    this.#watch?.stop()
  }

  /** Content came, for `tokenTimeout`. */
  progress(): void {
    this.#watch?.progress()
  }

  #goesOn(): boolean {
    return !this.#hasEnded && !this.#interpreter.done
  }

  #next(): Item | Promise<Item> {
    this.#isPulling = true
    const item = this.#pull.next()
    if (this.#interpreter.error === undefined || !('then' in item)) return item
    this.#failedAt ||= Date.now()
    return withGrace(item, this.#failedAt + GRACE - Date.now())
  }

  #take({ done, value }: Item): void {
    this.#isPulling = false
    if (done) return this.#end()
    this.isEmpty = false
    if (ArrayBuffer.isView(value)) this.#takeBytes(value as Uint8Array)
    else if (isEvent(value)) this.#interpreter.takeEvent(value)
    else this.#takeObject(value)
  }

  #takeBytes(bytes: Uint8Array): void {
    if (this.#failure) this.#failure.add(bytes)
    else this.#bytes.feed(bytes)
  }

  #takeObject(value: unknown): void {
    if (typeof value === 'string' && !this.#hasChunks) throw decoded()
    const chunk = chunkIn(value)
    if (chunk === undefined && value !== undefined) this.#hasWrappers = true
    else {
      this.#hasChunks = true
      this.#interpreter.takeValue(chunk)
    }
  }

  #end(): void {
    this.#hasEnded = true
    if (this.#failure) throw this.#errorAnswer(this.#failure.text())
    this.#bytes.end()
    if (this.#hasWrappers && !this.#hasChunks) throw noChunks()
  }

  #errorAnswer(text: string): ModelStreamError {
    try {
      return failureOf(JSON.parse(text), text, this.#of)
    } catch {
      return failureOf(undefined, text, this.#of)
    }
  }

  #reasonOf(error: unknown): unknown {
    if (!this.#isPulling || error instanceof ModelStreamError) return error
    return badStatusIn(error) ?? interrupted(error)
  }

  #close(): void {
    if (this.#hasEnded) this.#pull.release()
    else this.#pull.cancel()
  }
}

/**
 * Clients and parsers throw an answer with a bad status or another type as an error with `status` and the beginning of
 * the body.
 *
 * @param foreignIn - recognizes an object of another protocol
 */
export function badStatusIn(
  error: unknown,
  foreignIn: (value: Wire) => ModelStreamError | undefined = foreign,
): ModelStreamError | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  const { code, status, excerpt, headers, retryAfter } = error as Record<string, unknown>
  if (typeof status !== 'number' || typeof excerpt !== 'string') return undefined
  const more = {
    headers: headers instanceof Headers ? headers : undefined,
    retryAfter: typeof retryAfter === 'number' ? retryAfter : undefined,
    cause: error,
  }
  if (code === 'bad-content-type') {
    const of = { status, headers: more.headers }
    return Object.assign(wrongType(excerpt, of, foreignIn), { cause: error })
  }
  try {
    const found = failureOf(JSON.parse(excerpt), excerpt, { status })
    if (found.error?.message) return serverError(found.error, status, more)
  } catch {
    // The excerpt is cut, or it is a page.
  }
  const words = /"message"\s*:\s*("(?:[^"\\]|\\.)*")/.exec(excerpt)?.[1]
  const message: unknown = words === undefined ? excerpt : JSON.parse(words)
  return serverError(serverErrorOf({ message, status }, excerpt), status, more)
}

/** The failure of an answer that is not a stream of events, by the first document in its body. */
function wrongType(
  text: string,
  of: BodyOf,
  foreignIn: (value: Wire) => ModelStreamError | undefined,
): ModelStreamError {
  const start = text.trimStart()
  const first = documentsIn(start.slice(0, endOfDocument(start, 0)))?.flat()[0]
  if (!isWire(first)) return notAStream(text, of)
  const error = serverErrorIn(first)
  if (error) return serverError(error, error.status, of)
  return foreignIn(first) ?? notAStream(text, of)
}

function isEvent(value: unknown): value is EventLike {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as EventLike).data === 'string' &&
    !('choices' in value)
  )
}
