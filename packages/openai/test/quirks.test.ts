import { describe, expect, test } from 'vitest'
import { createAccumulator, reasoningOf, type Finished } from '@tesserae/openai/accumulator'

// What servers were seen to do, each with the one right reading of it. A delta is written alone where nothing else in
// its chunk matters.

type Wire = Record<string, unknown>

const head = {
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1_700_000_000,
  model: 'm',
}
const chunk = (choice: Wire, beside: Wire = {}): Wire => ({ ...head, choices: [choice], ...beside })
const say = (delta: unknown, beside: Wire = {}): Wire =>
  chunk({ index: 0, delta, finish_reason: null, ...beside })
const end = (finish_reason: string, beside: Wire = {}): Wire =>
  say({}, { finish_reason, ...beside })
const call = (...entries: Wire[]): Wire => say({ tool_calls: entries })
const begin = (index: unknown, id: string, name: string, args: unknown = ''): Wire => ({
  index,
  id,
  type: 'function',
  function: { name, arguments: args },
})
const more = (index: unknown, args: unknown): Wire => ({ index, function: { arguments: args } })

function read(chunks: readonly unknown[], done = true): Finished {
  const accumulator = createAccumulator()
  for (const chunk of chunks) accumulator.push(chunk)
  return accumulator.finish({ done })
}

const messageOf = (chunks: readonly unknown[]): Wire =>
  read(chunks).message.choices[0]?.message as unknown as Wire
const notesOf = (chunks: readonly unknown[]): string[] =>
  read(chunks).verdict.notes.map(({ code }) => code)

/** Calls as `id name(arguments)`. */
const callsOf = (chunks: readonly unknown[]): string[] =>
  ((messageOf(chunks)['tool_calls'] ?? []) as { id: string; function: Wire }[]).map(
    ({ id, function: { name, arguments: args } }) => `${id} ${name}(${args})`,
  )

const stop = end('tool_calls')
const paris = '{"city":"Paris"}'
const rome = '{"city":"Rome"}'

