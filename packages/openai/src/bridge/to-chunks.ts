import { type Rule, ruleOf } from '../responses/event-table.ts'
import { errorIn } from '../responses/event-error.ts'
import type { Item } from '../responses/item.ts'
import { Items } from '../responses/items.ts'
import { endStatusOf } from '../responses/verdict.ts'
import { isNothing, isWire, listIn, pieceOf, type Wire, wireIn } from '../responses/wire.ts'
import type { ChatCompletionChunk } from '../types.ts'

/** The texts of an item that chat completions have a place for. */
type Text = 'content' | 'refusal' | 'reasoning_content' | 'arguments'

const PARTS: Readonly<Record<string, Text>> = {
  output_text: 'content',
  refusal: 'refusal',
  reasoning_text: 'reasoning_content',
  summary_text: 'reasoning_content',
}

/** Reasons with another name in chat completions. Others are passed on as they are. */
const REASONS: ReadonlyMap<string, string> = new Map([['max_output_tokens', 'length']])

/** What was sent of one item. */
interface Sent {
  /** Its number among the tool calls. */
  call: number | undefined
  /** How many characters of each text were sent, and how many of them since the last text that was done. */
  readonly characters: Map<Text, { total: number; inPart: number }>
  /** How many annotations were read. */
  annotations: number
  /** The kind of part that its reasoning comes from: servers send a summary beside the full text. */
  reasoning: string | undefined
}

/**
 * Writes the events of a response as chunks of a chat completion. Its state is the items without their texts: a number
 * of characters tells what a closing event repeats.
 */
export class ChunkSender {
  readonly #items = new Items()
  readonly #sent = new Map<Item, Sent>()
  #head: Wire = {}
  #hasRole = false
  #calls = 0
  #isOver = false

