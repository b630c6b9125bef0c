import { wrong } from './errors.ts'

/** What a request asks for. Whatever else it holds changes nothing here. */
export interface Asked {
  readonly model: string
  readonly stream: boolean
  readonly includeUsage: boolean
  /** The last message of the user, or the prompt. */
  readonly text: string
  /** Crucible: whether the model shall think. */
  readonly isDeep: boolean
}

const MODES = ['standard', 'fast', 'deep']

/** @throws {@link Refusal} that names the field and what it has to be */
export function readAsked(
  body: Record<string, unknown>,
  endpoint: string,
  byDefault = 'tesserae',
): Asked {
  const { model = byDefault, stream = false, stream_options: options, mode = 'standard' } = body
  if (typeof model !== 'string')
    throw wrong('model', 'the name of a model, of those that GET /v1/models lists')
  if (typeof stream !== 'boolean' && stream !== null) throw wrong('stream', 'true or false')
  if (options !== undefined && options !== null && typeof options !== 'object')
    throw wrong('stream_options', 'an object, such as {"include_usage": true}')
  if (!MODES.includes(mode as string)) throw wrong('mode', 'one of "standard", "fast" and "deep"')
  return {
    model,
    stream: stream === true,
    includeUsage:
      // The newer APIs always count.
      !endpoint.endsWith('/completions') ||
      (options as { include_usage?: unknown } | undefined)?.include_usage === true,
    text: textIn(body, endpoint),
    isDeep: mode === 'deep',
  }
}

function textIn({ prompt, input, messages }: Record<string, unknown>, endpoint: string): string {
  if (endpoint === '/v1/completions') {
    const text = Array.isArray(prompt) ? prompt[0] : prompt
    if (typeof text !== 'string') throw wrong('prompt', 'a text, or a list of texts')
    return text
  }
  if (endpoint !== '/v1/responses') return lastOfUser('messages', messages)
  return typeof input === 'string' ? input : lastOfUser('input', input)
}

function lastOfUser(field: string, messages: unknown): string {
  if (!Array.isArray(messages) || messages.length === 0)
    throw wrong(field, 'a list, such as [{"role": "user", "content": "Hello"}]')
  const last: unknown = messages.findLast((message) => message?.role === 'user')
  const { content } = (last ?? {}) as { content?: unknown }
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  return content.map((part) => (typeof part?.text === 'string' ? part.text : '')).join('')
}
