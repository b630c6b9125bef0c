import { createParser, type Parser } from '@tesserae/parser'
import { aborted, interrupted } from '../errors.ts'
import type { Dialect } from '../dialects/types.ts'
import type { Interpreter } from './interpreter.ts'
import { chunksOfDocument, openResponse } from './response.ts'
import { type ChunkSource, type EventLike, type Pull, pullFrom } from './source.ts'

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

/**
 * Reads a source into an interpreter, and yields after each item that came: one chunk from the network may hold many
 * events. Leaving it cancels the source.
 */
export async function* steps(
  source: ChunkSource,
  interpreter: Interpreter,
  options: ReadOptions,
): AsyncGenerator<undefined, void> {
  const { signal } = options
  const opened = 'ok' in source && 'headers' in source ? await openResponse(source) : source
  const pull = pullFrom(opened, signal)
  const bytes = new Bytes(interpreter, options)
  let hasEnded = false
  try {
    while (!interpreter.isOver && !hasEnded) {
      const item = await next(pull, signal)
      if (item.done) {
        hasEnded = true
        bytes.end()
      } else if (ArrayBuffer.isView(item.value)) bytes.feed(item.value as Uint8Array)
      else if (isEvent(item.value)) interpreter.take(item.value)
      else interpreter.takeValue(item.value)
      yield
    }
  } finally {
    if (hasEnded) pull.release()
    else pull.cancel()
  }
}

async function next(pull: Pull, signal: AbortSignal | undefined): ReturnType<Pull['next']> {
  try {
    return await pull.next()
  } catch (error) {
    throw signal?.aborted ? aborted(signal.reason) : interrupted(error)
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

/** The events in bytes, and what stands in the place of events. */
class Bytes {
  #parser: Parser | undefined
  /** The beginning of what is no field, as long as there was no event: it may be a document. */
  #stray = ''
  #events = 0
  readonly #interpreter: Interpreter
  readonly #options: ReadOptions

  constructor(interpreter: Interpreter, options: ReadOptions) {
    this.#interpreter = interpreter
    this.#options = options
  }

  feed(chunk: Uint8Array): void {
    this.#parser ??= createParser({
      maxEventBytes: this.#options.maxEventBytes,
      incomplete: 'dispatch',
      onUnknownField: (name, value) => this.#takeLine(name, value),
    })
    this.#parser.feed(chunk)
    this.#drain(this.#parser, false)
  }

  end(): void {
    const verdict = this.#parser?.end()
    if (this.#parser) this.#drain(this.#parser, verdict?.complete === false)
    if (this.#events > 0 || this.#interpreter.isOver || !/^\s*[[{<]/.test(this.#stray)) return
    for (const chunk of chunksOfDocument(this.#stray, undefined, true))
      this.#interpreter.takeValue(chunk)
  }

  #drain(parser: Parser, wasCut: boolean): void {
    for (let event = parser.next(); event && !this.#interpreter.isOver; event = parser.next()) {
      this.#events++
      this.#interpreter.take(event, wasCut)
    }
  }

  /** A line that is no field. llama-box reports its errors in one called `error`. */
  #takeLine(name: string, value: string): void {
    const line = value === '' ? name : `${name}:${value}`
    if (this.#events === 0 && this.#stray.length < 65_536) this.#stray += `${line}\n`
    if (name !== 'error') return
    let error: unknown = value
    try {
      error = JSON.parse(value)
    } catch {
      // A sentence is an error as well.
    }
    this.#interpreter.fail(error, error)
  }
}
