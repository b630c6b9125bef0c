import type { StreamRequest } from './fetch-stream.ts'
import { fieldsIn, textIn } from './outline-reader.ts'

/** The APIs that the form can ask. */
export type Api = 'chat' | 'responses' | 'anthropic' | 'custom'

export const apiNames: Readonly<Record<Api, string>> = {
  chat: 'Chat completions',
  responses: 'Responses',
  anthropic: 'Anthropic Messages',
  custom: 'Any request',
}

/** Everything in the form. The key is not among it: it stays in the memory of the tab. */
export interface Question {
  readonly preset: string
  readonly api: Api
  readonly baseUrl: string
  readonly model: string
  readonly prompt: string
  readonly isForwarded: boolean
  /** For any request: the address is `baseUrl`. */
  readonly method: 'POST' | 'GET'
  readonly headers: string
  readonly body: string
}

export interface Preset {
  readonly id: string
  readonly name: string
  readonly api: Api
  readonly baseUrl: string
  readonly model: string
  readonly needsKey: boolean
}

/** Where people's models are. The local ones need no key. */
export const presets: readonly Preset[] = [
  {
    id: 'playground',
    name: 'This playground',
    api: 'chat',
    baseUrl: '/v1',
    model: 'tesserae',
    needsKey: false,
  },
  {
    id: 'openai',
    name: 'OpenAI',
    api: 'responses',
    baseUrl: 'https://api.openai.com/v1',
    model: 'gpt-5-mini',
    needsKey: true,
  },
  {
    id: 'openrouter',
    name: 'OpenRouter',
    api: 'chat',
    baseUrl: 'https://openrouter.ai/api/v1',
    model: 'openai/gpt-5-mini',
    needsKey: true,
  },
  {
    id: 'anthropic',
    name: 'Anthropic',
    api: 'anthropic',
    baseUrl: 'https://api.anthropic.com/v1',
    model: 'claude-sonnet-4-5',
    needsKey: true,
  },
  {
    id: 'ollama',
    name: 'Ollama',
    api: 'chat',
    baseUrl: 'http://127.0.0.1:11434/v1',
    model: 'llama3.2',
    needsKey: false,
  },
  {
    id: 'llama-server',
    name: 'llama-server',
    api: 'chat',
    baseUrl: 'http://127.0.0.1:8080/v1',
    model: 'default',
    needsKey: false,
  },
  {
    id: 'vllm',
    name: 'vLLM',
    api: 'chat',
    baseUrl: 'http://127.0.0.1:8000/v1',
    model: 'default',
    needsKey: false,
  },
  {
    id: 'lm-studio',
    name: 'LM Studio',
    api: 'chat',
    baseUrl: 'http://127.0.0.1:1234/v1',
    model: 'default',
    needsKey: false,
  },
  { id: 'custom', name: 'Any request', api: 'custom', baseUrl: '', model: '', needsKey: false },
]

export const firstQuestion: Question = {
  preset: 'playground',
  api: 'chat',
  baseUrl: '/v1',
  model: 'tesserae',
  prompt: 'Who are you?',
  isForwarded: true,
  method: 'POST',
  headers: 'content-type: application/json',
  body: '',
}

/** A question as it was kept, whatever the storage holds. */
export function readQuestion(kept: string | null): Question {
  let value: unknown
  try {
    value = JSON.parse(kept ?? '')
  } catch {
    return firstQuestion
  }
  const fields = fieldsIn(value)
  const text = (name: keyof Question): string =>
    typeof fields[name] === 'string' ? textIn(fields[name]) : String(firstQuestion[name])
  const api = Object.hasOwn(apiNames, text('api')) ? (text('api') as Api) : 'chat'
  return {
    preset: presets.some(({ id }) => id === text('preset')) ? text('preset') : 'custom',
    api,
    baseUrl: text('baseUrl'),
    model: text('model'),
    prompt: text('prompt'),
    isForwarded: fields['isForwarded'] !== false,
    method: text('method') === 'GET' ? 'GET' : 'POST',
    headers: text('headers'),
    body: text('body'),
  }
}

