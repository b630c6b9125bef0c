import { createParser, type Parser, SseError } from '@tesserae/parser'
import type { Interpreter, Prediction } from './interpreter.ts'
import { chunksOfDocument } from './response.ts'

const LF = 0x0a
const CR = 0x0d

/** What the parser takes if it is not told otherwise. */
const DEFAULT_MAX_EVENT_BYTES = 16 * 1024 * 1024

/** The events in bytes, and what stands in the place of events. */
export class Bytes {
  readonly #parser: Parser
  readonly #interpreter: Interpreter
  readonly #limit: number
  /** The beginning of what is no field, as long as there was no event: it may be a document. */
  #stray = ''
  #hasEvents = false
  /** Whether the parser has nothing of an event that goes on. */
  #isBetween = false
  /** How many bytes were read without the parser. */
  #skipped = 0

  constructor(interpreter: Interpreter, maxEventBytes: number | undefined) {
    this.#interpreter = interpreter
    this.#limit = maxEventBytes ?? DEFAULT_MAX_EVENT_BYTES
    this.#parser = createParser({
      maxEventBytes,
      incomplete: 'dispatch',
      onUnknownField: (name, value) => this.#takeLine(name, value),
    })
  }

  feed(chunk: Uint8Array): void {
    const { prediction } = this.#interpreter
    if (prediction === undefined) return this.#parse(chunk)
    let at = 0
    while (at < chunk.length && !this.#interpreter.isOver) {
      if (this.#isBetween) {
        const start = at
        at = prediction.read(chunk, start, this.#limit)
        if (at > start) this.#hasEvents = true
        this.#skipped += at - start
        if (at === chunk.length) return
      }
      at = this.#parseBlock(prediction, chunk, at)
    }
  }

  /** Gives the parser what it takes for the next event to be seen alone; the whole rest if that is of no use. */
  #parseBlock(prediction: Prediction, chunk: Uint8Array, start: number): number {
    const end = prediction.pays ? endOfBlock(chunk, start) : -1
    if (this.#isBetween && end > 0) prediction.observe(chunk, start, end)
    this.#isBetween = end > 0
    const stop = end > 0 ? end : chunk.length
    this.#parse(start === 0 && stop === chunk.length ? chunk : chunk.subarray(start, stop))
    return stop
  }

  #parse(bytes: Uint8Array): void {
    this.#parser.feed(bytes)
    this.#drain(false)
  }

  end(): void {
    const { complete } = this.#parser.end()
    this.#drain(!complete)
    if (this.#hasEvents || this.#interpreter.isOver || !/^\s*[[{<]/.test(this.#stray)) return
    for (const chunk of chunksOfDocument(this.#stray, undefined, true))
      this.#interpreter.takeValue(chunk)
  }

  #drain(wasCut: boolean): void {
    const parser = this.#parser
    try {
      for (let event = parser.next(); event && !this.#interpreter.isOver; event = parser.next()) {
        this.#hasEvents = true
        this.#interpreter.take(event, wasCut)
      }
    } catch (error) {
      if (error instanceof SseError && error.offset !== undefined)
        Object.assign(error, { offset: error.offset + this.#skipped })
      throw error
    }
  }

  /** A line that is no field. llama-box reports its errors in one called `error`. */
  #takeLine(name: string, value: string): void {
    const line = value === '' ? name : `${name}:${value}`
    if (!this.#hasEvents && this.#stray.length < 65_536) this.#stray += `${line}\n`
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

/** Where the next blank line ends, behind which nothing is left of any event; -1 if there is none. */
function endOfBlock(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(LF, from); at >= 0; at = bytes.indexOf(LF, at + 1)) {
    if (bytes[at + 1] === LF) return at + 2
    if (bytes[at + 1] === CR && bytes[at + 2] === LF) return at + 3
  }
  return -1
}