describe('which call a fragment belongs to', () => {
  test.each<[string, Wire[], string[]]>([
    [
      'standard fragments of two calls',
      [
        call(begin(0, 'a', 'f')),
        call(more(0, paris)),
        call(begin(1, 'b', 'g')),
        call(more(1, rome)),
      ],
      [`a f(${paris})`, `b g(${rome})`],
    ],
    [
      'interleaved arguments of two calls',
      [
        call(begin(0, 'a', 'f'), begin(1, 'b', 'g')),
        call(more(0, '{"city":')),
        call(more(1, '{"city":"Rome"}')),
        call(more(0, '"Paris"}')),
      ],
      [`a f(${paris})`, `b g(${rome})`],
    ],
    [
      'calls that begin in another order than that of their indexes',
      [call(begin(1, 'b', 'g', rome)), call(begin(0, 'a', 'f', paris))],
      [`a f(${paris})`, `b g(${rome})`],
    ],
    ['one call without index', [call(begin(undefined, 'a', 'f', paris))], [`a f(${paris})`]],
    [
      'two calls without index, in two chunks',
      [call(begin(undefined, 'a', 'f', paris)), call(begin(undefined, 'b', 'g', rome))],
      [`a f(${paris})`, `b g(${rome})`],
    ],
    [
      'two calls without index, in one chunk',
      [call(begin(null, 'a', 'f', paris), begin(-1, 'b', 'g', rome))],
      [`a f(${paris})`, `b g(${rome})`],
    ],
    [
      'no index, and fragments that name nothing',
      [
        call(begin(undefined, 'a', 'f', '{"city":')),
        call({ function: { arguments: '"Paris"' } }),
        call({ function: { arguments: '}' } }),
      ],
      [`a f(${paris})`],
    ],
    [
      'one index for two calls, which have their own ids',
      [call(begin(0, 'a', 'f', paris)), call(begin(0, 'b', 'g', rome))],
      [`a f(${paris})`, `b g(${rome})`],
    ],
    [
      'one index for two calls, of which the second says its id alone',
      [call(begin(0, 'a', 'f', paris)), call({ ...more(0, rome), id: 'b' })],
      [`a f(${paris})`, `b (${rome})`],
    ],
    [
      'one index for two calls that nothing but their names tell apart',
      [
        call(more(0, ''), { index: 0, function: { name: 'f', arguments: paris } }),
        call({ index: 0, function: { name: 'g', arguments: rome } }),
      ],
      [` f(${paris})`, ` g(${rome})`],
    ],
    [
      'several entries of one index in one chunk',
      [call(begin(0, 'a', 'f'), more(0, '{"city":'), more(0, '"Paris"}'))],
      [`a f(${paris})`],
    ],
    [
      'id and type in each fragment',
      [
        call(begin(0, 'a', 'f', '{"city":')),
        call({ ...more(0, '"Paris"}'), id: 'a', type: 'function' }),
      ],
      [`a f(${paris})`],
    ],
    [
      'the name in each fragment',
      [
        call(begin(0, 'a', 'f', '{"city":')),
        call({ index: 0, function: { name: 'f', arguments: '"Paris"}' } }),
      ],
      [`a f(${paris})`],
    ],
    [
      'a name in two pieces',
      [
        call(begin(0, 'a', 'get_')),
        call({ index: 0, function: { name: 'weather' } }),
        call(more(0, paris)),
      ],
      [`a get_weather(${paris})`],
    ],
    [
      'an empty name first',
      [call(begin(0, 'a', '')), call({ index: 0, function: { name: 'f', arguments: paris } })],
      [`a f(${paris})`],
    ],
    [
      'an id and no function first',
      [
        call({ index: 0, id: 'a', type: 'function' }),
        call({ index: 0, function: { name: 'f', arguments: paris } }),
      ],
      [`a f(${paris})`],
    ],
    [
      'null in the place of arguments, of id and of name',
      [
        call(begin(0, 'a', 'f', null)),
        call({ index: 0, id: null, type: null, function: { name: null, arguments: paris } }),
      ],
      [`a f(${paris})`],
    ],
    ['arguments as an object', [call(begin(0, 'a', 'f', { city: 'Paris' }))], [`a f(${paris})`]],
    [
      'no id at all',
      [call({ index: 0, function: { name: 'f', arguments: paris } })],
      [` f(${paris})`],
    ],
    [
      'empty id and name in what goes on',
      [
        call(begin(0, 'a', 'f', '{"city":')),
        call({ index: 0, id: '', function: { name: '', arguments: '"Paris"}' } }),
      ],
      [`a f(${paris})`],
    ],
    [
      'the first index is 1',
      [call(begin(1, 'a', 'f', '{"city":')), call(more(1, '"Paris"}'))],
      [`a f(${paris})`],
    ],
    [
      'indexes with gaps, and as text',
      [call(begin('7', 'b', 'g', rome)), call(begin('2', 'a', 'f', paris))],
      [`a f(${paris})`, `b g(${rome})`],
    ],
    [
      'another id in each fragment',
      [
        call(begin(0, 'a', 'f', '{"city":')),
        call({ ...more(0, '"Pa'), id: 'b' }),
        call({ ...more(0, 'ris"}'), id: 'c' }),
      ],
      [`a f(${paris})`],
    ],
    [
      'an index that comes after the id',
      [call(begin(undefined, 'a', 'f', '{"city":')), call({ ...more(3, '"Paris"}'), id: 'a' })],
      [`a f(${paris})`],
    ],
    [
      'one id for all calls, which only indexes tell apart',
      [
        call({ ...begin(0, '0', 'f', '{"city":') }),
        call({ ...more(0, '"Paris"}'), id: '0' }),
        call(begin(1, '0', 'g', rome)),
      ],
      [`0 f(${paris})`, `0 g(${rome})`],
    ],
    ['no call to belong to', [call(more(0, paris))], [` (${paris})`]],
    [
      'two calls glued together are left as they came',
      [call(begin(0, 'a', 'f', paris)), call(more(0, rome))],
      [`a f(${paris}${rome})`],
    ],
    [
      'a call that is not a list',
      [say({ tool_calls: begin(0, 'a', 'f', paris) })],
      [`a f(${paris})`],
    ],
  ])('%s', (_, chunks, calls) => {
    expect(callsOf([...chunks, stop])).toEqual(calls)
  })

  test.each<[string, Wire[], string[]]>([
    [
      'id-conflict',
      [call(begin(0, 'a', 'f', '{')), call({ ...more(0, '}'), id: 'b' })],
      ['id-conflict'],
    ],
    [
      'name-conflict',
      [call(begin(0, 'a', 'f', '{')), call({ index: 0, function: { name: 'g', arguments: '}' } })],
      ['name-conflict'],
    ],
    ['glued-arguments', [call(begin(0, 'a', 'f', paris + rome))], ['glued-arguments']],
    ['orphan-fragment', [call({ function: { arguments: '{}' } })], ['orphan-fragment']],
    ['nothing', [call(begin(0, 'a', 'f', paris))], []],
  ])('what was ambiguous is noted: %s', (_, chunks, notes) => {
    expect(notesOf([...chunks, stop])).toEqual(notes)
  })

  test('what else a call has stays with it, also where it comes alone', () => {
    const signature = { google: { thought_signature: 'c2ln' } }
    const chunks = [
      call(begin(0, 'a', 'f', paris)),
      call({ index: 0, extra_content: signature }),
      stop,
    ]
    expect(messageOf(chunks)['tool_calls']).toEqual([
      {
        id: 'a',
        type: 'function',
        function: { name: 'f', arguments: paris },
        extra_content: signature,
      },
    ])
  })

  test('a custom tool has text for input', () => {
    const custom = { index: 0, id: 'a', type: 'custom', custom: { name: 'sql', input: 'select ' } }
    const chunks = [call(custom), call({ index: 0, custom: { input: '1' } }), stop]
    expect(messageOf(chunks)['tool_calls']).toEqual([
      { id: 'a', type: 'custom', custom: { name: 'sql', input: 'select 1' } },
    ])
  })
})

