import { ChunkAccumulator } from '../accumulator/accumulator.ts'
import type { CustomRules } from '../accumulator/rules.ts'
import type { NoteCode } from '../accumulator/notes.ts'
import type { Delta, Finished } from '../accumulator/types.ts'
import { incomplete, interrupted, ModelStreamError, SchemaError, serverError } from '../errors.ts'
import { SseError } from '@tesserae/parser'
import { type Builder, Predictor } from '../predict/predictor.ts'
import type { ChatCompletion } from '../types.ts'
import type { Wire } from '../wire.ts'
import { Interpreter, type Sink } from './interpreter.ts'
import { type ReadOptions, Reading } from './reading.ts'
import type { ChunkSource } from './source.ts'

/** Options of `accumulate` and `readDeltas`. */
export interface AccumulateOptions extends ReadOptions {
  /**
   * What to do with an incomplete message. `'error'`, the default, rejects with a {@link ModelStreamError} that carries
   * what arrived; `'return'` returns it, with the verdict and the error.
   */
  readonly incomplete?: 'error' | 'return' | undefined
  /** Rules for fields that your server adds. */
  readonly rules?: CustomRules | undefined
  /**
   * Skips JSON parsing for chunks that differ from an earlier one only in a few leaves. Same message, several times
   * faster on long streams. Ignored when `dialect`, `check` or `rules` is set. Default: `true`.
   */
  readonly predict?: boolean | undefined
  /**
   * `'usage'` reads the first event, usage, finish reasons and errors, and parses no other event: for gateways that bill. The
   * message has no further content then. Ignored when `dialect` is set. Default: everything.
   */
  readonly only?: 'usage' | undefined
  /** Called with what each chunk adds. */
  readonly onDelta?: ((delta: Delta) => void) | undefined
}

/** What is returned for a stream that may be incomplete. */
export interface Accumulated<Message = ChatCompletion> extends Finished<Message> {
  /** The error with which it would have rejected. */
  readonly failure: ModelStreamError | undefined
}

/** What has to be parsed for usage and the end of a stream, beside events without choices. */
const USAGE = /"(?:usage|finish_reason|error)":\s*["{[]/

/** One stream on its way to a message. */
export class Run implements Sink {
  readonly accumulator: ChunkAccumulator
  readonly #builder: Builder<ChatCompletion>
  readonly #interpreter: Interpreter
  readonly #reading: Reading
  readonly #check: ((chunk: object) => unknown) | undefined
  #failure: ModelStreamError | undefined
  /** What a listener or a check of the caller threw. */
  #thrown: { readonly error: unknown } | undefined

  constructor(
    source: ChunkSource,
    options: AccumulateOptions,
    onDelta: ((delta: Delta) => void) | undefined,
    isStoppable: boolean,
  ) {
    const { check, dialect, rules = dialect?.rules, predict = true, tokenTimeout, only } = options
    const tell = tokenTimeout ? this.#watched(onDelta) : onDelta
    const accumulator = new ChunkAccumulator({ rules, onDelta: tell })
    this.accumulator = accumulator
    const predictor =
      predict && !check && !dialect && !rules && !only
        ? new Predictor(accumulator, tell !== undefined)
        : undefined
    this.#builder = predictor ?? accumulator
    this.#check = check
    this.#interpreter = new Interpreter(
      this,
      dialect,
      predictor,
      only === 'usage' && !dialect ? USAGE : undefined,
    )
    this.#reading = new Reading(source, this.#interpreter, options, isStoppable)
  }

  chunk(chunk: Wire, text: string | undefined): void {
    this.#check?.(chunk)
    this.#builder.take(chunk, text)
  }

  completion(completion: Wire): void {
    this.#builder.take(completion)
  }

  usage(usage: Wire): void {
    this.#builder.take({ usage })
  }

  note(code: NoteCode): void {
    this.accumulator.note(code)
  }

  /** Every delta but usage and the finish reason is content. */
  #watched(onDelta: ((delta: Delta) => void) | undefined): (delta: Delta) => void {
    return (delta) => {
      if (delta.type !== 'usage' && delta.type !== 'finish') this.#reading?.progress()
      onDelta?.(delta)
    }
  }

  async toEnd(): Promise<void> {
    try {
      await this.#reading.toEnd()
    } catch (error) {
      this.#fail(error)
    }
  }

  async *steps(): AsyncGenerator<undefined> {
    try {
      yield* this.#reading.steps()
    } catch (error) {
      this.#fail(error)
    }
  }

  stop(): void {
    this.#reading.stop()
  }

  #fail(error: unknown): void {
    if (error instanceof ModelStreamError) this.#failure = error
    else if (error instanceof SseError) this.#failure = interrupted(error)
    else this.#thrown = { error }
  }

  /** @throws what a listener or a check of the caller threw */
  result(): Accumulated {
    const { done, error } = this.#interpreter
    this.accumulator.error ??= error ?? this.#failure?.error
    const wasAborted = this.#failure?.code === 'aborted'
    const failed = (this.#failure ?? this.#thrown) !== undefined && !wasAborted
    const { message, verdict } = this.#builder.finish({ done, aborted: wasAborted, failed })
    if (this.#thrown) {
      const thrown = this.#thrown.error
      if (thrown instanceof SchemaError) thrown.partial = message
      throw thrown
    }
    let failure = this.#failure
    if (verdict.error) failure ??= serverError(verdict.error)
    if (!verdict.complete) failure ??= incomplete(verdict.reason, this.#reading.isEmpty)
    if (failure) Object.assign(failure, { partial: message, verdict })
    return { message, verdict, failure }
  }
}
