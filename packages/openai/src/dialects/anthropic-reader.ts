import type { EventLike } from '../read/source.ts'
import { isWire, type Wire, wireIn } from '../wire.ts'

/** Stop reasons with another name in chat completions. */
const REASONS: Readonly<Record<string, string>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool_calls',
  refusal: 'content_filter',
}

/** The parts of chunks that come from one event. */
interface Step {
  readonly delta: Wire
  readonly beside?: Wire
}

interface Chunk {
  readonly choices: readonly Wire[]
}

/** A chunk that says nothing: for events without a meaning in chat completions. */
const NOTHING: Chunk = { choices: [] }

/** Reads the events of one message as chunks. Its state is the head, the usage, and the numbers of tool calls. */
export class AnthropicReader {
  #head: Wire = {}
  #usage: Wire = {}
  /** The tool call of each block, and the input that its block began with, until arguments come. */
  readonly #calls = new Map<unknown, { readonly index: number; input: string | undefined }>()
  #textLength = 0
  /** The block that began last: a limit cuts no other. */
  #lastBlock: unknown

  /** The chunk that an event stands for; `undefined` for an event of another protocol. */
  read({ event }: EventLike, value: unknown): object | undefined {
    if (!isWire(value)) return undefined
    switch (value['type'] ?? event) {
      case 'message':
        return this.#whole(value)
      case 'message_start':
        return this.#start(wireIn(value['message']))
      case 'content_block_start':
        return this.#chunk(this.#begin(value['index'], wireIn(value['content_block'])))
      case 'content_block_delta':
        return this.#chunk(this.#grow(value['index'], wireIn(value['delta'])))
      case 'content_block_stop':
        return this.#chunk(this.#stop(value['index']))
      case 'message_delta':
        return this.#finish(wireIn(value['delta']), wireIn(value['usage']))
      case 'message_stop':
      case 'ping':
        return NOTHING
      default:
        return undefined
    }
  }

