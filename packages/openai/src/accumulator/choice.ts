import { isEmpty, isWire, textOf, type Wire } from '../wire.ts'
import { Fields } from './fields.ts'
import { JsonProgress } from './json-progress.ts'
import type { NoteCode, Notes } from './notes.ts'
import { contentIn, REASONING, reasoningIn } from './reasoning.ts'
import { choiceRules, type CustomRules, deltaRules, type Ending, endingOf } from './rules.ts'
import { type ToolCallListener, ToolCalls, type ToolCallState } from './tool-calls.ts'
import type { Delta } from './types.ts'

const NONE: readonly ToolCallState[] = []

/** One choice while it accumulates. */
export class Choice implements ToolCallListener {
  readonly index: number
  readonly #notes: Notes
  readonly #fields: Fields
  readonly #message: Fields
  readonly #tell: ((delta: Delta) => void) | undefined
  #toolCalls: ToolCalls | undefined
  /** The arguments of a deprecated `function_call`. */
  #functionCall: JsonProgress | undefined
  /** The field from which reasoning is reported: the first that had any. */
  #reasoningField: string | undefined
  /** Whether it belongs to the legacy API, where a choice has text and not a message. */
  #isText = false
  /** Whether a delta or a message came: then it has a message, whatever else it has. */
  #isChat = false
  #finish = ''

  constructor(
    index: number,
    rules: CustomRules,
    notes: Notes,
    tell: ((delta: Delta) => void) | undefined,
  ) {
    this.index = index
    this.#notes = notes
    this.#tell = tell
    this.#fields = new Fields(choiceRules, rules.choice)
    this.#message = new Fields(deltaRules, rules.delta)
  }

  get finishReason(): string | undefined {
    return this.#finish === '' ? undefined : this.#finish
  }

  /** What the finish reason says, if there is one. */
  get ending(): Ending | undefined {
    if (this.#finish === '') return undefined
    return endingOf(this.#finish, this.#fields.peek('native_finish_reason'))
  }

  get toolCalls(): readonly ToolCallState[] {
    return this.#toolCalls?.calls ?? NONE
  }

  /** Tool calls in the order of the message. */
  inOrder(): readonly ToolCallState[] {
    return this.#toolCalls?.inOrder() ?? NONE
  }

  /** Whether the arguments of a call have begun and not ended. */
  get hasOpenCall(): boolean {
    return this.#functionCall?.state === 'open' || this.toolCalls.some((call) => call.isOpen)
  }

  add(part: Wire): void {
    const { delta } = part
    const hasDelta = isWire(delta)
    const before = this.#finish
    for (const key of Object.keys(part)) {
      // `message` and `text` repeat what the delta beside them says.
      if (key === 'delta' || key === 'message' || (key === 'text' && hasDelta)) continue
      const value = part[key]
      this.#fields.cell(key).add(value)
      if (key === 'finish_reason' && !isEmpty(value)) this.#finish = textOf(value)
    }
    this.#isChat ||= hasDelta || isWire(part['message'])
    if (hasDelta) this.#addDelta(delta)
    else if (isWire(part['message'])) this.#replace(part['message'])
    else if ('text' in part && !this.#isChat) {
      this.#isText = true
      this.#say('content', textOf(part['text']))
    }
    if (this.#finish !== before)
      this.#tell?.({ type: 'finish', choice: this.index, reason: this.#finish })
  }

  #addDelta(delta: Wire): void {
    let calls: unknown
    for (const key of Object.keys(delta)) {
      const value = delta[key]
      if (key === 'tool_calls') calls = value
      else {
        this.#message.cell(key).add(value)
        if (key === 'function_call' && isWire(value)) this.#addFunctionCall(value)
      }
    }
    if (this.#tell !== undefined) this.#tellDelta(delta)
    if (calls) this.#addToolCalls(calls)
  }

  #addToolCalls(calls: unknown): void {
    this.#toolCalls ??= new ToolCalls(this)
    this.#toolCalls.add(calls)
  }

  #addFunctionCall(call: Wire): void {
    const name = textOf(call['name'])
    if (this.#functionCall === undefined) {
      this.#functionCall = new JsonProgress()
      this.#tell?.({ type: 'function-call-begin', choice: this.index, name })
    }
    const delta = textOf(call['arguments'])
    if (delta === '') return
    this.#functionCall.add(delta)
    this.#tell?.({ type: 'function-call-arguments', choice: this.index, delta })
  }

  /** A whole message in place of a delta is the message, as far as it says anything. */
  #replace(message: Wire): void {
    const { tool_calls: calls, ...fields } = message
    const hasCalls = calls !== null && typeof calls === 'object' && Object.keys(calls).length > 0
    const rest: Wire = hasCalls || calls === undefined ? fields : message
    const before = this.#tell === undefined ? undefined : (this.#message.put({}) as Wire)
    this.#message.replace(rest)
    if (before !== undefined) this.#tellDelta(this.#newsIn(rest, before))
    if (isWire(rest['function_call']) && this.#functionCall === undefined)
      this.#addFunctionCall(rest['function_call'])
    if (hasCalls && this.toolCalls.length === 0) this.#addToolCalls(calls)
  }

  /** A message without the text that was reported already. Text that contradicts it is noted. */
  #newsIn(message: Wire, before: Wire): Wire {
    const news: Record<string, unknown> = { ...message }
    for (const name of ['content', 'refusal', ...REASONING]) {
      const [old, text] = [before[name], message[name]]
      if (isEmpty(old) || isEmpty(text)) continue
      const continues = typeof old === 'string' && typeof text === 'string' && text.startsWith(old)
      if (continues) news[name] = text.slice(old.length)
      else {
        delete news[name]
        if (JSON.stringify(old) !== JSON.stringify(text))
          this.#notes.add('replaced-text', this.index)
      }
    }
    for (const name of ['annotations', 'images', 'audio'])
      if (before[name] !== undefined) delete news[name]
    return news
  }

