import { ChunkAccumulator } from '../accumulator/accumulator.ts'
import type { Delta } from '../accumulator/types.ts'
import { copyOf, isNothing, isWire, listIn, type Wire, wireIn } from '../responses/wire.ts'
import type { ResponseEvent } from '../responses/types.ts'

/** Finish reasons that make a response incomplete. */
const INCOMPLETE: ReadonlyMap<string | undefined, string> = new Map([
  ['length', 'max_output_tokens'],
  ['max_tokens', 'max_output_tokens'],
  ['content_filter', 'content_filter'],
])

/** An item that is being sent. */
interface OpenItem {
  readonly index: number
  readonly item: Record<string, unknown>
  /** The part that grows. */
  part: Record<string, unknown> | undefined
}

/**
 * Writes chunks of a chat completion as events of a response. Habits of servers are resolved by the accumulator of chat
 * completions. The protocol repeats each text in events that close it, so the response so far is kept, once.
 */
export class ResponseSender {
  readonly #accumulator: ChunkAccumulator
  readonly #items: OpenItem[] = []
  /** The item of text or reasoning that grows. */
  #current: OpenItem | undefined
  readonly #calls = new Map<number, OpenItem>()
  /** Annotations that came before the text. */
  #waiting: Wire[] = []
  #events: Wire[] = []
  #number = 0
  #head: Wire | undefined
  #chunk: Wire = {}
  #reason: string | undefined
  #usage: Wire | undefined
  #error: unknown

  constructor() {
    this.#accumulator = new ChunkAccumulator({ onDelta: (delta) => this.#take(delta) })
  }

  /** The events that a chunk stands for. */
  push(chunk: object): ResponseEvent[] {
    this.#chunk = chunk as Wire
    if (this.#error) return []
    this.#open(this.#chunk)
    this.#accumulator.push(chunk)
    for (const choice of listIn(this.#chunk['choices'])) {
      const delta = wireIn(wireIn(choice)['delta'])
      for (const detail of listIn(delta['reasoning_details'])) this.#takeDetail(detail)
    }
    const { error } = this.#accumulator
    if (error) this.#fail(error.message, error.code ?? error.type)
    return this.#taken()
  }

  /** The events that close the response. A stream without a finish reason was cut, and stays so. */
  end(): ResponseEvent[] {
    if (this.#error) return []
    if (this.#head === undefined || this.#reason === undefined) return []
    // Tells the ends of the calls, with their names: one may have come late, or in two pieces.
    this.#accumulator.finish({ done: true })
    this.#closeCurrent()
    const reason = INCOMPLETE.get(this.#reason)
    const isPartial = reason !== undefined
    for (const open of this.#calls.values()) this.#closeCall(open, isPartial)
    const status = isPartial
      ? 'incomplete'
      : this.#reason === 'cancelled'
        ? 'cancelled'
        : 'completed'
    this.#finish(status, isPartial ? { incomplete_details: { reason } } : {})
    return this.#taken()
  }

  #taken(): ResponseEvent[] {
    const events = this.#events
    this.#events = []
    return events as unknown as ResponseEvent[]
  }

  #send(type: string, fields: Wire): void {
    this.#events.push({ type, ...fields, sequence_number: this.#number++ })
  }

  // The response

  #open({ id, created, model, service_tier }: Wire): void {
    if (this.#head !== undefined) return
    this.#head = {
      id: `resp_${String(id ?? '')}`,
      object: 'response',
      created_at: created ?? 0,
      status: 'in_progress',
      error: null,
      incomplete_details: null,
      instructions: null,
      metadata: {},
      model: model ?? '',
      output: [],
      parallel_tool_calls: true,
      temperature: null,
      tool_choice: 'auto',
      tools: [],
      top_p: null,
      ...(typeof service_tier === 'string' && { service_tier }),
      usage: null,
    }
    this.#send('response.created', { response: this.#head })
    this.#send('response.in_progress', { response: this.#head })
  }

  #finish(status: string, fields: Wire): void {
    const output = this.#items.map(({ item }) => item)
    const usage = this.#usage ? usageOf(this.#usage) : null
    const response = { ...this.#head, status, ...fields, output, usage }
    this.#send(`response.${status === 'cancelled' ? 'incomplete' : status}`, { response })
  }

  #fail(message: string, code: unknown): void {
    this.#error = { code: isNothing(code) ? 'server_error' : String(code), message }
    this.#send('error', { ...(this.#error as Wire), param: null })
    this.#finish('failed', { error: this.#error })
  }

  // Deltas

  #take(delta: Delta): void {
    if ('choice' in delta && delta.choice !== 0) return
    switch (delta.type) {
      case 'content':
        return this.#grow('message', 'output_text', 'text', delta.delta)
      case 'refusal':
        return this.#grow('message', 'refusal', 'refusal', delta.delta)
      case 'reasoning':
        return this.#grow('reasoning', 'reasoning_text', 'text', delta.delta)
      case 'annotation':
        return this.#annotate(delta.annotation)
      case 'tool-call-begin':
        return this.#beginCall(delta.toolCall, delta.id, delta.name)
      case 'tool-call-arguments':
        return this.#growCall(delta.toolCall, delta.delta)
      // A message has one such call, and no tool calls beside it.
      case 'function-call-begin':
        return this.#beginCall(0, '', delta.name)
      case 'function-call-arguments':
        return this.#growCall(0, delta.delta)
      case 'tool-call-end': {
        const open = this.#calls.get(delta.toolCall)
        if (open) open.item['name'] = delta.name
        return
      }
      case 'finish':
        this.#reason = delta.reason
        return
      case 'usage':
        this.#usage = delta.usage as unknown as Wire
    }
  }

  #add(item: Record<string, unknown>): OpenItem {
    const open: OpenItem = { index: this.#items.length, item, part: undefined }
    this.#items.push(open)
    this.#send('response.output_item.added', { output_index: open.index, item: copyOf(item) })
    return open
  }

  #idFor(prefix: string): string {
    const id = `${prefix}_${String(this.#head?.['id']).slice(5)}`
    const count = this.#items.filter(({ item }) => String(item['id']).startsWith(id)).length
    return count === 0 ? id : `${id}_${count + 1}`
  }

