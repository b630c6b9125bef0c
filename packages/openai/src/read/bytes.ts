import { createParser, type Parser, SseError } from '@tesserae/parser'
import type { Interpreter, Prediction } from './interpreter.ts'
import { chunksOfDocument } from './response.ts'

const LF = 0x0a
const CR = 0x0d

/** As much of a line is kept until the rest of it comes. */
const MAX_HELD = 2048

/** As the parser has it: both are held to the same, whoever reads an event. */
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
  /** The beginning of a line, which the parser has not been given: with what follows, it may be an event that is known. */
  #held: Uint8Array | undefined
  #heldLength = 0

  constructor(interpreter: Interpreter, maxEventBytes: number | undefined) {
    this.#interpreter = interpreter
    this.#limit = maxEventBytes ?? DEFAULT_MAX_EVENT_BYTES
    this.#parser = createParser({
      maxEventBytes: this.#limit,
      incomplete: 'dispatch',
      onUnknownField: (name, value) => this.#takeLine(name, value),
    })
  }

  feed(chunk: Uint8Array): void {
    const { prediction } = this.#interpreter
    // What is something else, or of another realm, is the parser's to take or to refuse.
    if (prediction === undefined || !(chunk instanceof Uint8Array)) return this.#parseAll(chunk)
    let at = this.#heldLength > 0 ? this.#join(prediction, chunk) : 0
    while (at < chunk.length && !this.#interpreter.isOver) {
      if (this.#isBetween) at += this.#skip(prediction, chunk, at)
      if (at < chunk.length) at = this.#parseBlock(prediction, chunk, at)
    }
  }

  /** Reads what is known, and returns how much it was. */
  #skip(prediction: Prediction, bytes: Uint8Array, start: number): number {
    const count = prediction.read(bytes, start, this.#limit) - start
    if (count > 0) this.#hasEvents = true
    this.#skipped += count
    return count
  }

  /** Gives the parser what it takes for the next event to be seen alone; the whole rest if that is of no use. */
  #parseBlock(prediction: Prediction, chunk: Uint8Array, start: number): number {
    const end = prediction.pays ? endOfBlock(chunk, start) : -1
    if (this.#isBetween) {
      if (end > 0) prediction.observe(chunk, start, end)
      else if (prediction.pays && this.#hold(chunk, start)) return chunk.length
    }
    this.#isBetween = end > 0
    const stop = end > 0 ? end : chunk.length
    this.#parse(start === 0 && stop === chunk.length ? chunk : chunk.subarray(start, stop))
    return stop
  }

  /** Keeps the rest of a chunk, if it is part of a line: the parser would do nothing else. */
  #hold(chunk: Uint8Array, start: number): boolean {
    const length = this.#heldLength + chunk.length - start
    if (length > MAX_HELD || length > this.#limit) return false
    if (chunk.indexOf(LF, start) >= 0 || chunk.indexOf(CR, start) >= 0) return false
    this.#held ??= new Uint8Array(2 * MAX_HELD)
    this.#held.set(chunk.subarray(start), this.#heldLength)
    this.#heldLength = length
    return true
  }

  /** Reads what was kept with what follows it, and returns how much of this was read. */
  #join(prediction: Prediction, chunk: Uint8Array): number {
    const held = this.#held
    const { length } = chunk
    if (held === undefined || this.#hold(chunk, 0)) return length
    const start = this.#heldLength
    const stop = Math.min(start + length, held.length)
    held.set(chunk.subarray(0, stop - start), start)
    const count = this.#skip(prediction, held.subarray(0, stop), 0)
    if (count === 0) this.#letGo()
    this.#heldLength = 0
    return count === 0 ? 0 : count - start
  }

  /** Gives the parser what was kept. */
  #letGo(): void {
    if (this.#held === undefined || this.#heldLength === 0) return
    this.#isBetween = false
    this.#parse(this.#held.subarray(0, this.#heldLength))
    this.#heldLength = 0
  }

  #parseAll(chunk: Uint8Array): void {
    this.#letGo()
    this.#isBetween = false
    this.#parse(chunk)
  }

  #parse(bytes: Uint8Array): void {
    this.#parser.feed(bytes)
    this.#drain(false)
  }

  end(): void {
    this.#letGo()
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