  #tellDelta(delta: Wire): void {
    for (const name of REASONING) {
      const value = delta[name]
      const piece = value === undefined ? '' : reasoningIn(name, value)
      if (piece === '') continue
      this.#reasoningField ??= name
      if (this.#reasoningField === name) this.#say('reasoning', piece)
    }
    this.#say('content', contentIn(delta['content']))
    this.#say('refusal', textOf(delta['refusal']))
    const { audio, annotations, images } = delta
    const tell = this.#tell
    const choice = this.index
    if (tell === undefined) return
    if (isWire(audio)) {
      const [data, transcript] = [textOf(audio['data']), textOf(audio['transcript'])]
      if (data !== '' || transcript !== '') tell({ type: 'audio', choice, data, transcript })
    }
    if (Array.isArray(annotations))
      for (const annotation of annotations) tell({ type: 'annotation', choice, annotation })
    if (Array.isArray(images)) for (const image of images) tell({ type: 'image', choice, image })
  }

  #say(type: 'content' | 'refusal' | 'reasoning', delta: string): void {
    if (delta !== '') this.#tell?.({ type, choice: this.index, delta })
  }

  toolCallBegan({ number: toolCall, id, name }: ToolCallState): void {
    this.#tell?.({ type: 'tool-call-begin', choice: this.index, toolCall, id, name })
  }

  toolCallGrew({ number: toolCall }: ToolCallState, delta: string): void {
    this.#tell?.({ type: 'tool-call-arguments', choice: this.index, toolCall, delta })
  }

  toolCallNoted(code: NoteCode, { number }: ToolCallState): void {
    this.#notes.add(code, this.index, number)
  }

  /** The stream has ended; `isPartial` decides for each call whether it must not be run. */
  end(isPartial: (call: ToolCallState) => boolean, wasCut: boolean): void {
    this.#message.flatten()
    const choice = this.index
    if (this.#functionCall) {
      const { state } = this.#functionCall
      const partial = state === 'open' || (wasCut && state !== 'closed')
      const { name = '' } = (this.#message.peek('function_call') ?? {}) as { name?: string }
      this.#tell?.({ type: 'function-call-end', choice, name, partial })
    }
    for (const call of this.toolCalls) {
      const { id, name, number: toolCall } = call
      call.text.flatten()
      if (call.progress.state === 'glued') this.#notes.add('glued-arguments', choice, toolCall)
      const partial = isPartial(call)
      if (!call.announced) this.toolCallBegan(call)
      this.#tell?.({ type: 'tool-call-end', choice, toolCall, id, name, partial })
    }
  }

  get(): object {
    const finish_reason = this.finishReason ?? null
    const choice: Record<string, unknown> = { index: this.index, logprobs: null }
    if (this.#isText && !this.#isChat) choice['text'] = ''
    else {
      const message: Record<string, unknown> = { role: 'assistant', content: null, refusal: null }
      this.#message.put(message)
      message['role'] ||= 'assistant'
      const calls = this.inOrder()
      if (calls.length > 0) message['tool_calls'] = calls.map((call) => call.get())
      choice['message'] = message
    }
    this.#fields.put(choice)
    choice['finish_reason'] = finish_reason
    return choice
  }
}