  #grow(kind: 'message' | 'reasoning', type: string, field: string, delta: string): void {
    if (delta === '') return
    if (this.#current?.item['type'] !== kind) {
      this.#closeCurrent()
      this.#current = this.#add(
        kind === 'message'
          ? {
              type: kind,
              id: this.#idFor('msg'),
              status: 'in_progress',
              role: 'assistant',
              content: [],
            }
          : { type: kind, id: this.#idFor('rs'), summary: [], content: [] },
      )
    }
    const open = this.#current
    const content = open.item['content'] as Wire[]
    if (open.part?.['type'] !== type) {
      this.#closePart(open)
      open.part = { type, [field]: '', ...(type === 'output_text' && { annotations: [] }) }
      content.push(open.part)
      this.#send('response.content_part.added', { ...placeOf(open), part: { ...open.part } })
    }
    open.part[field] = String(open.part[field]) + delta
    const logprobs = type === 'output_text' ? { logprobs: this.#logprobs() } : {}
    const tokens = logprobs.logprobs ?? []
    if (tokens.length > 0) open.part['logprobs'] = [...listIn(open.part['logprobs']), ...tokens]
    this.#send(`response.${type}.delta`, { ...placeOf(open), delta, ...logprobs })
    for (const annotation of this.#waiting.splice(0)) this.#annotate(annotation)
  }

  /** A citation of a page, which is nested in chat completions and flat in responses. */
  #annotate(given: unknown): void {
    if (!isWire(given)) return
    const { type, url_citation: cited } = given
    if (type !== 'url_citation' || !isWire(cited)) return
    const open = this.#current
    if (open?.part?.['type'] !== 'output_text') {
      this.#waiting.push(given)
      return
    }
    const before = listIn(open.part['annotations'])
    const annotation = { type, ...cited }
    open.part['annotations'] = [...before, annotation]
    const place = { ...placeOf(open), annotation_index: before.length }
    this.#send('response.output_text.annotation.added', { ...place, annotation })
  }

