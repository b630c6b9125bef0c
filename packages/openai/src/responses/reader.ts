import { createParser, type Parser } from '@tesserae/parser'
import {
  badJson,
  badResponse,
  type ModelStreamError,
  serverError,
  wrongProtocol,
} from '../errors.ts'
import { chunkIn, isDelta } from '../read/clients.ts'
import { documentsIn } from '../read/documents.ts'
import { READ_ONCE } from '../read/protocols.ts'
import type { EventLike } from '../read/source.ts'
import { endingIn, serverErrorOf } from '../server-error.ts'
import { noEvents } from './errors.ts'
import { isNothing, isWire, type Wire, wireIn } from './wire.ts'

/** Where events go. */
export interface EventSink {
  event(event: Wire): void
  note(code: 'not-an-event' | 'glued-json' | 'cut-event'): void
  /** Whether a terminal event came: nothing after it is read. */
  readonly isOver: boolean
}

/** Knows events by the bytes of earlier ones. */
export interface Prediction {
  read(chunk: Uint8Array, from: number, limit: number): number
  learn(block: Uint8Array, event: Wire): void
}

/** As much of a body that cannot be read goes into the error. */
const EXCERPT = 4096
/** As much of the body of an error answer is read: the API sends no longer ones. */
const MAX_ERROR_BYTES = 65_536
/** The default of the parser. */
const MAX_EVENT_BYTES = 16_777_216

const [TAB, LF, CR, SPACE, BRACKET, ANGLE, BRACE] = [0x09, 0x0a, 0x0d, 0x20, 0x5b, 0x3c, 0x7b]

/**
 * Turns what a source yields into events. The first byte that is not white space decides what bytes are: `{` or `[`
 * begins a JSON document in place of a stream, `<` a page, and everything else an event stream.
 *
 * | an item of the source                       | answer                                                       |
 * |---------------------------------------------|--------------------------------------------------------------|
 * | an object                                   | an event; the event in a `raw` part of the AI SDK             |
 * | only objects of a client without events     | `no-chunks`                                                  |
 * | a string, such as a WebSocket message       | an event as JSON                                             |
 * | bytes of an event stream                    | its events, as follows                                       |
 * | bytes of a document                         | a response, an error, a list or lines of events; else `bad-response` |
 * | bytes without a single event                | `bad-response`, if there are lines that are not fields       |
 * | `[DONE]`                                    | the end: nothing after it is read                            |
 * | JSON without a `type`                       | the name of the event is its type                            |
 * | first of all, an event of another protocol  | `wrong-protocol`                                             |
 * | an event named `error` that is not JSON     | an error with this message                                   |
 * | `stream-error` of `@tesserae/encoder`, `failed` and `stopped` of `@tesserae/resume` | an error             |
 * | several JSON documents                      | an event each, with the note `glued-json`                    |
 * | no JSON                                     | `bad-json`; at the end of a stream that was cut, `cut-event`  |
 */
export class EventReader {
  /** `[DONE]` came. */
  #isDone = false
  readonly #sink: EventSink
  readonly #limit: number
  /** The answer that the bytes are the body of. */
  readonly #answer: Response | undefined
  readonly #prediction: Prediction | undefined
  #parser: Parser | undefined
  /** Whether the parser holds nothing of an event. */
  #isBetween = true
  #document: Uint8Array[] | undefined
  #documentBytes = 0
  /** Lines that are not fields, while there was no event. */
  #stray = ''
  #hasEvents = false
  /** Objects of a client came that do not hold an event. */
  #hasWrappers = false
  /** How many events were read, and the last of them. */
  #count = 0
  #last: Wire = {}

  constructor(
    sink: EventSink,
    maxEventBytes: number | undefined,
    answer: Response | undefined,
    prediction?: Prediction,
  ) {
    this.#sink = sink
    this.#prediction = prediction
    this.#limit = maxEventBytes ?? MAX_EVENT_BYTES
    this.#answer = answer
    if (this.#isRefusal) this.#document = []
  }

  /** Whether nothing more needs to be read. */
  get isOver(): boolean {
    return this.#isDone || this.#sink.isOver
  }

  /** Whether the answer has a status that is not a success. */
  get #isRefusal(): boolean {
    return this.#answer?.ok === false
  }

