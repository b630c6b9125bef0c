import { SseError } from '@tesserae/parser'
import { interrupted, ModelStreamError, SchemaError, serverError } from '../errors.ts'
import type { ChunkSource } from '../read/source.ts'
import type { FinishedResponse, ResponseCursor, ResponseDelta } from './accumulator-types.ts'
import { incompleteResponse, type ModelStreamError as Failure } from './errors.ts'
import { Feed, type ReadOptions } from './feed.ts'
import { EventPredictor } from './predictor.ts'
import { EventAccumulator } from './response-accumulator.ts'
import type { EventSink } from './reader.ts'
import type { ModelResponse } from './types.ts'

/** Options of `accumulate` and `readDeltas`. */
export interface AccumulateOptions extends ReadOptions {
  /**
   * What happens to a response that is not complete. `'error'`, the default, rejects with a `ModelStreamError` that has
   * what arrived; `'return'` returns it, with the verdict.
   */
  readonly incomplete?: 'error' | 'return' | undefined
  /** Called with what each event adds. */
  readonly onDelta?: ((delta: ResponseDelta) => void) | undefined
  /**
   * Reads events that differ from an earlier one only in their text without parsing them. Same response, several times
   * faster on long streams. Ignored when `check` is set. Default: `true`.
   */
  readonly predict?: boolean | undefined
  /** Continues a stream that ended or failed before its terminal event. */
  readonly resume?: Resume | undefined
}

/**
 * Requests the rest of a stream: `GET /responses/{responseId}?stream=true&starting_after={after}`. The events go into the
 * same response. The answer to a plain `GET` of the response counts as the end. Return `undefined` to give up.
 *
 * @param cursor - where to continue
 * @param attempt - how often it was called since the last new event, from 1; it is called at most ten times in a row
 */
export type Resume = (
  cursor: ResponseCursor,
  attempt: number,
) => ChunkSource | undefined | Promise<ChunkSource | undefined>

/** A response with the verdict on its stream, for one that may not be complete. */
export interface AccumulatedResponse<Response = ModelResponse> extends FinishedResponse<Response> {
  /** The error that `accumulate` would have rejected with. */
  readonly failure: Failure | undefined
}

const MAX_ATTEMPTS = 10

/** One stream, with its continuations, on the way into an accumulator. */
export class ResponseReading {
  readonly #accumulator: EventAccumulator<ModelResponse>
  readonly #options: AccumulateOptions
  readonly #sink: EventSink
  readonly #isStoppable: boolean
  readonly #prediction: EventPredictor | undefined
  #feed: Feed
  #failure: ModelStreamError | undefined
  /** What a listener or a check of the caller threw. */
  #thrown: { readonly error: unknown } | undefined
  #attempt = 0
  #resumedAt: number | undefined
  #isStopped = false

  /** @param isStoppable - whether {@link stop} may be called */
  constructor(
    source: ChunkSource,
    options: AccumulateOptions,
    onDelta: ((delta: ResponseDelta) => void) | undefined,
    isStoppable: boolean,
  ) {
    const { check, predict = true, tokenTimeout } = options
    const tell = tokenTimeout ? this.#watched(onDelta) : onDelta
    const accumulator = new EventAccumulator<ModelResponse>({ onDelta: tell })
    const prediction =
      predict && !check
        ? new EventPredictor(accumulator as EventAccumulator<never>, !!tell)
        : undefined
    this.#prediction = prediction
    this.#options = options
    this.#accumulator = accumulator
    this.#isStoppable = isStoppable
    this.#sink = {
      event(event) {
        check?.(event)
        prediction?.flush()
        accumulator.push(event)
      },
      note: (code) => accumulator.notes.add(code),
      get isOver() {
        return accumulator.isOver
      },
    }
    this.#feed = this.#feedFrom(source)
  }

  #feedFrom(source: ChunkSource): Feed {
    return new Feed(source, this.#sink, this.#options, this.#isStoppable, this.#prediction)
  }

  /** Every delta but usage and the end is content. */
  #watched(onDelta: ((delta: ResponseDelta) => void) | undefined): (delta: ResponseDelta) => void {
    return (delta) => {
      if (delta.type !== 'usage' && delta.type !== 'finish') this.#feed.progress()
      onDelta?.(delta)
    }
  }

  /** Reads the next item of the source. `false` if nothing more comes. */
  step(): boolean | Promise<boolean> {
    try {
      const more = this.#feed.step()
      if (typeof more === 'boolean') return more || this.#goOn()
      return more.then(
        (more) => more || this.#goOn(),
        (error: unknown) => this.#fail(error),
      )
    } catch (error) {
      return this.#fail(error)
    }
  }

  /** The response so far. */
  snapshot(): ModelResponse {
    this.#prediction?.flush()
    return this.#accumulator.snapshot()
  }

  /** Ends the reading, also while an item is waited for. */
  stop(): void {
    this.#isStopped = true
    this.#feed.stop()
  }

  close(): void {
    this.#feed.close()
  }

  #fail(error: unknown): boolean | Promise<boolean> {
    this.#feed.close()
    if (!(error instanceof ModelStreamError)) {
      this.#thrown = { error }
      return false
    }
    this.#failure = error
    // Resuming would bring an event beyond the limit again.
    const isLost = error.code === 'interrupted' && !(error.cause instanceof SseError)
    return (isLost || error.code === 'timeout') && this.#goOn()
  }

  /** The connection ended before the response did: asks for the rest, if that is possible. */
  #goOn(): false | Promise<boolean> {
    const { resume } = this.#options
    const { cursor, error } = this.#accumulator
    if (this.#feed.isOver || this.#isStopped || !resume || !cursor || error) return false
    this.#attempt = cursor.after === this.#resumedAt ? this.#attempt + 1 : 1
    this.#resumedAt = cursor.after
    return this.#attempt <= MAX_ATTEMPTS && this.#resume(resume, cursor)
  }

  async #resume(resume: Resume, cursor: ResponseCursor): Promise<boolean> {
    try {
      const source = await resume(cursor, this.#attempt)
      if (source === undefined) return false
      this.#feed = this.#feedFrom(source)
    } catch (error) {
      this.#failure = error instanceof ModelStreamError ? error : interrupted(error)
      return false
    }
    if (this.#isStopped) this.#feed.stop()
    this.#failure = undefined
    this.#accumulator.resume()
    return true
  }

  /** @throws what a listener or a check of the caller threw */
  result(): AccumulatedResponse {
    this.#prediction?.flush()
    const accumulator = this.#accumulator
    const { cursor } = accumulator
    accumulator.error ??= this.#failure?.error
    const isAborted = this.#failure?.code === 'aborted'
    const { response, verdict } = accumulator.finish({
      aborted: isAborted,
      failed: (this.#failure ?? this.#thrown) !== undefined && !isAborted,
    })
    if (this.#thrown) {
      const { error } = this.#thrown
      if (error instanceof SchemaError) Object.assign(error, { partial: response })
      throw error
    }
    if (verdict.complete) return { response, verdict, failure: undefined }
    let failure = this.#failure
    if (verdict.error) failure ??= serverError(verdict.error)
    failure ??= incompleteResponse(verdict.reason, this.#feed.isEmpty && !cursor)
    Object.assign(failure, { partial: response, verdict, cursor })
    return { response, verdict, failure: failure as unknown as Failure }
  }
}
