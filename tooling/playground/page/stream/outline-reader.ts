import type { SseEvent } from '@tesserae/parser'
import type { MessageLog, MessageReader, Outcome, SentError } from './message-log.ts'
import { type Fields, isFields, objectIn } from './protocol.ts'
import type { TapeEnd } from './tape.ts'

/** What a protocol adds to the log, and how its streams end. */
export interface Outline {
  /** Reads one event into the log. */
  event(log: MessageLog, value: Fields, known: number): void
  /** Whether the event that ends every stream came, and why the model stopped. */
  readonly verdict: { readonly isWhole: boolean; readonly reason: string }
  /** The message in the shape that the server sends without streaming. */
  readonly message: unknown
  readonly error: SentError | undefined
}

/** Reads a protocol of its own shape: each event is a JSON object. */
export class OutlineReader implements MessageReader {
  readonly finished: Promise<void>
  readonly #log: MessageLog
  readonly #outline: Outline
  #settle: () => void = () => {}
  #badJson: string | undefined

  constructor(log: MessageLog, outline: Outline) {
    this.#log = log
    this.#outline = outline
    this.finished = new Promise((resolve) => (this.#settle = resolve))
  }

  push(_: Uint8Array, known: number, event: SseEvent | undefined): void {
    if (!event || this.#log.outcome) return
    const value = objectIn(event.data)
    if (value) this.#outline.event(this.#log, value, known)
    else if (event.data.trim() !== '[DONE]') this.#badJson ??= event.data
    // Nothing of the message follows an error; a stream that stays open afterwards is judged now.
    if (this.#outline.error) this.#log.outcome = this.#outcome(undefined)
  }

  end(end: TapeEnd): void {
    this.#log.outcome = this.#outcome(end)
    this.#log.stoppedAt = Infinity
    this.#settle()
  }

  #outcome(end: TapeEnd | undefined): Outcome {
    const { verdict, message, error } = this.#outline
    const { isWhole, reason } = verdict
    const complete = isWhole && !error && this.#badJson === undefined
    const base = {
      message,
      verdict: {
        complete,
        reason: complete ? undefined : error ? 'error' : reason,
        notes: [],
        partialToolCalls: [],
      },
    }
    if (error)
      return {
        ...base,
        failure: { code: 'server-error', message: 'The server sent an error.', error },
      }
    if (this.#badJson !== undefined)
      return {
        ...base,
        failure: {
          code: 'bad-json',
          message: 'An event of this protocol is a JSON object, and this one is not.',
          data: this.#badJson,
        },
      }
    if (isWhole || !end || end.how === 'closed') return base
    if (end.how === 'stopped')
      return { ...base, failure: { code: 'aborted', message: 'Reading was stopped.' } }
    return {
      ...base,
      failure: { code: 'interrupted', message: 'Reading the stream failed.', cause: end.error },
    }
  }
}

/** Reads plain events: there is no message in them, and so no verdict on one. */
export class EventsReader implements MessageReader {
  readonly finished: Promise<void>
  readonly #log: MessageLog
  #settle: () => void = () => {}

  constructor(log: MessageLog) {
    this.#log = log
    this.finished = new Promise((resolve) => (this.#settle = resolve))
  }

  push(): void {}

  end({ how, error }: TapeEnd): void {
    const failure =
      how === 'failed'
        ? { code: 'interrupted', message: 'Reading the stream failed.', cause: error }
        : undefined
    this.#log.outcome = { failure }
    this.#log.stoppedAt = Infinity
    this.#settle()
  }
}

export function textIn(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

export function fieldsIn(value: unknown): Fields {
  return isFields(value) ? value : {}
}

export function listIn(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fieldsIn) : []
}

/** An error as servers send it, in the words it has. */
export function sentError(value: unknown): SentError {
  const { message, type, code, param, status } = fieldsIn(value)
  return {
    message: textIn(message) || textIn(value),
    type: typeof type === 'string' ? type : undefined,
    code: typeof code === 'string' || typeof code === 'number' ? code : undefined,
    param,
    status,
  }
}