describe('content, reasoning and what else a message has', () => {
  const text = (text: string): Wire => ({ type: 'text', text })
  test.each<[string, Wire[], Wire]>([
    [
      'plain text',
      [say({ role: 'assistant', content: '' }), say({ content: 'a' }), say({ content: 'b' })],
      { content: 'ab' },
    ],
    ['nothing at all', [say({})], { role: 'assistant', content: null, refusal: null }],
    [
      'no text is null, and empty text is empty',
      [say({ content: null }), say({ content: '' })],
      { content: '' },
    ],
    [
      'null does not take text away',
      [say({ content: 'a' }), say({ content: null })],
      { content: 'a' },
    ],
    [
      'role in each chunk',
      [say({ role: 'assistant' }), say({ role: 'assistant' })],
      { role: 'assistant' },
    ],
    ['role empty or null', [say({ role: '' }), say({ role: null })], { role: 'assistant' }],
    [
      'refusal',
      [say({ refusal: 'No' }), say({ refusal: ', sorry' })],
      { refusal: 'No, sorry', content: null },
    ],
    [
      'reasoning_content, null beside content',
      [
        say({ reasoning_content: 'x', content: null }),
        say({ reasoning_content: null, content: 'a' }),
      ],
      { reasoning_content: 'x', content: 'a' },
    ],
    ['reasoning', [say({ reasoning: 'x' }), say({ reasoning: 'y' })], { reasoning: 'xy' }],
    [
      'thinking parts before text',
      [
        say({ content: [{ type: 'thinking', thinking: [text('x')] }] }),
        say({ content: [{ type: 'thinking', thinking: [text('y')] }] }),
        say({ content: 'a' }),
        say({ content: [text('b')] }),
      ],
      { content: [{ type: 'thinking', thinking: [text('xy')] }, text('ab')] },
    ],
    [
      'text before parts',
      [say({ content: 'a' }), say({ content: [{ type: 'reference', reference_ids: [1] }] })],
      { content: [text('a'), { type: 'reference', reference_ids: [1] }] },
    ],
    [
      'reasoning details with the signature after the text',
      [
        say({ reasoning_details: [{ type: 'reasoning.text', text: 'x', index: 0 }] }),
        say({ reasoning_details: [{ type: 'reasoning.text', text: 'y', index: 0 }] }),
        say({ reasoning_details: [{ type: 'reasoning.text', signature: 's', index: 0 }] }),
        say({ reasoning_details: [{ type: 'reasoning.text', text: 'z', index: 0 }] }),
        say({ reasoning_details: [{ type: 'reasoning.encrypted', data: 'd', index: 0 }] }),
        say({ reasoning_details: [{ type: 'reasoning.encrypted', data: 'e', index: 0 }] }),
      ],
      {
        reasoning_details: [
          { type: 'reasoning.text', text: 'xy', signature: 's', index: 0 },
          { type: 'reasoning.text', text: 'z', index: 0 },
          { type: 'reasoning.encrypted', data: 'd', index: 0 },
          { type: 'reasoning.encrypted', data: 'e', index: 0 },
        ],
      },
    ],
    [
      'annotations and images, one by one',
      [say({ annotations: [{ n: 1 }], images: [{ n: 1 }] }), say({ annotations: [{ n: 2 }] })],
      { annotations: [{ n: 1 }, { n: 2 }], images: [{ n: 1 }] },
    ],
    [
      'a tool that the server runs, before and after',
      [
        say({ executed_tools: [{ index: 0, type: 's' }] }),
        say({ executed_tools: [{ index: 0, type: 's', output: 'o' }] }),
      ],
      { executed_tools: [{ index: 0, type: 's', output: 'o' }] },
    ],
    [
      'audio',
      [
        say({ audio: { id: 'audio_1', transcript: 'Hel' } }),
        say({ audio: { transcript: 'lo', data: 'AAAA' } }),
        chunk({ index: 0, delta: { audio: { data: 'BBBB' } } }),
        chunk({ index: 0, delta: { audio: { expires_at: 9 } } }),
      ],
      { audio: { id: 'audio_1', transcript: 'Hello', data: 'AAAABBBB', expires_at: 9 } },
    ],
    [
      'the deprecated function call',
      [
        say({ function_call: { name: 'f', arguments: '' } }),
        say({ function_call: { arguments: '{}' } }),
      ],
      { function_call: { name: 'f', arguments: '{}' } },
    ],
    [
      'a word that is sent again and again',
      [say({ channel: 'analysis' }), say({ channel: 'analysis' })],
      { channel: 'analysis' },
    ],
    [
      'no tools, in three ways',
      [say({ tool_calls: null }), say({ tool_calls: [] })],
      { content: null },
    ],
    [
      'a message beside the delta',
      [chunk({ index: 0, delta: { content: 'a' }, message: { content: null } })],
      { content: 'a' },
    ],
    [
      'a whole message in place of the last delta',
      [
        say({ content: 'a', reasoning: 'x' }),
        chunk({ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'ab' } }),
      ],
      { content: 'ab', reasoning: 'x' },
    ],
    [
      'a delta that is null or missing',
      [say({ content: 'a' }), say(null), chunk({ index: 0 })],
      { content: 'a' },
    ],
    [
      'content that is not text',
      [say({ content: 1 }), say({ content: { a: 2 } })],
      { content: '1{"a":2}' },
    ],
  ])('%s', (_, chunks, message) => {
    expect(messageOf([...chunks, end('stop')])).toMatchObject(message)
    if (!('tool_calls' in message)) expect(messageOf(chunks)).not.toHaveProperty('tool_calls')
  })

  test.each<[string, Wire, string | undefined]>([
    ['reasoning_content', { reasoning_content: 'x' }, 'x'],
    ['reasoning', { reasoning: 'x' }, 'x'],
    ['the same in both, once', { reasoning_content: 'x', reasoning: 'x' }, 'x'],
    ['details', { reasoning_details: [{ text: 'x' }, { data: 'secret' }, { summary: 'y' }] }, 'xy'],
    ['parts', { content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'x' }] }] }, 'x'],
    ['none', { content: 'a' }, undefined],
  ])('the view of reasoning: %s', (_, delta, reasoning) => {
    expect(reasoningOf(messageOf([say(delta), end('stop')]))).toBe(reasoning)
  })
})

