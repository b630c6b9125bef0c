import { createParser, type Parser, SseError } from '@tesserae/parser'
import { interrupted } from '../errors.ts'
import type { Prediction } from '../predict/predictor.ts'
import { type BodyOf, notAStream, takeBody } from './body.ts'
import type { Interpreter } from './interpreter.ts'
import { compressed } from './protocols.ts'

const DONE = /* @__PURE__ */ new TextEncoder().encode('data: [DONE]\n\n')
const BLANK_LINE = /* @__PURE__ */ Uint8Array.of(0x0a)

const COLON = 0x3a
const LF = 0x0a
const CR = 0x0d

/** So much of an unfinished line is kept until the rest of it comes. */
const MAX_HELD = 4096

/** The parser's own default, because both are held to the same limit. */
const DEFAULT_MAX_EVENT_BYTES = 16 * 1024 * 1024

/** So much is kept of lines that are not fields, while no event has come. */
const MAX_STRAY = 4_096

/** Buffers for streams to come: making one takes longer than reading an event. */
const spare: Uint8Array[] = []
const MAX_SPARE = 32

/** The events in bytes, or the document that came in place of events. */
export class Bytes {
  #parser: Parser | undefined
  readonly #interpreter: Interpreter
  readonly #limit: number
  readonly #of: BodyOf
  /** Whether the first byte that is not white space has been seen: it tells events from a document. */
  #isOpen = false
  #document: Document | undefined
  /** Lines that are not fields, while there was no event. */
  #stray = ''
  #hasEvents = false
  /** Whether the parser holds nothing of an event that continues. */
  #isBetween = true
  /** How many bytes were read without the parser. */
  #skipped = 0
  /** The beginning of a line that the parser was not given: with what follows it, it may be an event that is known. */
  #held: Uint8Array | undefined
  #heldLength = 0

  constructor(interpreter: Interpreter, maxEventBytes: number | undefined, of: BodyOf) {
    this.#interpreter = interpreter
    this.#limit = maxEventBytes ?? DEFAULT_MAX_EVENT_BYTES
    this.#of = of
  }

  /** The parser, made when it is first needed: of many streams every event is known. */
  #parserOf(): Parser {
    if (this.#parser !== undefined) return this.#parser
    const parser = createParser({
      maxEventBytes: this.#limit,
      incomplete: 'dispatch',
      onUnknownField: (name, value) => this.#takeLine(name, value),
    })
    this.#parser = parser
    if (this.#skipped > 0) {
      // A byte order mark counts only at the beginning of the stream.
      parser.feed(BLANK_LINE)
      this.#skipped--
    }
    return parser
  }

  feed(chunk: Uint8Array): void {
    if (!this.#isOpen) this.#open(chunk)
    if (this.#document !== undefined) return this.#document.add(chunk)
    const { prediction } = this.#interpreter
    // The parser decides about anything else, and about arrays of another realm.
    if (!prediction?.pays(chunk.length) || !(chunk instanceof Uint8Array))
      return this.#parseAll(chunk)
    let at = this.#heldLength > 0 ? this.#join(prediction, chunk) : 0
    // One search for the whole chunk: the bytes after the last line may be many.
    const last = chunk.lastIndexOf(LF)
    while (at < chunk.length && !this.#interpreter.done) {
      if (this.#isBetween) {
        const start = at
        at += this.#skipComments(chunk, at)
        at += this.#skip(prediction, chunk, at, last)
        if (at > start && chunk[at] === COLON) continue
        if (this.#isDone(chunk, at)) return this.#interpreter.take({ data: '[DONE]' })
      }
      if (at < chunk.length) at = this.#parseBlock(prediction, chunk, at)
    }
  }

  /** No stream of events begins with a bracket, with `<`, or with the mark of gzip. */
  #open(chunk: Uint8Array): void {
    if (chunk[0] === 0x1f && chunk[1] === 0x8b) throw compressed()
    let at = 0
    while (at < chunk.length && (chunk[at] ?? 0) <= 0x20) at++
    // The byte order mark.
    if (chunk[at] === 0xef && chunk[at + 1] === 0xbb) at += 3
    const first = chunk[at]
    if (first === undefined) return
    this.#isOpen = true
    if (first === 0x7b || first === 0x5b || first === 0x3c)
      this.#document = new Document(this.#limit, this.#of)
  }

  /** Skips blocks of comments, which servers send as heartbeats, and returns the number of their bytes. */
  #skipComments(bytes: Uint8Array, start: number): number {
    let at = start
    while (bytes[at] === COLON) {
      const end = endOfComments(bytes, at)
      if (end < 0 || end - at > this.#limit) break
      at = end
    }
    this.#skipped += at - start
    return at - start
  }

  /** Takes known events, and returns the number of their bytes. */
  #skip(prediction: Prediction, bytes: Uint8Array, start: number, last: number): number {
    if (this.#interpreter.error) return 0
    const count = prediction.read(bytes, start, last, this.#limit) - start
    if (count > 0) {
      this.#hasEvents = true
      this.#interpreter.takeKnown()
    }
    this.#skipped += count
    return count
  }

  /** Whether the next event is the last one, as almost every server writes it. */
  #isDone(bytes: Uint8Array, start: number): boolean {
    if (bytes.length < start + DONE.length || this.#limit < DONE.length) return false
    return DONE.every((byte, at) => bytes[start + at] === byte)
  }

  /** Gives the parser the next event, so that it can be learnt; without the end of one, all the rest. */
  #parseBlock(prediction: Prediction, chunk: Uint8Array, start: number): number {
    const end = prediction.pays(chunk.length) ? endOfBlock(chunk, start) : -1
    if (this.#isBetween) {
      if (end > 0) prediction.observe(chunk, start)
      else if (prediction.pays(0) && this.#hold(chunk, start)) return chunk.length
    }
    this.#isBetween = end > 0
    const stop = end > 0 ? end : chunk.length
    this.#parse(start === 0 && stop === chunk.length ? chunk : chunk.subarray(start, stop))
    return stop
  }

  /** Keeps the rest of a chunk, if it is part of one line: the parser would do nothing else. */
  #hold(chunk: Uint8Array, start: number): boolean {
    const length = this.#heldLength + chunk.length - start
    if (length > MAX_HELD || length > this.#limit) return false
    if (chunk.indexOf(LF, start) >= 0 || chunk.indexOf(CR, start) >= 0) return false
    this.#held ??= spare.pop() ?? new Uint8Array(2 * MAX_HELD)
    this.#held.set(chunk.subarray(start), this.#heldLength)
    this.#heldLength = length
    return true
  }

  /** Reads what was held with what follows it, and returns how much of the new chunk was read. */
  #join(prediction: Prediction, chunk: Uint8Array): number {
    const held = this.#held
    const { length } = chunk
    if (held === undefined || this.#hold(chunk, 0)) return length
    const start = this.#heldLength
    const stop = Math.min(start + length, held.length)
    held.set(chunk.subarray(0, stop - start), start)
    const joined = held.subarray(0, stop)
    const count = this.#skip(prediction, joined, 0, joined.lastIndexOf(LF))
    if (count === 0) {
      prediction.observe(joined, 0)
      this.#letGo()
    } else this.#giveBack(held)
    return count === 0 ? 0 : count - start
  }

  /** Gives the parser what was held. */
  #letGo(): void {
    const held = this.#held
    if (held === undefined) return
    const bytes = held.slice(0, this.#heldLength)
    this.#giveBack(held)
    this.#isBetween = false
    this.#parse(bytes)
  }

  #giveBack(held: Uint8Array): void {
    this.#held = undefined
    this.#heldLength = 0
    if (spare.length < MAX_SPARE) spare.push(held)
  }

  #parseAll(chunk: Uint8Array): void {
    this.#letGo()
    // The parser decides about arrays of another class.
    const mayPass = this.#isBetween && chunk instanceof Uint8Array
    const start = mayPass ? this.#skipComments(chunk, 0) : 0
    if (start === chunk.length) return
    this.#isBetween = endsBlock(chunk)
    this.#parse(start === 0 ? chunk : chunk.subarray(start))
  }

  #parse(bytes: Uint8Array): void {
    const parser = this.#parserOf()
    try {
      parser.feed(bytes)
    } catch (error) {
      throw error instanceof SseError ? error : interrupted(error)
    }
    this.#drain(parser, false)
  }

