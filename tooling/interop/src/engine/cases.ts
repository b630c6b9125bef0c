// What is asked of llama-server. The answers are those of `model/dialogues.json`, which the model knows by heart.

import dialogues from '../../model/dialogues.json' with { type: 'json' }

/** Which server is asked: `chat` and `keyed` run the model that talks, and `keyed` wants a key; `slow` is slow. */
export type CaseServer = 'chat' | 'keyed' | 'slow'

export interface Case {
  readonly name: string
  readonly title: string
  readonly body: unknown
  /** Default: `/v1/chat/completions`. */
  readonly path?: string
  /** Default: `chat`. */
  readonly server?: CaseServer
  readonly headers?: Readonly<Record<string, string>>
  /** The client goes away once so many bytes have come. */
  readonly abortAfterBytes?: number
  /** The server is killed so long after the request. It must not be needed any more. */
  readonly killAfterMs?: number
  /** Another request, made just before, keeps the only slot busy. */
  readonly behind?: unknown
  /**
   * `exact`: the same words every time. `shape`: sampled, slow or cut, so that no two runs are alike, and only the
   * kinds of events are compared. Default: `exact`.
   */
  readonly compare?: 'exact' | 'shape'
  /** The same request with `stream: false` is recorded beside it. Default: whether the answer can be whole. */
  readonly unstreamed?: boolean
}

interface Tool {
  readonly type: string
  readonly function: {
    readonly name: string
    readonly description: string
    readonly parameters: unknown
  }
}

const tools = dialogues.find((dialogue) => dialogue.tools !== null)?.tools as readonly Tool[]
const user = (content: string) => ({ messages: [{ role: 'user', content }] })
const chat = { model: 'tiny-chat', stream: true, temperature: 0 }
const slow = { model: 'zeros', stream: true, temperature: 0, ignore_eos: true }

function asked(
  name: string,
  title: string,
  content: string,
  more: object = {},
  rest: Partial<Case> = {},
): Case {
  return { name, title, body: { ...chat, ...user(content), ...more }, ...rest }
}

/** The conversation that goes on after a tool's result, as a client sends it. */
function afterToolResult(): object {
  const dialogue = dialogues.find(({ messages }) => messages.some(({ role }) => role === 'tool'))
  const messages = dialogue?.messages.map((message) => ({
    ...message,
    ...('tool_calls' in message && {
      tool_calls: message.tool_calls?.map((call) => ({
        id: 'call_1',
        type: 'function',
        function: { name: call.function.name, arguments: JSON.stringify(call.function.arguments) },
      })),
    }),
    ...(message.role === 'tool' && { tool_call_id: 'call_1' }),
  }))
  return { ...chat, messages, tools }
}

const nameAndOk = {
  type: 'json_schema',
  json_schema: {
    name: 'x',
    schema: {
      type: 'object',
      properties: { name: { type: 'string' }, ok: { type: 'boolean' } },
      required: ['name', 'ok'],
      additionalProperties: false,
    },
  },
}

