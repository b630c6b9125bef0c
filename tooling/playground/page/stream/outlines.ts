import type { MessageLog, SentError } from './message-log.ts'
import { fieldsIn, listIn, type Outline, sentError, textIn } from './outline-reader.ts'
import type { Fields } from './protocol.ts'

/** Anthropic Messages: blocks that begin, grow and stop, between `message_start` and `message_stop`. */
export class AnthropicOutline implements Outline {
  error: SentError | undefined
  #message: Record<string, unknown> = {}
  readonly #blocks: Record<string, unknown>[] = []
  #isWhole = false

  get verdict(): Outline['verdict'] {
    return { isWhole: this.#isWhole, reason: 'no-end' }
  }

  get message(): unknown {
    if (Object.keys(this.#message).length === 0) return undefined
    const content = this.#blocks.filter(Boolean).map(({ json, ...block }) => {
      return json === undefined ? block : { ...block, input: parsed(textIn(json)) }
    })
    return { ...this.#message, content }
  }

  event(log: MessageLog, value: Fields, known: number): void {
    const index = Number(value['index'] ?? 0)
    switch (value['type']) {
      case 'message_start': {
        this.#message = { ...fieldsIn(value['message']) }
        break
      }
      case 'content_block_start': {
        this.#start(log, index, fieldsIn(value['content_block']), known)
        break
      }
      case 'content_block_delta': {
        this.#delta(log, index, fieldsIn(value['delta']), known)
        break
      }
      case 'content_block_stop': {
        if (this.#blocks[index]?.['type'] === 'tool_use')
          log.callEnd(known, `block ${index}`, false)
        break
      }
      case 'message_delta': {
        this.#end(log, value, known)
        break
      }
      case 'message_stop': {
        this.#isWhole = true
        break
      }
      case 'error': {
        this.error = sentError(value['error'])
        break
      }
    }
  }

  #start(log: MessageLog, index: number, block: Fields, known: number): void {
    this.#blocks[index] = { ...block }
    const key = `block ${index}`
    if (block['type'] === 'tool_use')
      log.call(known, { key, choice: 0, id: textIn(block['id']), name: textIn(block['name']) })
    else
      this.#grow(
        log,
        index,
        block['type'] === 'thinking' ? 'thinking' : 'text',
        textIn(block['text']) || textIn(block['thinking']),
        known,
        false,
      )
  }

  #delta(log: MessageLog, index: number, delta: Fields, known: number): void {
    const block = (this.#blocks[index] ??= { type: 'text', text: '' })
    switch (delta['type']) {
      case 'text_delta': {
        this.#grow(log, index, 'text', textIn(delta['text']), known)
        break
      }
      case 'thinking_delta': {
        this.#grow(log, index, 'thinking', textIn(delta['thinking']), known)
        break
      }
      case 'input_json_delta': {
        const piece = textIn(delta['partial_json'])
        block['json'] = textIn(block['json']) + piece
        log.text(known, { key: `block ${index}`, choice: 0, type: 'tool-call' }, piece)
        break
      }
      case 'signature_delta': {
        block['signature'] = delta['signature']
        break
      }
    }
  }

  #grow(
    log: MessageLog,
    index: number,
    field: 'text' | 'thinking',
    piece: string,
    known: number,
    adds = true,
  ): void {
    const block = this.#blocks[index]
    if (adds && block) block[field] = textIn(block[field]) + piece
    const type = field === 'thinking' ? 'reasoning' : 'content'
    log.text(known, { key: `block ${index}`, choice: 0, type }, piece)
  }

  #end(log: MessageLog, value: Fields, known: number): void {
    const delta = fieldsIn(value['delta'])
    const usage = { ...fieldsIn(this.#message['usage']), ...fieldsIn(value['usage']) }
    Object.assign(this.#message, delta, { usage })
    if (typeof delta['stop_reason'] === 'string') log.finish(known, 0, delta['stop_reason'])
    if (Object.keys(usage).length > 0) log.usage(known, usage)
  }
}

/** Gemini: each event is a whole response that has only what is new. */
export class GeminiOutline implements Outline {
  error: SentError | undefined
  #last: Fields = {}
  readonly #parts = new Map<number, Record<string, unknown>[]>()
  readonly #reasons = new Map<number, string>()
  #calls = 0

  get verdict(): Outline['verdict'] {
    const isWhole = this.#parts.size > 0 && this.#reasons.size >= this.#parts.size
    return { isWhole, reason: 'no-finish-reason' }
  }

  get message(): unknown {
    if (this.#parts.size === 0) return undefined
    const candidates = [...this.#parts].map(([index, parts]) => ({
      content: { role: 'model', parts },
      finishReason: this.#reasons.get(index),
      index,
    }))
    return { ...this.#last, candidates }
  }

  event(log: MessageLog, value: Fields, known: number): void {
    if (value['error']) {
      this.error = sentError(value['error'])
      return
    }
    this.#last = { ...this.#last, ...value }
    for (const candidate of listIn(value['candidates'])) this.#candidate(log, candidate, known)
    if (value['usageMetadata']) log.usage(known, fieldsIn(value['usageMetadata']))
  }

  #candidate(log: MessageLog, candidate: Fields, known: number): void {
    const choice = Number(candidate['index'] ?? 0)
    const whole = this.#parts.get(choice) ?? []
    this.#parts.set(choice, whole)
    for (const part of listIn(fieldsIn(candidate['content'])['parts'])) {
      const isThought = part['thought'] === true
      if (typeof part['text'] === 'string') {
        const last = whole.at(-1)
        if (last && typeof last['text'] === 'string' && (last['thought'] === true) === isThought)
          last['text'] += part['text']
        else whole.push({ ...part })
        const type = isThought ? 'reasoning' : 'content'
        log.text(known, { key: `${choice} ${type}`, choice, type }, part['text'])
      } else {
        whole.push({ ...part })
        if (part['functionCall']) this.#call(log, choice, fieldsIn(part['functionCall']), known)
      }
    }
    if (typeof candidate['finishReason'] === 'string') {
      this.#reasons.set(choice, candidate['finishReason'])
      log.finish(known, choice, candidate['finishReason'])
    }
  }

  #call(log: MessageLog, choice: number, call: Fields, known: number): void {
    const key = `call ${this.#calls++}`
    log.call(known, { key, choice, id: textIn(call['id']), name: textIn(call['name']) })
    log.text(known, { key, choice, type: 'tool-call' }, JSON.stringify(call['args'] ?? {}))
    log.callEnd(known, key, false)
  }
}

function parsed(json: string): unknown {
  try {
    return json === '' ? {} : JSON.parse(json)
  } catch {
    return json
  }
}