describe('around the choices', () => {
  const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 }
  test.each<[string, unknown[], Wire]>([
    ['usage in a chunk without choices', [say({}), { ...head, choices: [], usage }], { usage }],
    ['usage with the last choice', [{ ...end('stop'), usage }], { usage }],
    [
      'usage in each chunk, and null in the last',
      [
        { ...say({}), usage: { ...usage, total_tokens: 9 } },
        { ...say({}), usage },
        { ...end('stop'), usage: null },
      ],
      { usage },
    ],
    [
      'usage in x_groq',
      [{ ...end('stop'), x_groq: { id: 'r', usage } }],
      { usage, x_groq: { id: 'r', usage } },
    ],
    ['usage in a choice', [end('stop', { usage })], { usage }],
    [
      'placeholders first',
      [
        { id: '', object: '', created: 0, model: '', choices: [], prompt_filter_results: [] },
        end('stop'),
      ],
      {
        id: head.id,
        created: head.created,
        model: 'm',
        object: 'chat.completion',
        prompt_filter_results: [],
      },
    ],
    [
      'placeholders in between',
      [
        say({}),
        {
          id: '',
          object: '',
          created: 0,
          model: '',
          choices: [{ index: 0, content_filter_results: { hate: 1 } }],
        },
      ],
      { id: head.id, created: head.created, model: 'm' },
    ],
    ['an id for each chunk', [say({}), { ...end('stop'), id: 'stub' }], { id: head.id }],
    ['an empty id for all', [{ ...end('stop'), id: '' }], { id: '' }],
    [
      'a router that names the model later',
      [{ ...say({}), model: 'router' }, end('stop')],
      { model: 'm' },
    ],
    [
      'padding',
      [{ ...say({}), obfuscation: 'x', p: 'x', nonce: 'x' }],
      { object: 'chat.completion' },
    ],
    [
      'citations that are sent whole each time',
      [
        { ...say({}), citations: ['a'] },
        { ...say({}), citations: ['a', 'b'] },
      ],
      { citations: ['a', 'b'] },
    ],
    [
      'choices null, or missing',
      [{ ...head, choices: null }, { ...head }, end('stop')],
      { id: head.id },
    ],
  ])('%s', (_, chunks, top) => {
    const { message } = read(chunks)
    expect(message).toMatchObject(top)
    for (const padding of ['obfuscation', 'p', 'nonce', 'error'])
      expect(message).not.toHaveProperty(padding)
  })

  test('without usage there is none, and not zero', () => {
    expect(read([{ ...end('stop'), usage: null }]).message).not.toHaveProperty('usage')
  })

  test('several choices take turns', () => {
    const one = (index: number, content: string): Wire => chunk({ index, delta: { content } })
    const { message } = read([one(1, 'b'), one(0, 'a'), one(1, 'B'), one(0, 'A')])
    expect(message.choices.map(({ message }) => message.content)).toEqual(['aA', 'bB'])
  })

  test('a choice without index is the one at its place', () => {
    const { message } = read([
      { choices: [{ delta: { content: 'a' } }] },
      { choices: [{ delta: { content: 'b' } }] },
    ])
    expect(message.choices).toMatchObject([{ index: 0, message: { content: 'ab' } }])
  })

  test.each<[string, (string | null | undefined)[], string | null]>([
    ['null until there is one', [null, 'stop'], 'stop'],
    ['missing until there is one', [undefined, 'stop'], 'stop'],
    ['empty until there is one', ['', '', 'stop'], 'stop'],
    ['again and again', ['stop', 'stop'], 'stop'],
    ['null after it', ['stop', null], 'stop'],
    ['an unknown word', ['eos'], 'eos'],
    ['never', [null], null],
  ])('finish reason: %s', (_, reasons, reason) => {
    const chunks = reasons.map((finish_reason) => chunk({ index: 0, delta: {}, finish_reason }))
    expect(read(chunks).message.choices[0]?.finish_reason).toBe(reason)
  })

  test('log probabilities run on, each list by itself', () => {
    const token = (token: string): Wire => ({ token, logprob: -1, bytes: null, top_logprobs: [] })
    const lists = [
      { content: [token('a')], refusal: null },
      null,
      { content: [token('b'), token('c')], refusal: [token('d')] },
    ]
    const { message } = read(lists.map((logprobs) => say({}, { logprobs })))
    expect(message.choices[0]?.logprobs).toEqual({
      content: [token('a'), token('b'), token('c')],
      refusal: [token('d')],
    })
  })

  test('results of filters that are empty are empty', () => {
    expect(read([end('stop', { content_filter_results: {} })]).message.choices[0]).toMatchObject({
      content_filter_results: {},
    })
  })

  test('results of filters come together', () => {
    const chunks = [
      say({}, { content_filter_results: { hate: { filtered: false } } }),
      chunk({ index: 0, content_filter_results: { violence: { filtered: false } } }),
      end('stop', { content_filter_results: {} }),
    ]
    expect(read(chunks).message.choices[0]).toMatchObject({
      content_filter_results: { hate: { filtered: false }, violence: { filtered: false } },
    })
  })

  test('a legacy completion has text, and keeps it', () => {
    const one = (text: string, finish_reason: string | null): Wire => ({
      ...head,
      object: 'text_completion',
      choices: [{ index: 0, text, finish_reason, logprobs: { tokens: [text], text_offset: [0] } }],
    })
    expect(read([one('a', null), one('b', 'stop')]).message).toEqual({
      ...head,
      object: 'text_completion',
      choices: [
        {
          index: 0,
          text: 'ab',
          finish_reason: 'stop',
          logprobs: { tokens: ['a', 'b'], text_offset: [0, 0] },
        },
      ],
    })
  })
})

describe('rules of the caller', () => {
  test('a field that a server adds grows, if a rule says so', () => {
    const accumulator = createAccumulator({
      rules: {
        chunk: { trace: 'append' },
        choice: { cost: (before, value) => Number(before ?? 0) + Number(value) },
        delta: { thought: 'concat', content: 'last' },
      },
    })
    accumulator.push({ ...say({ thought: 'a', content: 'x' }, { cost: 1 }), trace: [1] })
    accumulator.push({ ...say({ thought: 'b', content: 'y' }, { cost: 2 }), trace: [2] })
    expect(accumulator.snapshot()).toMatchObject({
      trace: [1, 2],
      choices: [{ cost: 3, message: { thought: 'ab', content: 'y' } }],
    })
  })
})