/** The request that a question makes, or what has to be changed first. */
export function requestOf(
  question: Question,
  key: string,
  base: string,
): { readonly request: StreamRequest } | { readonly wrong: string } {
  const { api, baseUrl, method } = question
  const path = {
    chat: '/chat/completions',
    responses: '/responses',
    anthropic: '/messages',
    custom: '',
  }[api]
  const url = addressOf(baseUrl, path, base)
  if (!url) return { wrong: 'Write a base URL that begins with http:// or https://.' }
  const read = readHeaders(api === 'custom' ? question.headers : '')
  if ('wrong' in read)
    return { wrong: `This line is not a header: “${read.wrong}”. Write name: value, in Latin-1.` }
  if (!/^[\x20-\x7e]*$/.test(key))
    return { wrong: 'The key has characters that no key has. Paste it again.' }
  const isCustom = api === 'custom'
  const body = isCustom ? question.body : JSON.stringify(bodyOf(question))
  return {
    request: {
      url: url.href,
      method: isCustom ? method : 'POST',
      headers: {
        ...(isCustom ? read.headers : { 'content-type': 'application/json' }),
        ...keyHeaders(api, key),
      },
      timing: 'live',
      // The server of the page needs no forwarding to itself.
      isForwarded: question.isForwarded && url.origin !== new URL(base).origin,
      ...((!isCustom || method !== 'GET') && { body }),
    },
  }
}

/** The same request without streaming, if its body says that it streams. */
export function unstreamed(request: StreamRequest): StreamRequest | undefined {
  let body: Record<string, unknown>
  try {
    body = { ...fieldsIn(JSON.parse(request.body ?? '')) }
  } catch {
    return undefined
  }
  if (body['stream'] !== true) return undefined
  delete body['stream']
  delete body['stream_options']
  if ('playground' in body) delete body['playground']
  return { ...request, body: JSON.stringify(body) }
}

function bodyOf({ api, model, prompt }: Question): object {
  const messages = [{ role: 'user', content: prompt }]
  if (api === 'responses') return { model, input: prompt, stream: true }
  if (api === 'anthropic') return { model, messages, max_tokens: 1024, stream: true }
  return { model, messages, stream: true, stream_options: { include_usage: true } }
}

function keyHeaders(api: Api, key: string): Record<string, string> {
  const version: Record<string, string> =
    api === 'anthropic' ? { 'anthropic-version': '2023-06-01' } : {}
  if (key === '') return version
  return api === 'anthropic' ? { ...version, 'x-api-key': key } : { authorization: `Bearer ${key}` }
}

function addressOf(baseUrl: string, path: string, base: string): URL | undefined {
  const text = baseUrl.trim().replace(/\/+$/, '')
  // A path alone is one of this server.
  if (!/^(https?:\/)?\/./i.test(text)) return undefined
  try {
    const url = new URL(text + path, base)
    return /^https?:$/.test(url.protocol) ? url : undefined
  } catch {
    return undefined
  }
}

/** Takes headers as people write them, one a line. Answers which line is not one. */
export function readHeaders(
  text: string,
): { readonly headers: Record<string, string> } | { readonly wrong: string } {
  const headers: Record<string, string> = {}
  for (const line of text.split('\n').map((line) => line.trim())) {
    if (line === '') continue
    const found = /^([!#$%&'*+.^_`|~\w-]+)\s*:\s*(.*)$/.exec(line)
    // Browsers send no characters beyond Latin-1 in a header, and report it only by sending nothing.
    if (!found || !/^[\t\x20-\x7e\x80-\xff]*$/.test(found[2]!)) return { wrong: line }
    headers[found[1]!] = found[2]!
  }
  return { headers }
}