  end(): void {
    if (this.#document) return takeBody(this.#document.text(), this.#interpreter, this.#of, true)
    this.#letGo()
    const parser = this.#parser
    if (parser === undefined) return
    const { complete } = parser.end()
    this.#drain(parser, !complete)
    if (!this.#hasEvents && this.#stray !== '' && !this.#interpreter.error)
      throw notAStream(this.#stray, this.#of)
  }

  #drain(parser: Parser, wasCut: boolean): void {
    try {
      for (let event = parser.next(); event && !this.#interpreter.done; event = parser.next()) {
        this.#hasEvents = true
        this.#interpreter.take(event, wasCut)
      }
    } catch (error) {
      if (error instanceof SseError && error.offset !== undefined)
        Object.assign(error, { offset: error.offset + this.#skipped })
      throw error
    }
  }

  /** A line that is not a field. llama-box reports its errors in a field named `error`. */
  #takeLine(name: string, value: string): void {
    const line = value === '' ? name : `${name}:${value}`
    if (!this.#hasEvents && this.#stray.length < MAX_STRAY) this.#stray += `${line}\n`
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

/** A body that is collected as a whole. */
export class Document {
  readonly #decoder = new TextDecoder()
  readonly #limit: number
  readonly #of: BodyOf
  #text = ''
  #length = 0

  constructor(limit: number, of: BodyOf) {
    this.#limit = limit
    this.#of = of
  }

  add(bytes: Uint8Array): void {
    this.#length += bytes.length
    this.#text += this.#decoder.decode(bytes, { stream: true })
    if (this.#length > this.#limit) throw notAStream(this.#text, this.#of)
  }

  text(): string {
    return this.#text + this.#decoder.decode()
  }
}

/** Where a block ends that has comments alone, in lines that end with LF or CRLF; -1 if it has anything else. */
function endOfComments(bytes: Uint8Array, from: number): number {
  let at = from
  while (bytes[at] === COLON) {
    while (at < bytes.length && bytes[at] !== LF && bytes[at] !== CR) at++
    if (bytes[at] === CR) at++
    if (bytes[at] !== LF) return -1
    at++
    if (bytes[at] === LF) return at + 1
    if (bytes[at] === CR && bytes[at + 1] === LF) return at + 2
  }
  return -1
}

/** Where the next blank line ends, after which nothing is left of any event; -1 if there is none. */
function endOfBlock(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(LF, from); at >= 0; at = bytes.indexOf(LF, at + 1)) {
    if (bytes[at + 1] === LF) return at + 2
    if (bytes[at + 1] === CR && bytes[at + 2] === LF) return at + 3
  }
  return -1
}

/** Whether a chunk ends with a blank line, after which nothing is left of any event. */
function endsBlock(chunk: Uint8Array): boolean {
  const { length } = chunk
  if (chunk[length - 1] !== LF) return false
  return chunk[length - 2] === LF || (chunk[length - 2] === CR && chunk[length - 3] === LF)
}