  take(item: unknown): void {
    if (ArrayBuffer.isView(item)) this.#feed(item as Uint8Array)
    else if (typeof item === 'string') this.#takeEvent({ data: item }, false)
    else if (isEvent(item)) this.#takeEvent(item, false)
    else {
      const event = chunkIn(item)
      if (event === undefined && item !== undefined) this.#hasWrappers = true
      else this.#takeValue(event, undefined)
    }
  }

  end(): void {
    if (this.#hasWrappers && this.#count === 0) throw noEvents()
    if (this.#document) return this.#takeDocument(decode(this.#document))
    if (this.#parser === undefined) return
    const { complete } = this.#parser.end()
    this.#drain(this.#parser, !complete)
    if (!this.#hasEvents && this.#stray !== '') throw this.#notAStream(this.#stray)
  }

  // Bytes

  #feed(chunk: Uint8Array): void {
    if (this.#document === undefined && this.#parser === undefined) this.#begin(chunk)
    if (this.#document) this.#keep(chunk, this.#document)
    else if (this.#parser && this.#prediction)
      this.#readAhead(this.#parser, chunk, this.#prediction)
    else if (this.#parser) {
      this.#parser.feed(chunk)
      this.#drain(this.#parser, false)
    }
  }

  #begin(chunk: Uint8Array): void {
    if (chunk[0] === 0x1f && chunk[1] === 0x8b)
      throw foreign('bytes that are compressed with gzip', 'Decompress them first.')
    const first = chunk.find((byte) => ![TAB, LF, CR, SPACE].includes(byte))
    if (first === undefined) return
    if ([BRACE, BRACKET, ANGLE].includes(first)) this.#document = []
    else
      this.#parser = createParser({
        incomplete: 'dispatch',
        maxEventBytes: this.#limit,
        onUnknownField: (name, value) => this.#takeStray(value === '' ? name : `${name}:${value}`),
      })
  }

  #takeStray(line: string): void {
    if (!this.#hasEvents && this.#stray.length < EXCERPT) this.#stray += `${line}\n`
  }

  /** Takes known events from the bytes, and gives the parser one event at a time to learn from. */
  #readAhead(parser: Parser, chunk: Uint8Array, prediction: Prediction): void {
    let at = 0
    while (at < chunk.length && !this.isOver) {
      if (this.#isBetween) at = prediction.read(chunk, at, this.#limit)
      if (at === chunk.length) return
      const end = endOfBlock(chunk, at)
      const block = chunk.subarray(at, end < 0 ? chunk.length : end)
      const isWhole = this.#isBetween && end > 0
      this.#isBetween = end > 0
      const before = this.#count
      parser.feed(block)
      this.#drain(parser, false)
      if (isWhole && this.#count === before + 1) prediction.learn(block, this.#last)
      at += block.length
    }
  }

  #drain(parser: Parser, wasCut: boolean): void {
    for (let event = parser.next(); event && !this.isOver; event = parser.next())
      this.#takeEvent(event, wasCut)
  }

  #keep(chunk: Uint8Array, document: Uint8Array[]): void {
    const limit = this.#isRefusal ? MAX_ERROR_BYTES : this.#limit
    if (this.#documentBytes < limit) document.push(chunk.slice(0, limit - this.#documentBytes))
    this.#documentBytes += chunk.length
    if (this.#documentBytes > limit) throw this.#notAStream(decode(document))
  }

  // Events

  #takeEvent({ event, data }: EventLike, wasCut: boolean): void {
    this.#hasEvents = true
    if (data === '') return
    if (/^\s*\[DONE\]/.test(data)) {
      this.#isDone = true
      return
    }
    let value: unknown
    try {
      value = JSON.parse(data)
    } catch (cause) {
      if (event === 'error') return this.#sink.event({ type: 'error', message: data })
      if (this.#takeDocuments(data)) return this.#sink.note('glued-json')
      if (wasCut) return this.#sink.note('cut-event')
      throw badJson(data, cause)
    }
    this.#takeValue(value, event)
  }

  /** Takes a text of JSON documents: `false` if it is anything else. */
  #takeDocuments(text: string): boolean {
    const documents = documentsIn(text.trim())
    for (const value of documents ?? [])
      if (value === '[DONE]') this.#isDone = true
      else if (!this.isOver) this.#takeValue(value, undefined)
    return documents !== undefined
  }

  #takeValue(value: unknown, name: string | undefined): void {
    if (Array.isArray(value)) for (const item of value) this.#takeValue(item, name)
    else if (!isWire(value)) this.#sink.note('not-an-event')
    else if (!this.isOver) {
      if (this.#count++ === 0) assertOurs(value)
      const isUnnamed = value['type'] === undefined && value['object'] !== 'response'
      const error = isUnnamed ? endingIn(name, value) : undefined
      if (error) this.#last = { type: 'error', error }
      else this.#last = isUnnamed && isNamed(name) ? { ...value, type: name } : value
      this.#sink.event(this.#last)
    }
  }

  /** A body that is not a stream. */
  #takeDocument(text: string): void {
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch {
      if (!this.#isRefusal && this.#takeDocuments(text)) return
      throw this.#notAStream(text)
    }
    if (!this.#isRefusal) {
      if (isWire(value)) assertOurs(value)
      if (!Array.isArray(value) && !isAnswer(value)) throw this.#notAStream(text)
      return this.#takeValue(value, undefined)
    }
    const found: unknown = Array.isArray(value) ? value[0] : value
    if (!isWire(found)) throw this.#notAStream(text)
    const { status, headers } = this.#answer ?? {}
    throw serverError(serverErrorOf(found['error'] ?? found, value), status, { headers })
  }

  #notAStream(text: string): Error {
    return badResponse(text.slice(0, EXCERPT), this.#answer?.status, this.#answer?.headers)
  }
}

const foreign = (what: string, advice: string): ModelStreamError =>
  wrongProtocol(what, advice, 'the Responses API')

/** The error for an object of another protocol. */
export function foreignIn(value: Wire): ModelStreamError | undefined {
  if (isDelta(value)) return foreign('deltas', READ_ONCE)
  if (Array.isArray(value['choices']))
    return foreign(
      'chat completions',
      'Read it with `@tesserae/openai`, and convert it with `@tesserae/openai/bridge`.',
    )
  return value['type'] === 'message_start'
    ? foreign(
        'the Anthropic Messages API',
        'Read it with `@tesserae/openai` and `{ dialect: anthropic }`.',
      )
    : undefined
}

function assertOurs(value: Wire): void {
  const error = foreignIn(value)
  if (error) throw error
}

/** Whether a document is a response, an event or an error. */
function isAnswer(value: unknown): boolean {
  const { object, type, error } = wireIn(value)
  return object === 'response' || typeof type === 'string' || !isNothing(error)
}

/** Where the blank line ends that closes an event; -1 if there is none. */
function endOfBlock(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(LF, from); at >= 0; at = bytes.indexOf(LF, at + 1)) {
    if (bytes[at + 1] === LF) return at + 2
    if (bytes[at + 1] === CR && bytes[at + 2] === LF) return at + 3
  }
  return -1
}

function isEvent(value: unknown): value is EventLike {
  return isWire(value) && typeof value['data'] === 'string' && typeof value['type'] !== 'string'
}

function isNamed(name: string | undefined): name is string {
  return name !== undefined && name !== '' && name !== 'message'
}

function decode(chunks: readonly Uint8Array[]): string {
  const decoder = new TextDecoder()
  return chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join('') + decoder.decode()
}
