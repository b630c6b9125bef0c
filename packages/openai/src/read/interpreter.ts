import { isWire } from '../accumulator/cells.ts'
import type { NoteCode } from '../accumulator/notes.ts'
import type { Dialect } from '../dialects/types.ts'
import { badJson } from '../errors.ts'
import { serverErrorIn, serverErrorOf, type ServerError } from '../server-error.ts'
import { documentsIn } from './documents.ts'
import type { EventLike } from './source.ts'

/** Where chunks go. */
export interface Sink {
  chunk(chunk: object): void
  note(code: NoteCode): void
}

/** Knows chunks by those before them. */
export interface Prediction {
  /** Whether it pays to read event by event. */
  readonly pays: boolean
  /**
   * Takes the events that stand here, as long as they are known and have no more bytes than the limit, and returns where
   * the rest begins.
   */
  read(chunk: Uint8Array, from: number, limit: number): number
  /** Sees how an event is written that is going to be parsed. */
  observe(chunk: Uint8Array, start: number, end: number): void
  /** Takes an event by its data, if it is known. */
  take(data: string): boolean
  /** Learns from a chunk that was used. */
  learn(data: string, chunk: object): void
  /** A chunk was used that cannot be learnt from. */
  forget(): void
  /** Hands on what was taken: it may have been kept, to be handed on at once. */
  flush(): void
}

/**
 * What each event means. The answers, for what is no plain chunk:
 *
 * | event                                    | answer                                                      |
 * |------------------------------------------|-------------------------------------------------------------|
 * | `[DONE]`, with white space around it     | the end: nothing behind it is read                          |
 * | data that is empty                       | nothing                                                     |
 * | `null`, a number, a text                 | left out, with the note `not-a-chunk`                       |
 * | a list                                   | each of its items                                           |
 * | named `error`                            | an error, whatever its data                                 |
 * | an error in any other form               | the chunk, if there is one beside it, and then an error     |
 * | named otherwise, and no chunk            | left out, with the note `unknown-event`                     |
 * | several JSON documents                   | each of them, with the note `glued-json`                    |
 * | no JSON                                  | a `ModelStreamError` with the code `bad-json`                    |
 * | no JSON, and the stream broke off in it  | left out, with the note `cut-event`                         |
 */
export class Interpreter {
  /** `[DONE]` came. */
  done = false
  /** An error came. */
  error: ServerError | undefined
  readonly prediction: Prediction | undefined
  readonly #sink: Sink
  readonly #read: Dialect['read'] | undefined

  constructor(sink: Sink, dialect: Dialect | undefined, prediction?: Prediction) {
    this.#sink = sink
    this.#read = dialect?.reader?.() ?? dialect?.read
    this.prediction = prediction
  }

  get isOver(): boolean {
    return this.done || this.error !== undefined
  }

  /** Takes one event; `wasCut` if the stream broke off before its end. */
  take(whole: EventLike, wasCut = false): void {
    const { event, data } = whole
    if (data === '') return
    if (!isNamed(event) && this.prediction?.take(data)) return
    if (/^\s*\[DONE\]/.test(data)) {
      this.done = true
      return
    }
    let value: unknown
    try {
      value = JSON.parse(data)
    } catch (cause) {
      const chunk = wasCut ? undefined : this.#read?.(whole, undefined)
      if (chunk) this.#sink.chunk(chunk)
      else if (event === 'error') this.fail(data, data)
      else this.#takeText(event, data, wasCut, cause)
      return
    }
    this.takeValue(this.#read?.(whole, value) ?? value, event, data)
  }

  #takeText(event: string | undefined, data: string, wasCut: boolean, cause: unknown): void {
    const documents = documentsIn(data.trim())
    if (documents) {
      this.#sink.note('glued-json')
      for (const value of documents) {
        if (this.isOver) return
        if (value === '[DONE]') this.done = true
        else this.takeValue(this.#read?.({ event, data }, value) ?? value, event)
      }
    } else if (wasCut) this.#sink.note('cut-event')
    else if (isNamed(event)) this.#sink.note('unknown-event')
    else throw badJson(data, cause)
  }

  /** Takes what an event says: a chunk of any client, too. `data` is its text, if it is known and says nothing else. */
  takeValue(value: unknown, event?: string, data?: string): void {
    if (Array.isArray(value)) {
      for (const item of value) this.takeValue(item, event)
    } else if (event === 'error')
      this.fail(isWire(value) ? (value['error'] ?? value) : value, value)
    else if (!isWire(value)) this.#sink.note('not-a-chunk')
    else {
      const error = serverErrorIn(value)
      if (!error && isNamed(event) && !('choices' in value)) return this.#sink.note('unknown-event')
      if (!error || 'choices' in value) {
        this.prediction?.flush()
        this.#sink.chunk(value)
        if (data === undefined || isNamed(event)) this.prediction?.forget()
        else this.prediction?.learn(data, value)
      }
      this.error ??= error
    }
  }

  /** Takes an error that stood in no event. */
  fail(error: unknown, raw: unknown): void {
    this.error ??= serverErrorOf(error, raw)
  }
}

function isNamed(event: string | undefined): boolean {
  return event !== undefined && event !== 'message'
}