  /** The chunks that an event stands for. */
  push(event: object): ChatCompletionChunk[] {
    const wire = event as Wire
    const chunks: Wire[] = []
    if (!this.#isOver) this.#take(wire, ruleOf(wire['type']), chunks)
    return chunks as unknown as ChatCompletionChunk[]
  }

  #take(event: Wire, rule: Rule | undefined, chunks: Wire[]): void {
    switch (rule?.does) {
      case 'open item':
      case 'close item':
        return this.#takeItem(event, rule.does === 'close item', chunks)
      case 'grow':
      case 'end': {
        const isCall = rule.field === 'arguments' || rule.field === 'input'
        const field = isCall ? 'arguments' : PARTS[rule.part]
        if (field === undefined) return
        const item = this.#itemOf(event, rule.kinds, chunks)
        const part = isCall ? item.type : rule.part
        const piece = pieceOf(event[rule.from])
        return rule.does === 'grow'
          ? this.#grow(item, field, part, piece, chunks, logprobsOf(event['logprobs']))
          : this.#end(item, field, part, piece, chunks)
      }
      case 'annotate':
        return this.#annotate(
          this.#itemOf(event, rule.kinds, chunks),
          [event['annotation']],
          chunks,
        )
      case 'response':
      case 'error':
      case undefined:
        return this.#takeLifecycle(event, rule, chunks)
    }
  }

  // The response

  #takeLifecycle(event: Wire, rule: Rule | undefined, chunks: Wire[]): void {
    const whole = event['object'] === 'response' ? event : event['response']
    const response = wireIn(whole)
    if (isWire(whole)) this.#open(response, chunks)
    const error = errorIn(event, rule)
    const status = endStatusOf(event, rule)
    if (rule?.does === 'error' || status === 'failed' || (error && status === undefined)) {
      const { message = '', type, code, param } = error ?? {}
      this.#isOver = true
      chunks.push({
        error: { message, type: type ?? 'server_error', code: code ?? null, param: param ?? null },
      })
    } else if (status !== undefined) {
      for (const [position, item] of listIn(response['output']).entries())
        if (isWire(item)) this.#takeWhole(item, position, chunks)
      this.#finish(status, response, chunks)
    }
  }

  #open({ id, created_at, model, service_tier }: Wire, chunks: Wire[]): void {
    this.#head = {
      id: this.#head['id'] ?? id,
      object: 'chat.completion.chunk',
      created: created_at ?? this.#head['created'],
      model: model ?? this.#head['model'],
      ...(typeof service_tier === 'string' && { service_tier }),
    }
    this.#role(chunks)
  }

  #role(chunks: Wire[]): void {
    if (this.#hasRole) return
    this.#hasRole = true
    chunks.push(this.#chunk({ role: 'assistant' }))
  }

  #chunk(delta: Wire, beside: Wire = {}): Wire {
    return { ...this.#head, choices: [{ index: 0, delta, finish_reason: null, ...beside }] }
  }

  #finish(status: string, response: Wire, chunks: Wire[]): void {
    this.#isOver = true
    const { reason: given } = wireIn(response['incomplete_details'])
    const reason = String(given ?? 'length')
    const finished = this.#calls > 0 ? 'tool_calls' : 'stop'
    const known = REASONS.get(reason) ?? reason
    const finish_reason =
      status === 'completed' ? finished : status === 'incomplete' ? known : status
    chunks.push(this.#chunk({}, { finish_reason }))
    const usage = usageOf(response['usage'])
    if (usage) chunks.push({ ...this.#head, choices: [], usage })
  }

  // Items

  #takeItem(event: Wire, isDone: boolean, chunks: Wire[]): void {
    const { item: wire, output_index: index } = event
    if (!isWire(wire)) return
    const known = isDone ? this.#items.done(wire, index) : this.#items.added(wire, index)
    const item = known ?? this.#begin(wire, index, chunks)
    item.wasAdded = true
    this.#flush(item, wire, isDone, chunks)
  }

  /** An item of the terminal event: only what was not sent yet. */
  #takeWhole(wire: Wire, position: number, chunks: Wire[]): void {
    const known = this.#items.inOutput(wire, position)
    if (known?.isDone) return
    this.#flush(known ?? this.#begin(wire, position, chunks), wire, true, chunks)
  }

  #begin(wire: Wire, index: unknown, chunks: Wire[]): Item {
    const { type, id, call_id, name } = wire
    const item = this.#items.add({ type, id, call_id, name }, index)
    this.#sent.set(item, {
      call: undefined,
      characters: new Map(),
      annotations: 0,
      reasoning: undefined,
    })
    this.#role(chunks)
    this.#announce(item, chunks)
    return item
  }

  /** Begins a call once its id and its name are known. Arguments that came before are sent with the finished item. */
  #announce(item: Item, chunks: Wire[]): void {
    const sent = this.#sent.get(item)
    const [id, name] = [item.field('call_id'), item.field('name')]
    const isCustom = item.type === 'custom_tool_call'
    if (!isCustom && item.type !== 'function_call') return
    if (sent === undefined || sent.call !== undefined || isNothing(id) || isNothing(name)) return
    sent.call = this.#calls++
    const body = { name, [isCustom ? 'input' : 'arguments']: '' }
    const entry = { index: sent.call, id, type: isCustom ? 'custom' : 'function' }
    const call = { ...entry, [isCustom ? 'custom' : 'function']: body }
    chunks.push(this.#chunk({ tool_calls: [call] }))
  }

  #itemOf(event: Wire, kinds: readonly string[], chunks: Wire[]): Item {
    const { item_id: id, call_id, name, output_index: index } = event
    return (
      this.#items.find(kinds, event) ??
      this.#begin({ type: kinds[0], id, call_id, name }, index, chunks)
    )
  }

  /** Sends what an item has beyond the texts that were sent. */
  #flush(item: Item, wire: Wire, isDone: boolean, chunks: Wire[]): void {
    for (const field of ['id', 'call_id', 'name']) item.fill(field, wire[field])
    this.#items.remember(item)
    this.#announce(item, chunks)
    const parts = [...listIn(wire['summary']), ...listIn(wire['content'])].filter(isWire)
    const whole = new Map<string, string>()
    for (const { type, text, refusal } of parts)
      whole.set(String(type), (whole.get(String(type)) ?? '') + pieceOf(text ?? refusal))
    const call = wire['arguments'] ?? wire['input']
    if (typeof call === 'string') whole.set(item.type, call)
    for (const [part, text] of whole) {
      const field = part === item.type ? 'arguments' : PARTS[part]
      if (field === undefined) continue
      const sent = this.#sent.get(item)?.characters.get(field)?.total ?? 0
      this.#grow(item, field, part, text.slice(sent), chunks)
    }
    if (!isDone || item.isDone) return
    const annotations = parts.flatMap((part) => listIn(part['annotations']))
    this.#annotate(item, annotations.slice(this.#sent.get(item)?.annotations), chunks)
    item.isDone = true
    const { encrypted_content: data, id } = wire
    if (item.type === 'reasoning' && typeof data === 'string')
      chunks.push(
        this.#chunk({
          reasoning_details: [{ type: 'reasoning.encrypted', data, id, format: FORMAT }],
        }),
      )
  }

  // Texts

  #grow(
    item: Item,
    field: Text,
    part: string,
    piece: string,
    chunks: Wire[],
    beside: Wire = {},
  ): void {
    const sent = this.#sent.get(item)
    if (sent === undefined || piece === '') return
    if (field === 'reasoning_content' && (sent.reasoning ??= part) !== part) return
    if (field === 'arguments' && sent.call === undefined) return
    const count = sent.characters.get(field) ?? { total: 0, inPart: 0 }
    sent.characters.set(field, {
      total: count.total + piece.length,
      inPart: count.inPart + piece.length,
    })
    const name = item.type === 'custom_tool_call' ? 'custom' : 'function'
    const body = { [name === 'custom' ? 'input' : 'arguments']: piece }
    const delta =
      field === 'arguments'
        ? { tool_calls: [{ index: sent.call, [name]: body }] }
        : { [field]: piece }
    chunks.push(this.#chunk(delta, beside))
  }

  /** A text that is done: what its deltas have not said. */
  #end(item: Item, field: Text, part: string, text: string, chunks: Wire[]): void {
    const before = this.#sent.get(item)?.characters.get(field)?.inPart ?? 0
    this.#grow(item, field, part, text.slice(before), chunks)
    const count = this.#sent.get(item)?.characters.get(field)
    if (count && text !== '') count.inPart = 0
  }

  #annotate(item: Item, annotations: readonly unknown[], chunks: Wire[]): void {
    const sent = this.#sent.get(item)
    if (sent) sent.annotations += annotations.length
    for (const annotation of annotations) {
      if (!isWire(annotation) || annotation['type'] !== 'url_citation') continue
      const { type, ...url_citation } = annotation
      chunks.push(this.#chunk({ annotations: [{ type, url_citation }] }))
    }
  }
}

const FORMAT = 'openai-responses-v1'

function logprobsOf(logprobs: unknown): Wire {
  const content = listIn(logprobs)
    .filter(isWire)
    .map((one) => ({
      ...one,
      bytes: one['bytes'] ?? null,
      top_logprobs: one['top_logprobs'] ?? [],
    }))
  return isNothing(content) ? {} : { logprobs: { content, refusal: null } }
}

function usageOf(usage: unknown): Wire | undefined {
  if (!isWire(usage)) return undefined
  const { input_tokens, output_tokens, total_tokens, input_tokens_details, output_tokens_details } =
    usage
  return {
    prompt_tokens: input_tokens,
    completion_tokens: output_tokens,
    total_tokens,
    ...(isWire(input_tokens_details) && { prompt_tokens_details: input_tokens_details }),
    ...(isWire(output_tokens_details) && { completion_tokens_details: output_tokens_details }),
  }
}