  /** The log probabilities beside the content of the chunk. */
  #logprobs(): readonly unknown[] {
    const choice = listIn(this.#chunk['choices']).find(
      (one) => isWire(one) && (one['index'] ?? 0) === 0,
    )
    return listIn(wireIn(wireIn(choice)['logprobs'])['content'])
  }

  #takeDetail(detail: unknown): void {
    if (!isWire(detail) || typeof detail['data'] !== 'string') return
    const isLast = this.#current?.item['type'] === 'reasoning'
    const open =
      isLast && this.#current
        ? this.#current
        : this.#add({ type: 'reasoning', id: this.#idFor('rs'), summary: [] })
    open.item['encrypted_content'] = detail['data']
    if (isLast) this.#closeCurrent()
    else this.#closeItem(open)
  }

  #closePart(open: OpenItem): void {
    const { part } = open
    if (part === undefined) return
    const type = String(part['type'])
    const field = type === 'refusal' ? 'refusal' : 'text'
    const place = placeOf(open)
    const logprobs = type === 'output_text' ? { logprobs: listIn(part['logprobs']) } : {}
    this.#send(`response.${type}.done`, { ...place, [field]: part[field], ...logprobs })
    this.#send('response.content_part.done', { ...place, part: { ...part } })
    open.part = undefined
  }

  #closeCurrent(): void {
    const open = this.#current
    this.#current = undefined
    if (open === undefined) return
    this.#closePart(open)
    if ('status' in open.item) {
      open.item['status'] = INCOMPLETE.has(this.#reason) ? 'incomplete' : 'completed'
    }
    this.#closeItem(open)
  }

  #closeItem({ index, item }: OpenItem): void {
    this.#send('response.output_item.done', { output_index: index, item: { ...item } })
  }

  // Calls

  #beginCall(toolCall: number, id: string, name: string): void {
    this.#closeCurrent()
    const isCustom = this.#isCustom(id)
    const open = this.#add({
      type: isCustom ? 'custom_tool_call' : 'function_call',
      id: `${isCustom ? 'ctc' : 'fc'}_${id || toolCall}`,
      call_id: id || `call_${toolCall}`,
      name,
      status: 'in_progress',
      [isCustom ? 'input' : 'arguments']: '',
    })
    this.#calls.set(toolCall, open)
  }

  /** Whether the chunk begins a call of a custom tool: its delta does not say so. */
  #isCustom(id: string): boolean {
    return listIn(this.#chunk['choices'])
      .flatMap((choice) => listIn(wireIn(wireIn(choice)['delta'])['tool_calls']))
      .some((call) => isWire(call) && call['id'] === id && isWire(call['custom']))
  }

  #growCall(toolCall: number, delta: string): void {
    const open = this.#calls.get(toolCall)
    if (open === undefined || delta === '') return
    const field = fieldOf(open)
    open.item[field] = String(open.item[field]) + delta
    const name = field === 'input' ? 'custom_tool_call_input' : 'function_call_arguments'
    this.#send(`response.${name}.delta`, {
      item_id: open.item['id'],
      output_index: open.index,
      delta,
    })
  }

  #closeCall(open: OpenItem, isPartial: boolean): void {
    const field = fieldOf(open)
    open.item['status'] = isPartial ? 'incomplete' : 'completed'
    const name = field === 'input' ? 'custom_tool_call_input' : 'function_call_arguments'
    const place = { item_id: open.item['id'], output_index: open.index }
    this.#send(`response.${name}.done`, { ...place, [field]: open.item[field] })
    this.#closeItem(open)
  }
}

function fieldOf({ item }: OpenItem): 'input' | 'arguments' {
  return item['type'] === 'custom_tool_call' ? 'input' : 'arguments'
}

function placeOf({ index, item }: OpenItem): Wire {
  const content_index = Math.max(0, listIn(item['content']).length - 1)
  return { item_id: item['id'], output_index: index, content_index }
}

function usageOf(usage: Wire): Wire {
  const { prompt_tokens, completion_tokens, total_tokens } = usage
  const { prompt_tokens_details: input, completion_tokens_details: output } = usage
  return {
    input_tokens: prompt_tokens,
    input_tokens_details: { cached_tokens: 0, ...(isWire(input) && input) },
    output_tokens: completion_tokens,
    output_tokens_details: { reasoning_tokens: 0, ...(isWire(output) && output) },
    total_tokens,
  }
}
