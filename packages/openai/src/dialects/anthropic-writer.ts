import { contentIn, reasoningIn } from '../accumulator/reasoning.ts'
import type { ChunkEvent } from '../split/chunk-event.ts'
import type { ErrorFrame } from '../types.ts'
import { isWire, textOf, type Wire, wireIn } from '../wire.ts'
import type { DialectWriter } from './types.ts'

/** Finish reasons with another name here. */
const REASONS: Readonly<Record<string, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  function_call: 'tool_use',
  content_filter: 'refusal',
}

/** The block that text or thinking goes into. */
interface OpenBlock {
  readonly type: string
  readonly index: number
  /** The index of a block of reasoning: another one begins another block. */
  readonly source: unknown
}

/**
 * The block of a tool call. It begins when the name is known: what came before waits. A name may come in pieces, so the
 * block begins with the first arguments, or where something else goes on.
 */
interface CallBlock {
  index?: number
  id: string
  name: string
  /** The index of the call in chunks. */
  source?: unknown
  waiting: string
}

/**
 * Writes chunks as the events of one message. A block of text or thinking ends where another begins. Blocks of tool calls
 * stay open until the end, because the arguments of several calls may take turns. `message_delta` waits for the end,
 * because usage comes after the finish reason.
 */
export class AnthropicWriter implements DialectWriter {
  #hasStarted = false
  #blocks = 0
  #open: OpenBlock | undefined
  /** The types of the blocks so far. */
  readonly #types = new Set<unknown>()
  readonly #calls: CallBlock[] = []
  /** The calls, by their indexes in chunks and by their ids. */
  readonly #callsByKey = new Map<unknown, CallBlock>()
  #lastCall: CallBlock | undefined
  #reason: string | undefined
  #sequence: unknown = null
  #usage: Wire = {}

  chunk(chunk: object): ChunkEvent[] {
    const events: ChunkEvent[] = []
    const wire = wireIn(chunk)
    if (wire['error']) return this.error({ error: wire['error'] } as ErrorFrame)
    if (isWire(wire['usage'])) this.#usage = wire['usage']
    const choice = listIn(wire['choices']).find((one) => (one['index'] ?? 0) === 0)
    if (choice === undefined) return events
    if (!this.#hasStarted) events.push(this.#start(wire))
    const last = this.#lastCall
    const name = last?.name
    this.#add(choice, events)
    if (last?.name === name) this.#beginNamed(last, events)
    const { finish_reason: reason, stop_sequence: sequence } = choice
    if (typeof reason === 'string' && reason !== '') {
      const isSequence = typeof sequence === 'string'
      if (isSequence) this.#sequence = sequence
      const known = Object.hasOwn(REASONS, reason) ? (REASONS[reason] ?? reason) : reason
      this.#reason = isSequence ? 'stop_sequence' : known
    }
    return events
  }

  /** Some servers send a message in place of a delta, which may repeat what was written; legacy completions have a text. */
  #add({ delta, message, text }: Wire, events: ChunkEvent[]): void {
    const isWhole = !isWire(delta) && isWire(message)
    const part = isWire(delta) ? delta : isWhole ? message : { content: text }
    const isNews = (type: string): boolean => !(isWhole && this.#types.has(type))
    if (isNews('thinking') && isNews('redacted_thinking')) this.#reasoning(part, events)
    if (isNews('text')) this.#text(part, events)
    if (!isNews('tool_use')) return
    for (const call of listIn(part['tool_calls'])) this.#call(call, events)
    const { function_call: legacy } = part
    if (isWire(legacy)) this.#call({ id: 'call_0', function: legacy }, events)
  }

  #text(delta: Wire, events: ChunkEvent[]): void {
    const texts = [contentIn(delta['content']), contentIn(delta['refusal'])]
    for (const text of texts)
      if (text !== '') this.#grow('text', undefined, { type: 'text_delta', text }, events)
    for (const annotation of listIn(delta['annotations'])) this.#cite(annotation, events)
  }