const answers: readonly Case[] = [
  asked('plain', 'A short answer', 'Say hello.'),
  asked(
    'plain-usage',
    'Usage in a chunk of its own, without choices',
    'What is the capital of France?',
    {
      stream_options: { include_usage: true },
    },
  ),
  {
    name: 'system',
    title: 'A short answer after a system message',
    body: {
      ...chat,
      messages: [{ role: 'system', content: 'Be brief.' }, ...user('Say hello.').messages],
    },
  },
  asked('unicode', 'Many scripts, emoji made of several characters', 'Greet me in many scripts.'),
  asked('line-breaks', 'Line breaks of every kind in the content', 'Write lines.'),
  asked(
    'content-looks-like-sse',
    'Content that looks like an event stream, [DONE] included',
    'Quote an event stream.',
  ),
  asked('json-text', 'JSON as content', 'Give me JSON.'),
  asked('long', 'A longer answer', 'Count to forty.'),
  asked('story', 'A longer answer in prose', 'Tell a short story.'),
  asked('empty-answer', 'An answer of no words', 'Be silent.'),
  asked('reasoning', 'Reasoning, then an answer', 'What is two plus two?'),
  asked('reasoning-only', 'Reasoning and no answer', 'Think but say nothing.'),
  asked(
    'reasoning-not-parsed',
    'Reasoning left in the content, as asked for',
    'What is two plus two?',
    {
      reasoning_format: 'none',
    },
  ),
  asked('length', 'An answer that is cut by max_tokens', 'Count to forty.', { max_tokens: 7 }),
  asked(
    'length-inside-character',
    'Cut by max_tokens in the middle of a character',
    'Greet me in many scripts.',
    {
      max_tokens: 33,
    },
  ),
  asked('stop-sequence', 'Ended by a stop sequence', 'Count to forty.', { stop: ['12'] }),
  asked('logprobs', 'Log probabilities', 'Say hello.', { logprobs: true, top_logprobs: 3 }),
  asked(
    'logprobs-unicode',
    'Log probabilities of parts of characters',
    'Greet me in many scripts.',
    {
      logprobs: true,
      top_logprobs: 2,
      max_tokens: 30,
    },
  ),
  asked('tool', 'A tool call', 'Weather in Paris?', { tools }),
  asked('tool-usage', 'A tool call, and usage', 'Weather in Paris?', {
    tools,
    stream_options: { include_usage: true },
  }),
  asked('tools-parallel', 'Two tool calls', 'Weather in Paris and Tokyo?', {
    tools,
    parallel_tool_calls: true,
  }),
  asked(
    'tools-parallel-off',
    'Two tool calls, though only one was allowed',
    'Weather in Paris and Tokyo?',
    {
      tools,
      parallel_tool_calls: false,
    },
  ),
  asked('text-then-tool', 'Text, then a tool call without arguments', 'What time is it?', {
    tools,
  }),
  asked('tool-escapes', 'Arguments with quotes and backslashes', 'Save a hard note.', {
    tools,
  }),
  asked('reasoning-then-tool', 'Reasoning, then a tool call', 'Think, then look up Oslo.', {
    tools,
  }),
  asked('tools-three', 'Three tool calls', 'Three things at once.', {
    tools,
    parallel_tool_calls: true,
  }),
  asked('tools-unused', 'An answer that needs none of the tools', 'Just chat.', { tools }),
  asked(
    'tool-choice-none',
    'The text of a tool call, where tools were forbidden',
    'Weather in Paris?',
    {
      tools,
      tool_choice: 'none',
    },
  ),
  asked('tool-choice-required', 'A tool call that was forced', 'Just chat.', {
    tools,
    tool_choice: 'required',
    max_tokens: 120,
  }),
  asked('tool-cut-by-length', 'Arguments that are cut by max_tokens', 'Save a hard note.', {
    tools,
    max_tokens: 30,
  }),
  {
    name: 'after-tool-result',
    title: 'An answer that uses what a tool said',
    body: afterToolResult(),
  },
  asked('json-schema', 'JSON that a schema forced', 'Give me JSON.', {
    max_tokens: 100,
    response_format: nameAndOk,
  }),
  asked(
    'n2',
    'Two choices, sampled, in turns',
    'Tell a short story.',
    { n: 2, temperature: 0.9, seed: 3, max_tokens: 24 },
    { compare: 'shape' },
  ),
  asked(
    'n3-usage',
    'Three choices, sampled, and usage',
    'Say hello.',
    { n: 3, temperature: 1.2, seed: 5, stream_options: { include_usage: true } },
    { compare: 'shape' },
  ),
  asked('timings-per-token', 'Timings in every chunk', 'Say hello.', { timings_per_token: true }),
  asked(
    'prompt-progress',
    'Chunks that say how far the prompt is read',
    'Say hello. '.repeat(150),
    {
      return_progress: true,
      max_tokens: 4,
    },
    { unstreamed: false },
  ),
]

