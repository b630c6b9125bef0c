import { Fields, isEmpty, isWire, type Text, textOf, type Wire } from './cells.ts'
import type { Notes } from './notes.ts'
import { choiceRules, type CustomRules, deltaRules } from './rules.ts'
import { ToolCalls } from './tool-calls.ts'
import type { Delta } from './types.ts'

const REASONING = ['reasoning_content', 'reasoning', 'reasoning_details', 'content'] as const

/** One answer, as far as it has come. */
export class Choice {
  readonly index: number
  readonly toolCalls: ToolCalls
  readonly #notes: Notes
  readonly #fields: Fields
  readonly #message: Fields
  readonly #tell: ((delta: Delta) => void) | undefined
  /** The field that reasoning is told from: the first that had any. */
  #reasoningField: string | undefined
  /** Whether it belongs to the legacy API, where a choice has text and no message. */
  #isText = false

  constructor(
    index: number,
    rules: CustomRules,
    notes: Notes,
    tell: ((delta: Delta) => void) | undefined,
  ) {
    this.index = index
    this.#notes = notes
    this.#tell = tell
    this.#fields = new Fields(rules.choice ?? {}, choiceRules)
    this.#message = new Fields(rules.delta ?? {}, deltaRules)
    this.toolCalls = new ToolCalls({
      began: (toolCall, { id, name }) =>
        tell?.({ type: 'tool-call-begin', choice: index, toolCall, id, name }),
      grew: (toolCall, delta) =>
        tell?.({ type: 'tool-call-arguments', choice: index, toolCall, delta }),
      note: (code, toolCall) => notes.add(code, index, toolCall),
    })
  }

  get finishReason(): string | undefined {
    const reason = this.#fields.cell('finish_reason').get()
    return isEmpty(reason) ? undefined : textOf(reason)
  }

  /** A text of the message, for those who know what is in a chunk without reading all of it. */
  text(name: string): { append(piece: string): void } {
    const text = this.#message.cell(name) as Text
    if (this.#tell === undefined) return text
    return {
      append: (piece) => {
        text.append(piece)
        this.#tellText({ [name]: piece })
      },
    }
  }

  addLogprobs(logprobs: unknown): void {
    this.#fields.cell('logprobs').add(logprobs)
  }

  add(part: Wire): void {
    const { delta } = part
    const finished = this.finishReason !== undefined
    for (const key of Object.keys(part)) {
      // Beside a delta, `message` and `text` repeat what is there already.
      if (key === 'delta' || key === 'message') continue
      if (key === 'text' && isWire(delta)) continue
      this.#fields.cell(key).add(part[key])
    }
    if (isWire(delta)) this.#addDelta(delta)
    else if (isWire(part['message'])) this.#replace(part['message'])
    else if ('text' in part) {
      this.#isText = true
      if (part['text']) this.#say('content', textOf(part['text']))
    }
    const reason = this.finishReason
    if (!finished && reason !== undefined)
      this.#tell?.({ type: 'finish', choice: this.index, reason })
  }

  #addDelta(delta: Wire): void {
    for (const key of Object.keys(delta))
      if (key !== 'tool_calls') this.#message.cell(key).add(delta[key])
    if (this.#tell) this.#tellText(delta)
    if (delta['tool_calls']) this.toolCalls.add(delta['tool_calls'])
  }

  /** A whole message in place of a delta is the message, as far as it says anything. */
  #replace(message: Wire): void {
    const { tool_calls: calls, ...rest } = message
    this.#message.replace(rest)
    if (Array.isArray(calls) && this.toolCalls.calls.length === 0) this.toolCalls.add(calls)
  }

  #tellText(delta: Wire): void {
    for (const name of REASONING) {
      const piece = reasoningIn(name, delta[name])
      if (piece === '') continue
      this.#reasoningField ??= name
      if (this.#reasoningField === name) this.#say('reasoning', piece)
    }
    this.#say('content', contentIn(delta['content']))
    this.#say('refusal', textOf(delta['refusal']))
  }

  #say(type: 'content' | 'refusal' | 'reasoning', delta: string): void {
    if (delta !== '') this.#tell?.({ type, choice: this.index, delta })
  }

  /** Nothing more will come. */
  end(wasCut: boolean): void {
    this.#message.flatten()
    this.toolCalls.calls.forEach((call, toolCall) => {
      const { id, name } = call
      call.text.flatten()
      if (call.progress.state === 'glued') this.#notes.add('glued-arguments', this.index, toolCall)
      const partial = call.isPartial(wasCut)
      this.#tell?.({ type: 'tool-call-end', choice: this.index, toolCall, id, name, partial })
    })
  }

  get(): object {
    const finish_reason = this.finishReason ?? null
    const choice = { index: this.index, logprobs: null }
    if (this.#isText)
      return Object.assign(this.#fields.put({ ...choice, text: '' }), { finish_reason })
    const message = this.#message.put({ content: null, refusal: null }) as Record<string, unknown>
    message['role'] ||= 'assistant'
    const calls = this.toolCalls.get()
    if (calls) message['tool_calls'] = calls
    return Object.assign(this.#fields.put({ ...choice, message }), { finish_reason })
  }
}

/** The text of a list of parts: of type `text`, or of `thinking`, which has a list of parts in itself. */
function partsText(parts: readonly unknown[], type: string): string {
  let text = ''
  for (const part of parts)
    if (isWire(part) && part['type'] === type) {
      const value = part[type]
      text += Array.isArray(value) ? partsText(value, 'text') : textOf(value)
    }
  return text
}

function contentIn(content: unknown): string {
  return Array.isArray(content) ? partsText(content, 'text') : textOf(content)
}

function reasoningIn(field: (typeof REASONING)[number], value: unknown): string {
  if (field === 'content') return Array.isArray(value) ? partsText(value, 'thinking') : ''
  if (field !== 'reasoning_details') return textOf(value)
  if (!Array.isArray(value)) return ''
  return value.map((block) => textOf(block?.text ?? block?.summary)).join('')
}

/**
 * What a message says of its reasoning, from the first of these that has any: `reasoning_content`, `reasoning`,
 * `reasoning_details`, the thinking parts of `content`. The fields themselves stay as they are.
 *
 * @param message - a message, from a snapshot or from a server that does not stream
 *
 * @example
 * ```ts
 * import { reasoningOf } from '@tesserae/openai/accumulator'
 *
 * const message = { role: 'assistant', content: '4', refusal: null, reasoning: '2 + 2' } as const
 * reasoningOf(message) // => '2 + 2'
 * reasoningOf({ role: 'assistant', content: '4', refusal: null }) // => undefined
 * ```
 */
export function reasoningOf(message: object): string | undefined {
  for (const name of REASONING) {
    const text = reasoningIn(name, (message as Wire)[name])
    if (text !== '') return text
  }
  return undefined
}