  #start({ id, model }: Wire): ChunkEvent {
    this.#hasStarted = true
    const message = {
      id: id ?? 'msg',
      type: 'message',
      role: 'assistant',
      model: model ?? '',
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { input_tokens: 0, output_tokens: 0 },
    }
    return event('message_start', { message })
  }

  #reasoning(delta: Wire, events: ChunkEvent[]): void {
    const blocks = listIn(delta['reasoning_details'])
    for (const { type, text, summary, signature, data, index } of blocks) {
      if (type === 'reasoning.encrypted') {
        this.#beginNamed(this.#lastCall, events)
        this.#close(events)
        events.push(this.#begin({ type: 'redacted_thinking', data }))
        events.push(event('content_block_stop', { index: this.#blocks - 1 }))
        continue
      }
      const thinking = text ?? summary
      if (typeof thinking === 'string' && thinking !== '')
        this.#grow('thinking', index, { type: 'thinking_delta', thinking }, events)
      if (typeof signature === 'string' && signature !== '') {
        this.#grow('thinking', index, { type: 'signature_delta', signature }, events)
        this.#close(events)
      }
    }
    const named = delta['reasoning_content'] ?? delta['reasoning']
    const thinking = named ?? reasoningIn('content', delta['content'])
    if (blocks.length === 0 && typeof thinking === 'string' && thinking !== '')
      this.#grow('thinking', undefined, { type: 'thinking_delta', thinking }, events)
  }

  #grow(type: 'text' | 'thinking', source: unknown, delta: Wire, events: ChunkEvent[]): void {
    if (this.#open?.type !== type || this.#open.source !== source) {
      this.#beginNamed(this.#lastCall, events)
      this.#close(events)
      this.#open = { type, index: this.#blocks, source }
      events.push(
        this.#begin(type === 'text' ? { type, text: '' } : { type, thinking: '', signature: '' }),
      )
    }
    events.push(event('content_block_delta', { index: this.#open.index, delta }))
  }

  #cite(annotation: Wire, events: ChunkEvent[]): void {
    const { citation, url_citation: cited } = annotation
    const { url, title } = wireIn(cited)
    const made = {
      type: 'web_search_result_location',
      url,
      title: title ?? null,
      cited_text: '',
      encrypted_index: '',
    }
    const given = isWire(citation) ? citation : url === undefined ? undefined : made
    if (given) this.#grow('text', undefined, { type: 'citations_delta', citation: given }, events)
  }

  #call(call: Wire, events: ChunkEvent[]): void {
    const body = isWire(call['function']) ? call['function'] : wireIn(call['custom'])
    const source = call['index'] ?? undefined
    const id = textOf(call['id'])
    const name = textOf(body['name'])
    const piece = textOf(body['arguments'] ?? body['input'])
    let block = this.#find(source, id, name, piece)
    if (block === undefined) {
      block = { id: '', name: '', waiting: '' }
      this.#types.add('tool_use')
      this.#calls.push(block)
    }
    if (block !== this.#lastCall) this.#beginNamed(this.#lastCall, events)
    this.#lastCall = block
    if (block.source === undefined && source !== undefined)
      this.#callsByKey.set((block.source = source), block)
    if (block.id === '' && id !== '') this.#callsByKey.set((block.id = id), block)
    if (block.index === undefined && name !== block.name) block.name += name
    block.waiting += piece
    if (block.waiting !== '') this.#beginNamed(block, events)
  }

  /** The call that a fragment belongs to, by the main rules of the accumulator. */
  #find(source: unknown, id: string, name: string, piece: string): CallBlock | undefined {
    const named = id === '' ? undefined : this.#callsByKey.get(id)
    if (source !== undefined) {
      const block = this.#callsByKey.get(source)
      if (block === undefined) return named?.source === undefined ? named : undefined
      if (id === '' || id === block.id) return block
      return named ?? (block.id === '' || name === '' ? block : undefined)
    }
    if (id !== '') return named
    const last = this.#lastCall
    return name === '' || (name === last?.name && !/^\s*[[{]/.test(piece)) ? last : undefined
  }

  #beginNamed(block: CallBlock | undefined, events: ChunkEvent[]): void {
    if (block?.name) this.#send(block, events)
  }

  /** Begins the block of a call, and sends what waits for it. */
  #send(block: CallBlock, events: ChunkEvent[]): void {
    if (block.index === undefined) {
      const { id, name } = block
      this.#close(events)
      block.index = this.#blocks
      events.push(this.#begin({ type: 'tool_use', id, name, input: {} }))
    }
    const { index, waiting } = block
    block.waiting = ''
    if (waiting)
      events.push(
        event('content_block_delta', {
          index,
          delta: { type: 'input_json_delta', partial_json: waiting },
        }),
      )
  }

  #begin(block: Wire): ChunkEvent {
    this.#types.add(block['type'])
    return event('content_block_start', { index: this.#blocks++, content_block: block })
  }

  #close(events: ChunkEvent[]): void {
    if (this.#open) events.push(event('content_block_stop', { index: this.#open.index }))
    this.#open = undefined
  }

  /** The end of a message. A stream without a finish reason was cut, and stays so. */
  end(): ChunkEvent[] {
    const events: ChunkEvent[] = []
    if (this.#reason === undefined) return events
    this.#close(events)
    // A call that got no name is still shown.
    for (const block of this.#calls) this.#send(block, events)
    for (const { index } of this.#calls) events.push(event('content_block_stop', { index }))
    const delta = { stop_reason: this.#reason, stop_sequence: this.#sequence }
    events.push(event('message_delta', { delta, usage: usageOf(this.#usage) }))
    events.push(event('message_stop', {}))
    return events
  }

  error({ error }: ErrorFrame): ChunkEvent[] {
    const { type, message = error } = wireIn(error)
    this.#reason = undefined
    return [event('error', { error: { type: type ?? 'api_error', message: textOf(message) } })]
  }
}

function event(type: string, fields: Wire): ChunkEvent {
  return { event: type, data: JSON.stringify({ type, ...fields }) }
}

/** The cached tokens are part of the prompt in chat completions, and stand beside it here. */
function usageOf(usage: Wire): Wire {
  const details = wireIn(usage['prompt_tokens_details'])
  const [cached, written] = [details['cached_tokens'], details['cache_write_tokens']].map((count) =>
    Number(count ?? 0),
  )
  return {
    input_tokens: Number(usage['prompt_tokens'] ?? 0) - (cached ?? 0) - (written ?? 0),
    output_tokens: Number(usage['completion_tokens'] ?? 0),
    ...(written && { cache_creation_input_tokens: written }),
    ...(cached && { cache_read_input_tokens: cached }),
  }
}

function listIn(value: unknown): readonly Wire[] {
  return Array.isArray(value) ? value.filter(isWire) : []
}
