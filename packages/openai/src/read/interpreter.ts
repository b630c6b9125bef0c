import type { NoteCode } from '../accumulator/notes.ts'
import type { Dialect } from '../dialects/types.ts'
import { badJson, interrupted, leftOut } from '../errors.ts'
import type { Prediction } from '../predict/predictor.ts'
import { endingIn, serverErrorIn, serverErrorOf, type ServerError } from '../server-error.ts'
import { isWire, type Wire } from '../wire.ts'
import { documentsIn } from './documents.ts'
import { foreign } from './protocols.ts'
import type { EventLike } from './source.ts'

/** Where chunks go. */
export interface Sink {
  /** `text` is the event's data, if the event says nothing but this chunk. */
  chunk(chunk: Wire, text?: string): void
  /** A whole completion, from a server that did not stream. */
  completion(completion: Wire): void
  /** Usage that came after an error. */
  usage(usage: Wire): void
  note(code: NoteCode): void
}

/**
 * What each event means. Everything but a plain chunk:
 *
 * | event                                      | meaning                                                     |
 * |--------------------------------------------|-------------------------------------------------------------|
 * | `[DONE]`, with white space around it       | the end: nothing after it is read                           |
 * | empty data                                 | nothing                                                     |
 * | `null`, a number, a string                 | left out, with the note `not-a-chunk`                       |
 * | a list                                     | each of its items                                           |
 * | named `error`                              | an error, whatever its data                                 |
 * | named `stream-error`, `failed`, `stopped`  | an error, with the data of the encoder or the resume log    |
 * | an error in any other form                 | the chunk, if there is one beside it, and then the error    |
 * | named `reset`, after any chunk             | a `ModelStreamError` with the code `interrupted`            |
 * | anything after an error                    | its usage, if it has any                                    |
 * | an event of another protocol, before       | a `ModelStreamError` with the code `wrong-protocol`         |
 * | any chunk                                  |                                                             |
 * | another name or `type`, without `choices`  | left out, with the note `unknown-event`                     |
 * | several JSON documents                     | each of them, with the note `glued-json`                    |
 * | not JSON                                   | a `ModelStreamError` with the code `bad-json`               |
 * | not JSON, and the stream broke off in it   | left out, with the note `cut-event`                         |
 */
export class Interpreter {
  /** `[DONE]` came. */
  done = false
  /** An error came. */
  error: ServerError | undefined
  readonly prediction: Prediction | undefined
  readonly #sink: Sink
  readonly #read: Dialect['read'] | undefined
  /** Chunks that this does not match are not parsed, apart from the first. */
  readonly #needed: RegExp | undefined
  #hasChunks = false

  constructor(sink: Sink, dialect: Dialect | undefined, prediction?: Prediction, needed?: RegExp) {
    this.#needed = needed
    this.#sink = sink
    this.#read = dialect?.reader?.() ?? dialect?.read
    this.prediction = prediction
  }

  /** Takes an event of a source that yields events. */
  takeEvent(event: EventLike): void {
    const isKnown = !this.error && !isNamed(event.event) && this.prediction?.takeText(event.data)
    if (isKnown) this.#hasChunks = true
    else this.take(event)
  }

  /** Chunks were taken that are known. */
  takeKnown(): void {
    this.#hasChunks = true
  }

  /** Takes one event; `wasCut` if the stream broke off before its end. */
  take(whole: EventLike, wasCut = false): void {
    const { event, data } = whole
    if (data === '') return
    const isObject = data.charCodeAt(0) === 0x7b
    if (!isObject && /^\s*\[DONE\]/.test(data)) {
      this.done = true
      return
    }
    if (this.#needed && this.#hasChunks && !isNamed(event))
      if (data.includes('"choices"') && !this.#needed.test(data)) return
    if (event === 'reset' && this.#hasChunks && !this.error) throw interrupted(leftOut())
    let value: unknown
    try {
      value = JSON.parse(data)
    } catch (cause) {
      this.#takeText(whole, wasCut, cause)
      return
    }
    if (this.#read === undefined) this.takeValue(value, event, data)
    else this.takeValue(this.#read(whole, value) ?? value, event)
  }

  #takeText(whole: EventLike, wasCut: boolean, cause: unknown): void {
    const { event, data } = whole
    const chunk = wasCut ? undefined : this.#read?.(whole, undefined)
    if (chunk) return this.takeValue(chunk)
    if (event === 'error') return this.fail(data, data)
    const documents = documentsIn(data.trim())
    if (documents) {
      this.#sink.note('glued-json')
      for (const value of documents) {
        if (this.done) return
        if (value === '[DONE]') this.done = true
        else this.takeValue(this.#read?.({ event, data }, value) ?? value, event)
      }
    } else if (wasCut) this.#sink.note('cut-event')
    else if (isNamed(event)) this.#sink.note('unknown-event')
    else if (!this.error) throw badJson(data, cause)
  }

  /** Takes what an event says, or a chunk of any client. `data` is its text, if it is known and says nothing else. */
  takeValue(value: unknown, event?: string, data?: string): void {
    if (Array.isArray(value)) {
      for (const item of value) this.takeValue(item, event)
    } else if (this.error) {
      if (isWire(value) && isWire(value['usage'])) this.#sink.usage(value['usage'])
    } else if (event === 'error')
      this.fail(isWire(value) ? (value['error'] ?? value) : value, value)
    else {
      const ending = endingIn(event, value)
      if (ending) this.fail(ending, value)
      else if (isWire(value)) this.#takeObject(value, event, data)
      else this.#sink.note('not-a-chunk')
    }
  }

  #takeObject(value: Wire, event: string | undefined, data: string | undefined): void {
    const hasChoices = value['choices'] !== undefined
    const error = serverErrorIn(value)
    if (!hasChoices && !error && (isNamed(event) || typeof value['type'] === 'string')) {
      const reason = this.#hasChunks ? undefined : foreign(value)
      if (reason) throw reason
      return this.#sink.note('unknown-event')
    }
    if (hasChoices || !error) {
      if (!hasChoices && !this.#hasChunks) {
        const reason = foreign(value)
        if (reason) throw reason
      }
      this.#hasChunks = true
      this.#sink.chunk(value, error || isNamed(event) ? undefined : data)
    }
    this.error ??= error
  }

  /** A document as the dialect reads it. */
  translated(document: Wire): Wire {
    return (this.#read?.({ data: '' }, document) as Wire | undefined) ?? document
  }

  /** Takes a completion that was not streamed. */
  takeCompletion(completion: Wire): void {
    this.#sink.completion(completion)
  }

  note(code: NoteCode): void {
    this.#sink.note(code)
  }

  /** Takes an error that did not come in an event. */
  fail(error: unknown, raw: unknown): void {
    this.error ??= serverErrorOf(error, raw)
  }
}

function isNamed(event: string | undefined): boolean {
  return event !== undefined && event !== 'message'
}
