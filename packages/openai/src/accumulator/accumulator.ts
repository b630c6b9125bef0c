import { finished } from '../errors.ts'
import { serverErrorIn, type ServerError } from '../server-error.ts'
import type { ChatCompletion, Usage } from '../types.ts'
import { Fields, isWire, type Wire } from './cells.ts'
import { Choice } from './choice.ts'
import { Notes, type NoteCode } from './notes.ts'
import { chunkRules } from './rules.ts'
import type {
  Accumulator,
  AccumulatorOptions,
  Finished,
  IncompleteReason,
  StreamEnd,
  Verdict,
} from './types.ts'

/**
 * Makes the message that the server would have sent without streaming, from the chunks that it sends.
 *
 * @param options - rules for fields of your server; whom to tell what each chunk adds
 *
 * @example
 * ```ts
 * import { createAccumulator } from '@tesserae/openai/accumulator'
 *
 * const accumulator = createAccumulator()
 * accumulator.push({ choices: [{ index: 0, delta: { role: 'assistant', content: 'Hel' } }] })
 * accumulator.push({ choices: [{ index: 0, delta: { content: 'lo' }, finish_reason: 'stop' }] })
 * const { message, verdict } = accumulator.finish()
 * message.choices[0]?.message.content // => 'Hello'
 * verdict.complete // => true
 * ```
 */
export function createAccumulator<Message = ChatCompletion>(
  options: AccumulatorOptions = {},
): Accumulator<Message> {
  return new ChunkAccumulator<Message>(options)
}

/** The accumulator, with what only this package uses of it. */
export class ChunkAccumulator<Message = ChatCompletion> implements Accumulator<Message> {
  error: ServerError | undefined
  readonly notes: Notes = new Notes()
  readonly #options: AccumulatorOptions
  readonly #fields: Fields
  readonly #choices = new Map<number, Choice>()
  #isText = false
  #isOver = false

  constructor(options: AccumulatorOptions) {
    this.#options = options
    this.#fields = new Fields(options.rules?.chunk ?? {}, chunkRules)
  }

  push(chunk: unknown): void {
    if (this.#isOver) throw finished()
    if (!isWire(chunk)) return this.note('not-a-chunk')
    this.error ??= serverErrorIn(chunk)
    if (chunk['object'] === 'text_completion') this.#isText = true
    for (const key of Object.keys(chunk)) {
      if (key === 'choices' || key === 'error' || key === 'usage') continue
      this.#fields.cell(key).add(chunk[key])
    }
    const groq = chunk['x_groq']
    if (isWire(groq)) this.use(groq['usage'])
    if (Array.isArray(chunk['choices']))
      chunk['choices'].forEach((part, position) => isWire(part) && this.#addTo(part, position))
    this.use(chunk['usage'])
  }

  note(code: NoteCode): void {
    this.notes.add(code)
  }

  /** The choice with this index, begun if need be. */
  choice(index: number): Choice {
    let choice = this.#choices.get(index)
    if (choice === undefined) {
      const { rules = {}, onDelta } = this.#options
      choice = new Choice(index, rules, this.notes, onDelta)
      this.#choices.set(index, choice)
    }
    return choice
  }

  #addTo(part: Wire, position: number): void {
    const index = Number(part['index'] ?? position)
    this.choice(Number.isSafeInteger(index) && index >= 0 ? index : position).add(part)
    this.use(part['usage'])
  }

  /** Usage is the last that was given, wherever it was; it is never added up, and nothing is made up. */
  use(usage: unknown): void {
    if (!isWire(usage)) return
    this.#fields.cell('usage').add(usage)
    this.#options.onDelta?.({ type: 'usage', usage: usage as unknown as Usage })
  }

  snapshot(): Message {
    const choices = this.#inOrder().map((choice) => choice.get())
    const object = this.#isText ? 'text_completion' : 'chat.completion'
    return Object.assign(this.#fields.put({}), { object, choices }) as Message
  }

  finish(end: StreamEnd = {}): Finished<Message> {
    this.#isOver = true
    const reason = this.#whyIncomplete(end)
    const choices = this.#inOrder()
    for (const choice of choices) choice.end(wasCut(choice, reason))
    const partialToolCalls = choices.flatMap((choice) =>
      choice.toolCalls
        .inOrder()
        .flatMap((call, toolCall) =>
          call.isPartial(wasCut(choice, reason)) ? [{ choice: choice.index, toolCall }] : [],
        ),
    )
    const details = {
      partialToolCalls,
      notes: this.notes.list(),
      ...(this.error && { error: this.error }),
    }
    const verdict: Verdict = reason
      ? { complete: false, reason, ...details }
      : { complete: true, ...details }
    return { message: this.snapshot(), verdict }
  }

  #whyIncomplete({ done, aborted, failed }: StreamEnd): IncompleteReason | undefined {
    const choices = this.#inOrder()
    const ended = choices.filter(({ finishReason }) => finishReason !== undefined)
    if (this.error || failed) return 'error'
    if (aborted) return 'aborted'
    if (!done && ended.length === 0) return 'no-end'
    if (!done && ended.length < choices.length) return 'no-finish-reason'
    const isOpen = (choice: Choice): boolean =>
      !wasCut(choice) && choice.toolCalls.calls.some((call) => call.isOpen)
    return choices.some(isOpen) ? 'open-json' : undefined
  }

  #inOrder(): Choice[] {
    return [...this.#choices.values()].toSorted((one, other) => one.index - other.index)
  }
}

/** Whether a choice was cut: with the stream, or by a limit that the server names as its reason. */
function wasCut({ finishReason }: Choice, reason?: IncompleteReason): boolean {
  if (finishReason === undefined) return reason !== undefined
  return finishReason === 'length' || finishReason === 'content_filter'
}