  #start(message: Wire): object {
    const { id, model, role, usage } = message
    this.#head = {
      object: 'chat.completion.chunk',
      ...(id !== undefined && { id }),
      ...(model !== undefined && { model }),
    }
    this.#usage = wireIn(usage)
    return this.#chunk({ delta: { role: role ?? 'assistant' } })
  }

  /** A message that was not streamed, as one chunk. */
  #whole(message: Wire): object {
    const { content, role = 'assistant', stop_reason, stop_sequence, usage } = message
    this.#start(message)
    const delta: Record<string, unknown> = { role }
    const add = (more: Wire): void => {
      for (const [field, value] of Object.entries(more)) {
        const before = delta[field]
        if (Array.isArray(value))
          delta[field] = [...(Array.isArray(before) ? before : []), ...value]
        else delta[field] = `${before ?? ''}${value}`
      }
    }
    for (const [index, block] of Array.isArray(content) ? content.entries() : [])
      add(this.#begin(index, wireIn(block))?.delta ?? {})
    add(this.#endAll(stop_reason))
    const { choices, ...rest } = this.#finish({ stop_reason, stop_sequence }, wireIn(usage))
    return { ...rest, choices: choices.map((choice) => ({ ...choice, delta })) }
  }

  #chunk(step: Step | undefined, fields: Wire = {}): Chunk {
    if (step === undefined) return NOTHING
    const choice = { index: 0, delta: step.delta, finish_reason: null, ...step.beside }
    return { ...this.#head, choices: [choice], ...fields }
  }

  #begin(index: unknown, block: Wire): Step | undefined {
    this.#lastBlock = index
    const { type, text, thinking, signature, data, id, name, input, citations } = block
    if (type === 'text') {
      const cited = Array.isArray(citations) && citations.length > 0
      return text || cited
        ? {
            delta: {
              ...this.#text(text),
              ...(cited && { annotations: citations.map((one) => this.#annotation(one)) }),
            },
          }
        : undefined
    }
    if (type === 'thinking')
      return thinking || signature ? details(index, { text: thinking, signature }) : undefined
    if (type === 'redacted_thinking')
      return {
        delta: {
          reasoning_details: [{ type: 'reasoning.encrypted', data, index, format: FORMAT }],
        },
      }
    if (type !== 'tool_use') return undefined
    // Some servers send the whole input here and again in deltas, which take its place in Anthropic's own client.
    const call = { index: this.#calls.size, input: JSON.stringify(wireIn(input)) }
    this.#calls.set(index, call)
    const body = { name, arguments: '' }
    return { delta: { tool_calls: [{ index: call.index, id, type: 'function', function: body }] } }
  }

  #grow(index: unknown, delta: Wire): Step | undefined {
    switch (delta['type']) {
      case 'text_delta':
        return { delta: this.#text(delta['text']) }
      case 'thinking_delta':
        return details(index, { text: delta['thinking'] })
      case 'signature_delta':
        return details(index, { signature: delta['signature'] })
      case 'citations_delta':
        return { delta: { annotations: [this.#annotation(delta['citation'])] } }
      case 'input_json_delta':
        return this.#arguments(index, String(delta['partial_json'] ?? ''))
      default:
        return undefined
    }
  }

  #arguments(index: unknown, piece: string): Step | undefined {
    const call = this.#calls.get(index)
    if (call === undefined || piece === '') return undefined
    call.input = undefined
    return { delta: { tool_calls: [{ index: call.index, function: { arguments: piece } }] } }
  }

  #text(text: unknown): Wire {
    const content = String(text ?? '')
    this.#textLength += content.length
    return { content }
  }

  /** A citation as an annotation. A position that Anthropic does not give is the text up to here. */
  #annotation(citation: unknown): Wire {
    const { url, title } = wireIn(citation)
    if (typeof url !== 'string') return { type: 'citation', citation }
    const place = { start_index: 0, end_index: this.#textLength }
    return { type: 'url_citation', url_citation: { url, title: title ?? '', ...place }, citation }
  }

  /** A block that stops without any input may have been cut: whether it was, the end of the message says. */
  #stop(index: unknown): Step | undefined {
    return this.#calls.get(index)?.input === NO_INPUT ? undefined : this.#end(index)
  }

  #end(index: unknown): Step | undefined {
    const call = this.#calls.get(index)
    if (call?.input === undefined) return undefined
    const ended = { index: call.index, function: { arguments: call.input } }
    call.input = undefined
    return { delta: { tool_calls: [ended] } }
  }

  /** The ends of the calls that have none. A call that a limit cut before its input has no arguments, and not `{}`. */
  #endAll(reason: unknown): Wire {
    const isCut = (index: unknown): boolean =>
      index === this.#lastBlock &&
      this.#calls.get(index)?.input === NO_INPUT &&
      reasonOf(reason) === 'length'
    const ends = [...this.#calls.keys()].flatMap((index) =>
      isCut(index) ? [] : (this.#end(index)?.delta['tool_calls'] ?? []),
    )
    return ends.length > 0 ? { tool_calls: ends } : {}
  }

  #finish(delta: Wire, usage: Wire): Chunk {
    const given = Object.entries(usage).filter(([, value]) => value !== null)
    this.#usage = { ...this.#usage, ...Object.fromEntries(given) }
    const { stop_reason: reason, stop_sequence: sequence } = delta
    const step: Step = {
      delta: typeof reason === 'string' ? this.#endAll(reason) : {},
      beside: {
        finish_reason: reasonOf(reason),
        ...(typeof sequence === 'string' && { stop_sequence: sequence }),
      },
    }
    const isCounted = Object.keys(this.#usage).length > 0
    return this.#chunk(step, isCounted ? { usage: usageOf(this.#usage) } : {})
  }
}

const FORMAT = 'anthropic-claude-v1'
/** The input with which a block begins. */
const NO_INPUT = '{}'

function reasonOf(reason: unknown): unknown {
  const known = typeof reason === 'string' && Object.hasOwn(REASONS, reason)
  return known ? REASONS[reason] : (reason ?? null)
}

function details(index: unknown, fields: Wire): Step {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined && value !== '')
  const detail = { type: 'reasoning.text', ...Object.fromEntries(given), index, format: FORMAT }
  return { delta: { reasoning_details: [detail] } }
}

function usageOf(usage: Wire): Wire {
  const count = (name: string): number => Number(usage[name] ?? 0)
  const [written, cached] = [count('cache_creation_input_tokens'), count('cache_read_input_tokens')]
  const prompt = count('input_tokens') + written + cached
  return {
    prompt_tokens: prompt,
    completion_tokens: count('output_tokens'),
    total_tokens: prompt + count('output_tokens'),
    prompt_tokens_details: { cached_tokens: cached, cache_write_tokens: written },
  }
}
