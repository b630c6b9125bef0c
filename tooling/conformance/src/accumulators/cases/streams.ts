import type { Case } from '../case.ts'
import { chunk, finish, head, role, say, tokens } from './pieces.ts'

const stop = finish('stop')
const hello = [role, say({ content: 'Hel' }), say({ content: 'lo' })]

export const streams: readonly Case[] = [
  {
    name: 'choices null (MiniMax)',
    why: 'A chunk without a choice adds nothing to any.',
    data: [role, say({ content: 'Hel' }), { ...head, choices: null }, say({ content: 'lo' }), stop],
    expected: { content: 'Hello' },
  },
  {
    name: 'choices missing',
    why: 'A chunk without a choice adds nothing to any.',
    data: [role, say({ content: 'Hel' }), { ...head }, say({ content: 'lo' }), stop],
    expected: { content: 'Hello' },
  },
  {
    name: 'an event that says null (gateways)',
    why: 'The event is empty, and changes nothing.',
    data: [role, say({ content: 'Hel' }), 'null', say({ content: 'lo' }), stop],
    expected: { content: 'Hello' },
  },
  {
    name: 'a delta that is null, or missing (Azure)',
    why: 'The results of a filter come in a choice without a delta, as its documentation shows.',
    data: [
      role,
      say({ content: 'Hello' }),
      say(null),
      chunk({
        index: 0,
        finish_reason: null,
        content_filter_results: {},
        content_filter_offsets: {},
      }),
      stop,
    ],
    expected: { content: 'Hello' },
  },
  {
    name: 'a choice without an index (LocalAI)',
    why: 'Where one choice was asked for, it is that one.',
    data: [
      { ...head, choices: [{ delta: { role: 'assistant', content: 'Hel' } }] },
      { ...head, choices: [{ delta: { content: 'lo' } }] },
      { ...head, choices: [{ delta: {}, finish_reason: 'stop' }] },
    ],
    expected: { content: 'Hello' },
  },
  {
    name: 'an empty finish reason in each chunk (Ollama)',
    why: 'Empty is none yet.',
    data: [
      chunk({ index: 0, delta: { role: 'assistant', content: 'Hel' }, finish_reason: '' }),
      chunk({ index: 0, delta: { content: 'lo' }, finish_reason: '' }),
      stop,
    ],
    expected: { content: 'Hello', finish: 'stop' },
  },
  {
    name: 'the finish reason twice, once with text (OpenRouter)',
    why: 'It has one finish reason, however often that is sent.',
    data: [
      role,
      say({ content: 'Hel' }),
      chunk({ index: 0, delta: { content: 'lo' }, finish_reason: 'stop' }),
      chunk({ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: 'stop' }),
    ],
    expected: { content: 'Hello', finish: 'stop' },
  },
  {
    name: 'text after the finish reason',
    why: 'Nothing that was sent may be lost.',
    data: [
      role,
      chunk({ index: 0, delta: { content: 'Hel' }, finish_reason: 'stop' }),
      chunk({ index: 0, delta: { content: 'lo' } }),
    ],
    expected: { content: 'Hello' },
  },
  {
    name: 'an unknown finish reason',
    why: 'The server stopped, and says why in its own word.',
    data: [...hello, finish('eos')],
    expected: { content: 'Hello' },
  },
  {
    name: 'a finish reason and no [DONE] (Perplexity, Writer)',
    why: 'The finish reason says that it is whole.',
    data: [...hello, stop],
    end: 'none',
    expected: { content: 'Hello', finish: 'stop' },
  },
  {
    name: 'neither: the connection broke',
    why: 'What was cut must not pass for a whole message.',
    data: hello,
    end: 'none',
    expected: { cut: true },
  },
  {
    name: 'usage in a chunk without choices (OpenAI)',
    why: 'This is how the documentation has it.',
    data: [...hello, stop, { ...head, choices: [], usage: tokens(3, 2) }],
    expected: { usage: [3, 2], content: 'Hello' },
  },
  {
    name: 'usage so far in each chunk, and null in the last (vLLM)',
    why: 'Each replaces the one before; null is not zero.',
    data: [
      { ...role, usage: tokens(3, 0) },
      { ...say({ content: 'Hel' }), usage: tokens(3, 1) },
      { ...say({ content: 'lo' }), usage: tokens(3, 2) },
      { ...stop, usage: null },
    ],
    expected: { usage: [3, 2], content: 'Hello' },
  },
  {
    name: 'usage in `x_groq` (Groq)',
    why: 'Its documentation has the usage of a stream there.',
    data: [...hello, { ...stop, x_groq: { id: 'req_1', usage: tokens(3, 2) } }],
    expected: { usage: [3, 2] },
  },
  {
    name: 'usage in the choice (Moonshot)',
    why: 'Its documentation has the usage of a stream there.',
    data: [...hello, finish('stop', { usage: tokens(3, 2) })],
    expected: { usage: [3, 2] },
  },
  {
    name: 'an error in the middle (OpenAI, vLLM)',
    why: 'The server says that it failed.',
    data: [
      role,
      say({ content: 'Hel' }),
      { error: { message: 'overloaded', type: 'server_error', code: null } },
    ],
    end: 'none',
    expected: { error: true },
  },
  {
    name: 'an event named error (Groq)',
    why: 'The server says that it failed.',
    data: [],
    body:
      `data: ${JSON.stringify(role)}\n\ndata: ${JSON.stringify(say({ content: 'Hel' }))}\n\n` +
      'event: error\ndata: {"error":{"message":"overloaded","type":"server_error","code":null}}\n\n',
    expected: { error: true },
  },
  {
    name: 'an error beside a choice that ends in one (OpenRouter)',
    why: 'The server says that it failed, whatever else is in the chunk.',
    data: [
      role,
      say({ content: 'Hel' }),
      {
        ...chunk({ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: 'error' }),
        error: { code: 502, message: 'overloaded' },
      },
    ],
    expected: { error: true },
  },
  {
    name: 'an error as text',
    why: 'The server says that it failed.',
    data: [role, say({ content: 'Hel' }), { error: 'overloaded' }],
    end: 'none',
    expected: { error: true },
  },
  {
    name: 'another id in each chunk (Groq compound)',
    why: 'One connection carries one message.',
    data: [
      { ...role, id: 'a' },
      { ...say({ content: 'Hel' }), id: 'b' },
      { ...say({ content: 'lo' }), id: 'c' },
      { ...stop, id: 'stub' },
    ],
    expected: { content: 'Hello', finish: 'stop' },
  },
  {
    name: 'CR LF, no space after the colon, comments (Perplexity, OpenRouter)',
    why: 'All of it is allowed by the standard for event streams.',
    data: [],
    body: [
      ': OPENROUTER PROCESSING',
      '',
      ...[...hello, stop].flatMap((each) => [`data:${JSON.stringify(each)}`, ': ping', '']),
      'data:[DONE]',
      '',
      '',
    ].join('\r\n'),
    expected: { content: 'Hello', finish: 'stop' },
  },
  {
    name: 'placeholders first, with the results of filters (Azure)',
    why: 'A chunk without choices comes before the message.',
    data: [
      { id: '', object: '', created: 0, model: '', choices: [], prompt_filter_results: [] },
      ...hello,
      stop,
    ],
    expected: { content: 'Hello', finish: 'stop' },
  },
]
