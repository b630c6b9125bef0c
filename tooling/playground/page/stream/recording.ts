import { createParser, type SseEvent } from '@tesserae/parser'
import { parseStream, ResponseError } from '@tesserae/parser/stream'
import { ChatReader, judgeChat } from './chat-reader.ts'
import { EventLog } from './event-log.ts'
import { MessageLog, type MessageReader, type Outcome } from './message-log.ts'
import { EventsReader, OutlineReader } from './outline-reader.ts'
import { AnthropicOutline, GeminiOutline } from './outlines.ts'
import { type Protocol, ProtocolDetector } from './protocol.ts'
import { responseOf, type ResponseSettings } from './reading.ts'
import { judgeResponses, ResponsesReader } from './responses-reader.ts'
import { Tape, type TapeEnd } from './tape.ts'

/** Where the times of a recording come from, which decides what they say. */
export type Timing =
  /** Measured here, as a server sent it. */
  | 'live'
  /** Measured here, while the playground played a recording at the times at which it was recorded. */
  | 'replay'
  /** Measured here, while the playground played a stream at a pace of its own. */
  | 'paced'
  /** Read from a file that has the times of its recording. */
  | 'recorded'
  /** There are none: only the order is known. */
  | 'none'

export interface RecordingSettings extends ResponseSettings {
  /** When the head of the response came, in milliseconds after the request; `Infinity` if it never came. */
  readonly headAt: number
  readonly timing: Timing
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** How to read it, where the user says so; else it is detected. */
  readonly protocol?: Protocol | undefined
}

interface Waiting {
  readonly bytes: Uint8Array
  readonly known: number
  readonly event: SseEvent | undefined
}

/** One stream, kept whole: the bytes with their times, what the parser found in them, and the message they make. */
export class Recording {
  readonly settings: RecordingSettings
  readonly tape: Tape
  readonly events: EventLog
  readonly message = new MessageLog()
  /** Undefined until an event decides. */
  protocol: Protocol | undefined
  /** Why this is not a stream of events, if it is not. */
  refusal: ResponseError | undefined
  readonly #detector = new ProtocolDetector()
  readonly #isDocument: boolean
  #reader: MessageReader | undefined
  /** What came before the protocol was known. */
  #waiting: Waiting[] = []

  constructor(settings: RecordingSettings) {
    this.settings = settings
    this.tape = new Tape(settings.timing !== 'none')
    this.events = new EventLog(settings.maxEventBytes)
    const { status, contentType, protocol } = settings
    this.#isDocument = status < 200 || status > 299 || /\b(json|html)\b/i.test(contentType)
    // A document is refused by the reader of chat completions in the words of the package.
    if (this.#isDocument) this.#read('chat')
    else if (protocol) this.#read(protocol)
  }

  push(bytes: Uint8Array, at: number): void {
    if (bytes.length === 0) return
    const { start, end } = this.tape.push(bytes, at)
    const ends = this.#isDocument ? [] : this.events.push(bytes)
    if (ends.at(-1) !== end) ends.push(end)
    let from = 0
    for (const known of ends) {
      this.#take({
        bytes: bytes.subarray(from, known - start),
        known,
        event: this.events.knownAt(known)?.event,
      })
      from = known - start
    }
  }

  /** Settles when everything has been read. */
  async end(end: TapeEnd): Promise<void> {
    if (this.tape.end) return
    this.tape.end = end
    if (!this.#isDocument) this.events.end()
    else if (end.how === 'closed') this.refusal = await this.#whyRefused()
    const reader = this.#reader ?? this.#read(this.#protocolAtEnd())
    // A document is read to its end or not at all: stopping ends it where it is.
    reader.end(this.#isDocument && end.how === 'stopped' ? { ...end, how: 'closed' } : end)
    await reader.finished
  }

  /** The message and the verdict, were the stream to end at a position. */
  async judgeAt(position: number): Promise<Outcome> {
    const { tape, message, protocol, settings } = this
    if (tape.end && position >= tape.steps && message.outcome) return message.outcome
    const bytes = tape.slice(0, tape.offsetAt(position))
    if (!protocol) return {}
    if (isChat(protocol)) return judgeChat(bytes, protocol, settings)
    if (protocol === 'responses') return judgeResponses(bytes, settings)
    const events = new EventLog(settings.maxEventBytes)
    const log = new MessageLog()
    const reader = readerOf(log, protocol, settings)
    for (const known of events.push(bytes)) reader.push(bytes, known, events.knownAt(known)?.event)
    reader.end({ at: 0, how: 'closed' })
    return log.outcome ?? {}
  }

  #take(waiting: Waiting): void {
    if (!this.#reader) {
      const found = waiting.event && this.#detector.push(waiting.event)
      if (!found) return void this.#waiting.push(waiting)
      this.#read(found)
    }
    const { bytes, known, event } = waiting
    this.#reader?.push(bytes, known, event)
  }

  #read(protocol: Protocol): MessageReader {
    if (!this.#isDocument) this.protocol = protocol
    const reader = readerOf(this.message, protocol, this.settings)
    this.#reader = reader
    for (const { bytes, known, event } of this.#waiting) reader.push(bytes, known, event)
    this.#waiting = []
    return reader
  }

  /** An event that the stream ended in decides too: `accumulate` reads it, if it is whole without its blank line. */
  #protocolAtEnd(): Protocol {
    const last = this.events.entries.at(-1)
    if (last?.kind === 'cut') {
      const { maxEventBytes } = this.settings
      const parser = createParser({ incomplete: 'dispatch', maxEventBytes })
      parser.feed(this.tape.slice(last.start, last.end))
      parser.end()
      for (const event of parser) this.#detector.push(event)
    }
    return this.#detector.end()
  }

  async #whyRefused(): Promise<ResponseError | undefined> {
    const bytes = this.tape.slice(0, this.tape.length) as Uint8Array<ArrayBuffer>
    try {
      await parseStream(responseOf(this.settings, bytes)).next()
    } catch (error) {
      if (error instanceof ResponseError) return error
    }
    return undefined
  }
}

function isChat(protocol: Protocol): boolean {
  return protocol === 'chat' || protocol === 'legacy' || protocol === 'crucible'
}

function readerOf(log: MessageLog, protocol: Protocol, settings: ResponseSettings): MessageReader {
  if (isChat(protocol)) return new ChatReader(log, protocol, settings)
  if (protocol === 'anthropic') return new OutlineReader(log, new AnthropicOutline())
  if (protocol === 'gemini') return new OutlineReader(log, new GeminiOutline())
  if (protocol === 'responses') return new ResponsesReader(log, settings)
  return new EventsReader(log)
}
