import { interrupted, ModelStreamError, serverError } from '../errors.ts'
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
export class Run {
  readonly #accumulator: EventAccumulator<ModelResponse>
  readonly #options: AccumulateOptions
  readonly #sink: EventSink
  readonly #prediction: EventPredictor | undefined
  #feed: Feed
  #failure: ModelStreamError | undefined
  #attempt = 0
  #resumedAt: number | undefined

  constructor(
    source: ChunkSource,
    options: AccumulateOptions,
    onDelta: ((delta: ResponseDelta) => void) | undefined,
  ) {
    const { check, predict = true } = options
    const accumulator = new EventAccumulator<ModelResponse>({ onDelta })
    const prediction =
      predict && !check
        ? new EventPredictor(accumulator as EventAccumulator<never>, !!onDelta)
        : undefined
    this.#prediction = prediction
    this.#options = options
    this.#accumulator = accumulator
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
    this.#feed = new Feed(source, this.#sink, options, prediction)
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

  close(): void {
    this.#feed.close()
  }

  #fail(error: unknown): boolean | Promise<boolean> {
    this.#feed.close()
    if (!(error instanceof ModelStreamError)) throw error
    const { code } = error
    // An answer that is an error, in place of the first stream, has no response.
    const isRefusal = code === 'bad-response' || code === 'server-error'
    if (isRefusal && this.#resumedAt === undefined) throw error
    this.#failure = error
    return (code === 'interrupted' || code === 'timeout') && this.#goOn()
  }

  /** The connection ended before the response did: asks for the rest, if that is possible. */
  #goOn(): false | Promise<boolean> {
    const { resume } = this.#options
    const { cursor, error } = this.#accumulator
    if (this.#feed.isOver || !resume || !cursor || error) return false
    this.#attempt = cursor.after === this.#resumedAt ? this.#attempt + 1 : 1
    this.#resumedAt = cursor.after
    return this.#attempt <= MAX_ATTEMPTS && this.#resume(resume, cursor)
  }

  async #resume(resume: Resume, cursor: ResponseCursor): Promise<boolean> {
    try {
      const source = await resume(cursor, this.#attempt)
      if (source === undefined) return false
      this.#feed = new Feed(source, this.#sink, this.#options, this.#prediction)
    } catch (error) {
      this.#failure = error instanceof ModelStreamError ? error : interrupted(error)
      return false
    }
    this.#failure = undefined
    this.#accumulator.resume()
    return true
  }

  result(): AccumulatedResponse {
    this.#prediction?.flush()
    const accumulator = this.#accumulator
    const { cursor } = accumulator
    accumulator.error ??= this.#failure?.error
    const isAborted = this.#failure?.code === 'aborted'
    const { response, verdict } = accumulator.finish({
      aborted: isAborted,
      failed: this.#failure !== undefined && !isAborted,
    })
    if (verdict.complete) return { response, verdict, failure: undefined }
    let failure = this.#failure
    if (verdict.error) failure ??= serverError(verdict.error)
    failure ??= incompleteResponse(verdict.reason)
    Object.assign(failure, { partial: response, verdict, cursor })
    return { response, verdict, failure: failure as unknown as Failure }
  }
}
