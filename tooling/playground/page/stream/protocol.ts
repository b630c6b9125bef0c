/** What a stream of events speaks. */
export type Protocol =
  | 'chat'
  | 'legacy'
  | 'responses'
  | 'anthropic'
  | 'gemini'
  | 'crucible'
  | 'events'

/** What people call each of them. */
export const protocolNames: Readonly<Record<Protocol, string>> = {
  chat: 'Chat completions',
  legacy: 'Legacy completions',
  responses: 'Responses API',
  anthropic: 'Anthropic Messages',
  gemini: 'Gemini',
  crucible: 'Crucible',
  events: 'Plain events',
}

/** An event as the parser gives it. */
export interface EventShape {
  readonly event?: string | undefined
  readonly data: string
}

/** After so many events that fit no protocol, the stream is plain events. */
const PATIENCE = 4

/**
 * Finds the protocol of a stream from its first events. Pings and events that fit several protocols decide nothing; the
 * answer never changes once it is given.
 */
export class ProtocolDetector {
  #found: Protocol | undefined
  #undecided = 0

  /** Takes the next event, and answers what is known by now. */
  push(event: EventShape): Protocol | undefined {
    if (this.#found) return this.#found
    this.#found = protocolOf(event)
    if (!this.#found && !isPing(event) && ++this.#undecided >= PATIENCE) this.#found = 'events'
    return this.#found
  }

  /** The answer for a stream that has ended. */
  end(): Protocol {
    return (this.#found ??= 'events')
  }
}

/** The protocol that one event decides for, if it does. */
export function protocolOf({ event = '', data }: EventShape): Protocol | undefined {
  if (/^\s*\[DONE\]\s*$/.test(data)) return 'chat'
  if (event === 'reasoning_trace') return 'crucible'
  // Without blank lines between them, all chunks are one event, with a document on each line.
  const [first = '', ...rest] = data.split('\n', 2)
  const value = objectIn(data) ?? (rest.length > 0 ? objectIn(first) : undefined)
  if (!value) return undefined
  const type = typeof value['type'] === 'string' ? value['type'] : event
  if (type.startsWith('response.')) return 'responses'
  if (/^(message_(start|delta|stop)|content_block_(start|delta|stop))$/.test(type))
    return 'anthropic'
  if (Array.isArray(value['candidates']) || 'usageMetadata' in value) return 'gemini'
  if (Array.isArray(value['choices'])) return byChoices(value, value['choices'])
  if ('reasoning_trace' in value || typeof value['output'] === 'string') return 'crucible'
  return byError(value, type)
}

function byChoices(value: Fields, choices: readonly unknown[]): Protocol {
  const [first] = choices
  const isText = isFields(first) && 'text' in first && !('delta' in first)
  return value['object'] === 'text_completion' || isText ? 'legacy' : 'chat'
}

/** An error in the place of a stream tells whose it is by its shape. */
function byError(value: Fields, type: string): Protocol | undefined {
  const { error } = value
  if (type === 'error') {
    if (isFields(error)) return 'anthropic'
    return 'message' in value ? 'responses' : undefined
  }
  if (isFields(error)) return /^[A-Z_]+$/.test(String(error['status'])) ? 'gemini' : 'chat'
  return typeof error === 'string' ? 'chat' : undefined
}

function isPing({ event, data }: EventShape): boolean {
  return event === 'ping' || event === 'heartbeat' || objectIn(data)?.['type'] === 'ping'
}

export type Fields = Readonly<Record<string, unknown>>

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The JSON object that a text is, if it is one. */
export function objectIn(text: string): Fields | undefined {
  // The cheap look first: most texts that are not objects fail it.
  if (!/^\s*\{/.test(text)) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return isFields(value) ? value : undefined
  } catch {
    return undefined
  }
}
