import { ChunkAccumulator } from '../accumulator/accumulator.ts'
import type { CustomRules } from '../accumulator/rules.ts'
import type { Delta, Finished } from '../accumulator/types.ts'
import { incomplete, interrupted, serverError, ModelStreamError } from '../errors.ts'
import type { ChatCompletion } from '../types.ts'
import { Interpreter } from './interpreter.ts'
import { Predictor } from './predictor.ts'
import { type ReadOptions, Reading } from './reading.ts'
import type { ChunkSource } from './source.ts'

/** Options of {@link accumulate}. */
export interface AccumulateOptions extends ReadOptions {
  /**
   * What becomes of a message that is not whole. `'error'`, the default, rejects with a {@link ModelStreamError}, which has
   * what came; `'return'` returns it, with the verdict.
   */
  readonly incomplete?: 'error' | 'return' | undefined
  /** Rules for fields that your server adds. */
  readonly rules?: CustomRules | undefined
  /**
   * Whether chunks that differ from one before them in their text alone are known by it, and not parsed: many times as
   * fast, and the same message. It is so unless there is a dialect, a check or rules. Default: `true`.
   */
  readonly predict?: boolean | undefined
  /** Told what each chunk adds. */
  readonly onDelta?: ((delta: Delta) => void) | undefined
}

/** What {@link accumulate} returns of a stream that may not be whole. */
export interface Accumulated<Message = ChatCompletion> extends Finished<Message> {
  /** What it would have rejected with. */
  readonly failure: ModelStreamError | undefined
}

/**
 * Reads a stream to its end, and resolves to the message that the server would have sent without streaming.
 *
 * @param source - a response, bytes, events, or the chunks of any client
 * @param options - what to do with a message that is not whole; rules; a signal
 * @returns the message; with `{ incomplete: 'return' }`, the message and the verdict on its stream
 * @throws {@link ModelStreamError} with the message so far, if the server sends an error or the stream ends too early
 *
 * @example
 * <!-- example: prelude completion -->
 * ```ts
 * import { accumulate } from '@tesserae/openai'
 *
 * const completion = await accumulate(response)
 * completion.choices[0]?.message.content // => 'Hello, world!'
 * completion.usage?.total_tokens // => 7
 * ```
 */
export function accumulate<Message = ChatCompletion>(
  source: ChunkSource,
  options: AccumulateOptions & { readonly incomplete: 'return' },
): Promise<Accumulated<Message>>
export function accumulate<Message = ChatCompletion>(
  source: ChunkSource,
  options?: AccumulateOptions,
): Promise<Message>
export async function accumulate(
  source: ChunkSource,
  options: AccumulateOptions = {},
): Promise<ChatCompletion | Accumulated> {
  const run = new Run(source, options, options.onDelta)
  await run.toEnd()
  const { message, verdict, failure } = run.result()
  if (options.incomplete === 'return') return { message, verdict, failure }
  if (failure) throw failure
  return message
}

/**
 * Reads a stream as what each chunk adds, for those who show a message while it grows.
 *
 * @param source - a response, bytes, events, or the chunks of any client
 * @param options - as for {@link accumulate}
 * @returns the deltas; the message, the verdict and the failure are what the generator returns
 * @throws {@link ModelStreamError}, behind all deltas, as {@link accumulate} does
 *
 * @example
 * <!-- example: prelude completion -->
 * ```ts
 * import { readDeltas } from '@tesserae/openai'
 *
 * for await (const delta of readDeltas(response)) {
 *   if (delta.type === 'content') console.log(delta.delta) // => 'Hello', then ', world!'
 * }
 * ```
 */
export async function* readDeltas(
  source: ChunkSource,
  options: AccumulateOptions = {},
): AsyncGenerator<Delta, Accumulated> {
  let deltas: Delta[] = []
  const run = new Run(source, options, (delta) => {
    deltas.push(delta)
    options.onDelta?.(delta)
  })
  const take = (): Delta[] => {
    const taken = deltas
    deltas = []
    return taken
  }
  for await (const _ of run.steps()) yield* take()
  const result = run.result()
  yield* take()
  if (result.failure && options.incomplete !== 'return') throw result.failure
  return result
}

/** One stream on its way to a message. */
class Run {
  readonly #accumulator: ChunkAccumulator
  readonly #interpreter: Interpreter
  readonly #reading: Reading
  #failure: ModelStreamError | undefined

  constructor(
    source: ChunkSource,
    options: AccumulateOptions,
    onDelta: ((delta: Delta) => void) | undefined,
  ) {
    const { check, dialect, rules = dialect?.rules, predict = true } = options
    const accumulator = new ChunkAccumulator({ rules, onDelta })
    this.#accumulator = accumulator
    const isPlain = !(check || dialect || rules)
    this.#interpreter = new Interpreter(
      {
        chunk: (chunk) => {
          check?.(chunk)
          accumulator.push(chunk)
        },
        note: (code) => accumulator.note(code),
      },
      dialect,
      predict && isPlain ? new Predictor(accumulator, onDelta !== undefined) : undefined,
    )
    this.#reading = new Reading(source, this.#interpreter, options)
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

  /** A failure is kept for the result, unless there was no stream at all. */
  #fail(error: unknown): void {
    const failure = error instanceof ModelStreamError ? error : interrupted(error)
    if (
      !this.#reading.isOpen &&
      (failure.code === 'bad-response' || failure.code === 'server-error')
    )
      throw failure
    this.#failure = failure
  }

  result(): Accumulated {
    const { done, error, prediction } = this.#interpreter
    prediction?.flush()
    this.#accumulator.error ??= error ?? this.#failure?.error
    const wasAborted = this.#failure?.code === 'aborted'
    const failed = this.#failure !== undefined && !wasAborted
    const { message, verdict } = this.#accumulator.finish({ done, aborted: wasAborted, failed })
    let failure = this.#failure
    if (verdict.error) failure ??= serverError(verdict.error)
    if (!verdict.complete) failure ??= incomplete(verdict.reason)
    if (failure) Object.assign(failure, { partial: message, verdict })
    return { message, verdict, failure }
  }
}
