import { finished, notAChunk } from '../errors.ts'
import { checkOptions, FUNCTION, type Kinds } from '../options.ts'
import { serverErrorIn, type ServerError } from '../server-error.ts'
import type { ChatCompletion, Usage } from '../types.ts'
import { copyOf, isWire, type Wire } from '../wire.ts'
import { Choice } from './choice.ts'
import { Fields } from './fields.ts'
import { Notes, type NoteCode } from './notes.ts'
import { chunkRules, type Ending } from './rules.ts'
import { RULES } from './rules-option.ts'
import type { ToolCallState } from './tool-calls.ts'
import type {
  Accumulator,
  AccumulatorOptions,
  Finished,
  IncompleteReason,
  PartialToolCall,
  StreamEnd,
  Verdict,
} from './types.ts'

const OPTIONS: Kinds = { rules: RULES, onDelta: FUNCTION }

/**
 * Builds the message that the server would have sent without streaming, from the chunks that it sends.
 *
 * @param options - rules for fields of your server; a listener for what each chunk adds
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
  checkOptions(options, OPTIONS)
  return new ChunkAccumulator<Message>(options)
}

/** The accumulator, with what only this package uses of it. */
export class ChunkAccumulator<Message = ChatCompletion> implements Accumulator<Message> {
  error: ServerError | undefined
  readonly notes: Notes = new Notes()
  readonly #options: AccumulatorOptions
  readonly #fields: Fields
  readonly #choices: Choice[] = []
  /** Where a choice stands in the list, for indexes that are not their position in it. */
  #byIndex: Map<number, Choice> | undefined
  #isText = false
  #result: Finished<Message> | undefined

  constructor(options: AccumulatorOptions) {
    this.#options = options
    this.#fields = new Fields(chunkRules, options.rules?.chunk)
  }

  push(chunk: unknown): void {
    if (this.#result) throw finished()
    if (!isWire(chunk)) return this.note('not-a-chunk')
    const error = serverErrorIn(chunk)
    if (!error && chunk['choices'] === undefined) {
      if (typeof chunk['type'] === 'string' && chunk['object'] === undefined)
        return this.note('unknown-event')
      if (typeof chunk['data'] === 'string') throw notAChunk()
    }
    this.error ??= error
    this.take(chunk)
  }

  /** Takes a chunk in which errors have been looked for. */
  take(chunk: Wire): void {
    let choices: unknown
    let usage: unknown
    for (const key of Object.keys(chunk)) {
      const value = chunk[key]
      if (key === 'choices') choices = value
      else if (key === 'usage') usage = value
      else if (key !== 'error') {
        this.#fields.cell(key).add(value)
        if (key === 'object' && value === 'text_completion') this.#isText = true
        else if (key === 'x_groq' && isWire(value)) this.#use(value['usage'])
      }
    }
    if (Array.isArray(choices))
      for (let position = 0; position < choices.length; position++) {
        const part: unknown = choices[position]
        if (isWire(part)) this.#addTo(part, position)
      }
    if (usage !== undefined) this.#use(usage)
  }

  note(code: NoteCode): void {
    this.notes.add(code)
  }

  #addTo(part: Wire, position: number): void {
    const given = part['index']
    const index = typeof given === 'number' ? given : Number(given ?? position)
    this.#choice(Number.isSafeInteger(index) && index >= 0 ? index : position).add(part)
    if (part['usage']) this.#use(part['usage'])
  }

  /** The choice with this index, begun if need be. */
  #choice(index: number): Choice {
    const found = this.#choices[index]?.index === index ? this.#choices[index] : undefined
    const known = found ?? this.#byIndex?.get(index)
    if (known !== undefined) return known
    const { rules = {}, onDelta } = this.#options
    const choice = new Choice(index, rules, this.notes, onDelta)
    if (this.#choices.push(choice) - 1 !== index)
      (this.#byIndex ??= new Map<number, Choice>()).set(index, choice)
    return choice
  }

  /** The last usage counts, wherever it was; it is never added up. */
  #use(usage: unknown): void {
    if (!isWire(usage)) return
    this.#fields.cell('usage').add(usage)
    this.#options.onDelta?.({ type: 'usage', usage: copyOf(usage) as Usage })
  }

  snapshot(): Message {
    const message = this.#fields.put({}) as Record<string, unknown>
    message['object'] = this.#isText ? 'text_completion' : 'chat.completion'
    message['choices'] = this.#inOrder().map((choice) => choice.get())
    return message as Message
  }

  finish(end: StreamEnd = {}): Finished<Message> {
    return (this.#result ??= this.#finish(end))
  }

  #finish(end: StreamEnd): Finished<Message> {
    const choices = this.#inOrder()
    const endings = choices.map((choice) => choice.ending)
    const reason = this.#whyIncomplete(end, choices, endings)
    const partialToolCalls: PartialToolCall[] = []
    for (const [at, choice] of choices.entries()) {
      const wasCut = isCut(endings[at])
      // A message that failed is requested again: a call of it that ran would run twice.
      const isPartial = (call: ToolCallState): boolean =>
        reason !== undefined || call.isPartial(wasCut)
      choice.end(isPartial, wasCut || reason !== undefined)
      for (const [position, call] of choice.inOrder().entries())
        if (isPartial(call))
          partialToolCalls.push({ choice: choice.index, toolCall: call.number, position })
    }
    const cut = endings.find(isCut)
    const verdict = {
      complete: reason === undefined,
      ...(reason && { reason }),
      partialToolCalls,
      notes: this.notes.list(),
      ...(cut && { cut }),
      ...(this.error && { error: this.error }),
    }
    return { message: this.snapshot(), verdict: verdict as unknown as Verdict }
  }

  #whyIncomplete(
    { done, aborted, failed }: StreamEnd,
    choices: readonly Choice[],
    endings: readonly (Ending | undefined)[],
  ): IncompleteReason | undefined {
    const hasEnded = endings.some((ending) => ending !== undefined)
    if (this.error || failed) return 'error'
    if (aborted) return 'aborted'
    if (!done && !hasEnded) return 'no-end'
    if (choices.length === 0) return 'empty'
    if (endings.includes('failed')) return 'gave-up'
    if (!done && endings.includes(undefined)) return 'no-finish-reason'
    return choices.some((choice, at) => choice.hasOpenCall && !isCut(endings[at]))
      ? 'open-json'
      : undefined
  }

  #inOrder(): readonly Choice[] {
    // Without other indexes, each choice stands at its own.
    if (this.#byIndex === undefined) return this.#choices
    return this.#choices.toSorted((one, other) => one.index - other.index)
  }
}

/** Whether a limit that the server names as its reason cut the choice. */
function isCut(ending: Ending | undefined): boolean {
  return ending === 'length' || ending === 'content_filter'
}
