import { parseStream, ResponseError } from '@tesserae/parser/stream'
import { EventLog } from './event-log.ts'
import { type MessageSettings, judge, MessageLog, type Outcome, responseOf } from './message-log.ts'
import { Tape, type TapeEnd } from './tape.ts'

export interface RecordingSettings extends MessageSettings {
  /** When the head of the response came, in milliseconds after the request. */
  readonly headAt: number
}

/** One stream, kept whole: the bytes with their times, what the parser found in them, what the accumulator made of it. */
export class Recording {
  readonly settings: RecordingSettings
  readonly tape = new Tape()
  readonly events: EventLog
  readonly message: MessageLog
  /** Why this is no stream of events, if it is none. */
  refusal: ResponseError | undefined
  readonly #isDocument: boolean

  constructor(settings: RecordingSettings) {
    this.settings = settings
    this.events = new EventLog(settings.maxEventBytes)
    this.message = new MessageLog(settings)
    const { status, contentType } = settings
    this.#isDocument = status < 200 || status > 299 || /\b(json|html)\b/i.test(contentType)
  }

  push(bytes: Uint8Array, at: number): void {
    if (bytes.length === 0) return
    const { start, end } = this.tape.push(bytes, at)
    const ends = this.#isDocument ? [] : this.events.push(bytes)
    if (ends.at(-1) !== end) ends.push(end)
    let from = 0
    for (const known of ends) {
      this.message.push(bytes.subarray(from, known - start), known)
      from = known - start
    }
  }

  /** Settles when everything has been read. */
  async end(end: TapeEnd): Promise<void> {
    if (this.tape.end) return
    this.tape.end = end
    if (!this.#isDocument) this.events.end()
    else if (end.how === 'closed') this.refusal = await this.#whyRefused()
    // A document is read to its end or not at all: stopping ends it where it is.
    this.message.end(this.#isDocument && end.how === 'stopped' ? { ...end, how: 'closed' } : end)
    await this.message.finished
  }

  /** The message and the verdict, were the stream to end at a position. */
  judgeAt(position: number): Promise<Outcome> {
    const { tape } = this
    if (tape.end && position >= tape.steps && this.message.outcome)
      return Promise.resolve(this.message.outcome)
    return judge(tape.slice(0, tape.offsetAt(position)), this.settings)
  }

  async #whyRefused(): Promise<ResponseError | undefined> {
    const response = responseOf(
      this.settings,
      this.tape.slice(0, this.tape.length) as Uint8Array<ArrayBuffer>,
    )
    try {
      await parseStream(response).next()
    } catch (error) {
      if (error instanceof ResponseError) return error
    }
    return undefined
  }
}