const otherApis: readonly Case[] = [
  {
    name: 'completions',
    title: 'The legacy completions API',
    path: '/v1/completions',
    body: { ...chat, prompt: 'Once upon a time', max_tokens: 20 },
  },
  {
    name: 'completions-native',
    title: "llama-server's own completion API",
    path: '/completion',
    body: { ...chat, prompt: 'Once upon', n_predict: 8 },
  },
  {
    name: 'responses',
    title: 'The Responses API',
    path: '/v1/responses',
    body: { ...chat, input: 'Say hello.' },
  },
  {
    name: 'responses-tool',
    title: 'The Responses API, a tool call',
    path: '/v1/responses',
    body: {
      ...chat,
      input: 'Weather in Paris?',
      tools: tools.map((tool) => ({ type: 'function', ...tool.function })),
    },
  },
  {
    name: 'responses-reasoning',
    title: 'The Responses API, reasoning',
    path: '/v1/responses',
    body: { ...chat, input: 'What is two plus two?' },
  },
  {
    name: 'messages',
    title: 'The Messages API',
    path: '/v1/messages',
    body: { ...chat, ...user('Say hello.'), max_tokens: 64 },
  },
  {
    name: 'messages-tool',
    title: 'The Messages API, a tool call',
    path: '/v1/messages',
    body: {
      ...chat,
      ...user('Weather in Paris?'),
      max_tokens: 96,
      tools: tools.map(({ function: { name, description, parameters } }) => ({
        name,
        description,
        input_schema: parameters,
      })),
    },
  },
  {
    name: 'messages-thinking',
    title: 'The Messages API, thinking',
    path: '/v1/messages',
    body: { ...chat, ...user('What is two plus two?'), max_tokens: 96 },
  },
]

const errors: readonly Case[] = [
  {
    name: 'error-bad-json',
    title: 'An error: the request is no JSON',
    body: '{"model": "tiny-chat", "stream": true, ',
  },
  { name: 'error-no-messages', title: 'An error: no messages', body: chat },
  asked(
    'error-prompt-too-long',
    'An error: more than the model can read',
    'Say hello. '.repeat(900),
  ),
  asked('error-bad-param', 'An error: a temperature that is no number', 'Say hello.', {
    temperature: 'hot',
  }),
  asked('error-bad-grammar', 'An error: a grammar that is none', 'x', { grammar: 'root ::= (' }),
  asked('error-unknown-path', 'An error: no such path', 'x', {}, { path: '/v1/nothing' }),
  asked(
    'error-401',
    'An error: the key is wrong',
    'Say hello.',
    {},
    {
      server: 'keyed',
      headers: { authorization: 'Bearer not-the-key-of-anybody' },
    },
  ),
]

const ends: readonly Case[] = [
  asked(
    'abort-by-client',
    'A client that goes away',
    'Count to forty.',
    {},
    { abortAfterBytes: 2500 },
  ),
  {
    name: 'pings',
    title: 'Heartbeats while a long prompt is read',
    server: 'slow',
    body: { ...slow, ...user('z'.repeat(600)), return_progress: true, max_tokens: 4 },
  },
  {
    name: 'slow-abort-by-client',
    title: 'A client that goes away from a slow server',
    server: 'slow',
    body: { ...slow, ...user('hello'), max_tokens: 1000 },
    abortAfterBytes: 6000,
  },
  {
    name: 'queued',
    title: 'An answer that had to wait for the only slot, without a sign of life',
    server: 'slow',
    body: { ...slow, ...user('hello'), max_tokens: 4 },
    behind: { ...slow, ...user('z'), max_tokens: 150 },
  },
  {
    name: 'server-killed',
    title: 'A server that is killed while it answers',
    server: 'slow',
    body: { ...slow, ...user('hello'), max_tokens: 1000 },
    killAfterMs: 700,
  },
]

export const cases: readonly Case[] = [
  ...answers,
  ...otherApis,
  ...errors.map((error): Case => ({ ...error, unstreamed: false })),
  ...ends.map((end): Case => ({ ...end, compare: 'shape', unstreamed: false })),
]
