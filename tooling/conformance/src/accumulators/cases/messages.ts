import type { Case } from '../case.ts'
import { chunk, finish, role, say } from './pieces.ts'

const stop = finish('stop')

export const messages: readonly Case[] = [
  {
    name: 'plain text (OpenAI)',
    why: 'The text is its pieces in order.',
    data: [role, say({ content: 'Hel' }), say({ content: 'lo' }), stop],
    expected: { content: 'Hello', finish: 'stop' },
  },
  {
    name: 'reasoning_content, null beside text (DeepSeek)',
    why: 'Without streaming the field holds all of it: pieces grow, and null takes nothing away.',
    data: [
      say({ role: 'assistant', content: null, reasoning_content: '' }),
      say({ content: null, reasoning_content: 'Let me ' }),
      say({ content: null, reasoning_content: 'think.' }),
      say({ content: 'Hello', reasoning_content: null }),
      stop,
    ],
    expected: { reasoning: 'Let me think.', content: 'Hello' },
  },
  {
    name: 'reasoning (Groq, Ollama, OpenRouter)',
    why: 'The same under another name.',
    data: [
      role,
      say({ reasoning: 'Let me ' }),
      say({ reasoning: 'think.' }),
      say({ content: 'Hello' }),
      stop,
    ],
    expected: { reasoning: 'Let me think.', content: 'Hello' },
  },
  {
    name: 'the same reasoning under both names',
    why: 'It was thought once.',
    data: [
      role,
      say({ reasoning: 'Let me ', reasoning_content: 'Let me ' }),
      say({ reasoning: 'think.', reasoning_content: 'think.' }),
      say({ content: 'Hello' }),
      stop,
    ],
    expected: { reasoning: 'Let me think.', content: 'Hello' },
  },
  {
    name: 'reasoning_details, the signature after the text (OpenRouter)',
    why: 'Text of one block grows, and its signature is sent back with it: one block, signed.',
    data: [
      role,
      say({ reasoning_details: [{ type: 'reasoning.text', text: 'Let me ', index: 0 }] }),
      say({ reasoning_details: [{ type: 'reasoning.text', text: 'think.', index: 0 }] }),
      say({ reasoning_details: [{ type: 'reasoning.text', signature: 'c2ln', index: 0 }] }),
      say({ content: 'Hello' }),
      stop,
    ],
    expected: {
      reasoningDetails: [
        { type: 'reasoning.text', text: 'Let me think.', signature: 'c2ln', index: 0 },
      ],
    },
  },
  {
    name: 'content as a list of parts (Mistral)',
    why: 'Parts are documented: those that think are reasoning, those of text are the text.',
    data: [
      say({
        role: 'assistant',
        content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'Let me ' }] }],
      }),
      say({ content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'think.' }] }] }),
      say({ content: [{ type: 'text', text: 'Hel' }] }),
      say({ content: 'lo' }),
      stop,
    ],
    expected: { content: 'Hello', reasoning: 'Let me think.' },
  },
  {
    name: 'the role in each chunk (OpenRouter, Ollama)',
    why: 'A message has one role, however often it is sent.',
    data: [
      say({ role: 'assistant', content: 'Hel' }),
      say({ role: 'assistant', content: 'lo' }),
      chunk({ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: 'stop' }),
    ],
    expected: { content: 'Hello', finish: 'stop' },
  },
  {
    name: 'an empty role, and null (GLM)',
    why: 'Who answers is the assistant.',
    data: [say({ role: '', content: 'Hel' }), say({ role: null, content: 'lo' }), stop],
    expected: { content: 'Hello' },
  },
  {
    name: 'no role at all (GPUStack, Groq)',
    why: 'Who answers is the assistant.',
    data: [say({ content: 'Hel' }), say({ content: 'lo' }), stop],
    expected: { content: 'Hello' },
  },
  {
    name: 'the refusal in pieces (OpenAI)',
    why: 'The documentation has it beside the content, and it grows as that does.',
    data: [
      say({ role: 'assistant', content: null, refusal: '' }),
      say({ refusal: 'I can' }),
      say({ refusal: 'not.' }),
      stop,
    ],
    expected: { refusal: 'I cannot.' },
  },
  {
    name: 'two choices in turns (OpenAI)',
    why: 'The index of a choice says which of them a chunk goes on with.',
    data: [
      chunk({ index: 0, delta: { role: 'assistant', content: 'A' }, finish_reason: null }),
      chunk({ index: 1, delta: { role: 'assistant', content: 'B' }, finish_reason: null }),
      chunk({ index: 1, delta: { content: 'b' }, finish_reason: null }),
      chunk({ index: 0, delta: { content: 'a' }, finish_reason: null }),
      chunk({ index: 0, delta: {}, finish_reason: 'stop' }),
      chunk({ index: 1, delta: {}, finish_reason: 'stop' }),
    ],
    expected: { choices: ['Aa', 'Bb'] },
  },
  {
    name: 'the whole message so far beside each delta (Perplexity)',
    why: 'The delta is what is new; the rest says it again.',
    data: [
      chunk({
        index: 0,
        delta: { role: 'assistant', content: 'Hel' },
        message: { role: 'assistant', content: 'Hel' },
      }),
      chunk({
        index: 0,
        delta: { role: 'assistant', content: 'lo' },
        message: { role: 'assistant', content: 'Hello' },
      }),
      chunk(
        {
          index: 0,
          delta: { role: 'assistant', content: '' },
          message: { role: 'assistant', content: 'Hello' },
          finish_reason: 'stop',
        },
        { object: 'chat.completion.done' },
      ),
    ],
    expected: { content: 'Hello', finish: 'stop' },
  },
  {
    name: 'a copy of each delta as `message`, mostly null (Writer)',
    why: 'A message that says nothing takes nothing away from what the deltas said.',
    data: [
      chunk({
        index: 0,
        delta: { role: 'assistant', content: 'Hel', tool_calls: null },
        message: { role: 'assistant', content: 'Hel', tool_calls: null },
        finish_reason: null,
      }),
      chunk({
        index: 0,
        delta: { role: null, content: 'lo', tool_calls: null },
        message: { role: null, content: 'lo', tool_calls: null },
        finish_reason: null,
      }),
      chunk({
        index: 0,
        delta: { role: null, content: null, tool_calls: null },
        message: { role: null, content: null, tool_calls: null },
        finish_reason: 'stop',
      }),
    ],
    expected: { content: 'Hello' },
  },
  {
    name: 'a whole message at the end, without a delta (MiniMax)',
    why: 'It is the message that the deltas have told already.',
    data: [
      role,
      say({ content: 'Hel' }),
      say({ content: 'lo' }),
      chunk({ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }),
    ],
    expected: { content: 'Hello', finish: 'stop' },
  },
  {
    name: 'audio, and no finish reason in the chunk that ends it (OpenAI)',
    why: 'The documentation says that the last update of the audio may leave the finish reason out.',
    data: [
      say({ role: 'assistant', audio: { id: 'audio_1' } }),
      say({ audio: { transcript: 'Hel', data: 'AAAA' } }),
      say({ audio: { transcript: 'lo', data: 'AAAA' } }),
      stop,
      chunk({ index: 0, delta: { audio: { expires_at: 1_700_003_600 } } }),
    ],
    expected: { audio: { id: 'audio_1', transcript: 'Hello' } },
  },
  {
    name: 'log probabilities (OpenAI)',
    why: 'Without streaming there is one list, of all tokens.',
    data: [
      say(
        { role: 'assistant', content: 'Hel' },
        { logprobs: { content: [token('Hel')], refusal: null } },
      ),
      say({ content: 'lo' }, { logprobs: { content: [token('lo')], refusal: null } }),
      stop,
    ],
    expected: { logprobs: ['Hel', 'lo'] },
  },
  {
    name: 'a list of annotations, one in a chunk (OpenRouter)',
    why: 'Without streaming there is one list, of all annotations.',
    data: [
      role,
      say({ content: 'Hello', annotations: [citation('http://127.0.0.1/a')] }),
      say({ annotations: [citation('http://127.0.0.1/b')] }),
      stop,
    ],
    expected: { annotations: ['http://127.0.0.1/a', 'http://127.0.0.1/b'] },
  },
  {
    name: 'a list of images (OpenRouter)',
    why: 'Without streaming there is one list, of all images.',
    data: [
      role,
      say({
        content: 'Here.',
        images: [
          { type: 'image_url', index: 0, image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } },
        ],
      }),
      stop,
    ],
    expected: { images: ['data:image/png;base64,iVBORw0KGgo='] },
  },
  {
    name: 'a field called __proto__',
    why: 'It is an unknown field, and must do no harm.',
    data: [
      role,
      `{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"m","choices":[{"index":0,"delta":{"content":"Hello","__proto__":{"polluted":true}},"finish_reason":null}]}`,
      stop,
    ],
    expected: { content: 'Hello' },
  },
]

function token(text: string): object {
  return { token: text, logprob: -0.5, bytes: null, top_logprobs: [] }
}

function citation(url: string): object {
  return { type: 'url_citation', url_citation: { url, title: 'T', start_index: 0, end_index: 5 } }
}
