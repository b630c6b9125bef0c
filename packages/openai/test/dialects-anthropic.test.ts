import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { accumulate, type ModelStreamError, readDeltas, split, toEvents } from '@tesserae/openai'
import { anthropic } from '@tesserae/openai/dialects'
import { chunkStream } from '@tesserae/testkit/arbitraries'

type Wire = Record<string, unknown>

const event = (type: string, fields: Wire = {}) => ({
  event: type,
  data: JSON.stringify({ type, ...fields }),
})
const start = (usage: Wire = { input_tokens: 10, output_tokens: 1 }) =>
  event('message_start', {
    message: { id: 'msg_1', type: 'message', role: 'assistant', model: 'tiny', content: [], usage },
  })
const begin = (index: number, content_block: Wire) =>
  event('content_block_start', { index, content_block })
const grow = (index: number, delta: Wire) => event('content_block_delta', { index, delta })
const stop = (index: number) => event('content_block_stop', { index })
const end = (stop_reason: string, fields: Wire = {}) => [
  event('message_delta', {
    delta: { stop_reason, stop_sequence: null, ...fields },
    usage: { output_tokens: 5 },
  }),
  event('message_stop'),
]
const text = (index: number, ...pieces: string[]) => [
  begin(index, { type: 'text', text: '' }),
  ...pieces.map((text) => grow(index, { type: 'text_delta', text })),
  stop(index),
]
const read = (...events: { event?: string; data: string }[]) =>
  accumulate(events, { dialect: anthropic })

describe('reading', () => {
  test('text, with a ping between, and usage from both places', async () => {
    const [first, second, ...rest] = text(0, 'Hel', 'lo')
    const completion = await read(
      start(),
      first!,
      event('ping'),
      second!,
      ...rest,
      ...end('end_turn'),
    )
    expect(completion).toMatchObject({
      id: 'msg_1',
      model: 'tiny',
      object: 'chat.completion',
      choices: [
        { index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' },
      ],
      usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
    })
  })

  test('cached tokens and tokens that were written to the cache are prompt tokens', async () => {
    const usage = { input_tokens: 3, cache_creation_input_tokens: 4, cache_read_input_tokens: 5 }
    expect((await read(start(usage), ...end('end_turn'))).usage).toEqual({
      prompt_tokens: 12,
      completion_tokens: 5,
      total_tokens: 17,
      prompt_tokens_details: { cached_tokens: 5, cache_write_tokens: 4 },
    })
  })

  test('thinking with its signature, and redacted thinking', async () => {
    const { choices } = await read(
      start(),
      begin(0, { type: 'thinking', thinking: '', signature: '' }),
      grow(0, { type: 'thinking_delta', thinking: 'Let me ' }),
      grow(0, { type: 'thinking_delta', thinking: 'see.' }),
      grow(0, { type: 'signature_delta', signature: 'c2ln' }),
      stop(0),
      begin(1, { type: 'redacted_thinking', data: 'b3Bha' }),
      stop(1),
      ...text(2, 'Yes.'),
      ...end('end_turn'),
    )
    expect(choices[0]?.message.reasoning_details).toEqual([
      {
        type: 'reasoning.text',
        text: 'Let me see.',
        signature: 'c2ln',
        index: 0,
        format: 'anthropic-claude-v1',
      },
      { type: 'reasoning.encrypted', data: 'b3Bha', index: 1, format: 'anthropic-claude-v1' },
    ])
    expect(choices[0]?.message.content).toBe('Yes.')
  })

  test('tool calls, counted over calls, with `{}` for a call without input', async () => {
    const tool = (index: number, name: string, ...pieces: string[]) => [
      begin(index, { type: 'tool_use', id: `toolu_${index}`, name, input: {} }),
      ...pieces.map((partial_json) => grow(index, { type: 'input_json_delta', partial_json })),
      stop(index),
    ]
    const { choices } = await read(
      start(),
      ...text(0, 'Looking.'),
      ...tool(1, 'weather', '', '{"city":', '"Bern"}'),
      ...tool(2, 'now', ''),
      ...tool(3, 'here'),
      ...end('tool_use'),
    )
    expect(choices[0]?.finish_reason).toBe('tool_calls')
    expect(choices[0]?.message.tool_calls).toEqual([
      {
        id: 'toolu_1',
        type: 'function',
        function: { name: 'weather', arguments: '{"city":"Bern"}' },
      },
      { id: 'toolu_2', type: 'function', function: { name: 'now', arguments: '{}' } },
      { id: 'toolu_3', type: 'function', function: { name: 'here', arguments: '{}' } },
    ])
  })

  test('a call that a limit cuts before its input is partial', async () => {
    const block = (index: number): { data: string }[] => [
      begin(index, { type: 'tool_use', id: `t${index}`, name: 'f', input: {} }),
      stop(index),
    ]
    const streamed = [start(), ...block(0), ...block(1), ...end('max_tokens')]
    const content = [0, 1].map((at) => ({ type: 'tool_use', id: `t${at}`, name: 'f', input: {} }))
    const message = { type: 'message', role: 'assistant', content, stop_reason: 'max_tokens' }
    for (const source of [streamed, [{ data: JSON.stringify(message) }]]) {
      const options = { dialect: anthropic, incomplete: 'return' } as const
      const { message: found, verdict } = await accumulate(source, options)
      expect(found.choices[0]?.message.tool_calls).toMatchObject([
        { id: 't0', function: { arguments: '{}' } },
        { id: 't1', function: { arguments: '' } },
      ])
      expect(verdict).toMatchObject({ cut: 'length', partialToolCalls: [{ toolCall: 1 }] })
    }
  })

  test('a call whose input came with its block has the input of its deltas, if there are any', async () => {
    const block = { type: 'tool_use', id: 't', name: 'f', input: { a: 1 } }
    const piece = grow(0, { type: 'input_json_delta', partial_json: '{"a":1,"b":2}' })
    const argumentsOf = async (...events: { data: string }[]) => {
      const { choices } = await read(start(), ...events, ...end('tool_use'))
      const [call] = choices[0]?.message.tool_calls ?? []
      return call && 'function' in call && call.function.arguments
    }
    expect(await argumentsOf(begin(0, block), piece, stop(0))).toBe('{"a":1,"b":2}')
    expect(await argumentsOf(begin(0, block), stop(0))).toBe('{"a":1}')
    // Some servers leave `content_block_stop` out.
    expect(await argumentsOf(begin(0, block))).toBe('{"a":1}')
    expect(await argumentsOf(begin(0, { ...block, input: {} }))).toBe('{}')
    expect(await argumentsOf(begin(0, block), piece)).toBe('{"a":1,"b":2}')
  })

  test('a stream and a message without usage have none', async () => {
    const noUsage = event('message_start', { message: { id: 'msg_1', role: 'assistant' } })
    const last = event('message_delta', { delta: { stop_reason: 'end_turn' } })
    const completion = await read(noUsage, ...text(0, 'Hi'), last, event('message_stop'))
    expect(completion).not.toHaveProperty('usage')
    expect(completion.choices[0]?.message.content).toBe('Hi')
    const content = [{ type: 'text', text: 'Hi' }]
    const whole = { id: 'msg_1', type: 'message', role: 'assistant', content }
    const data = JSON.stringify({ ...whole, stop_reason: 'end_turn' })
    expect(await read({ data })).not.toHaveProperty('usage')
  })

  test('citations become annotations, and the original is kept', async () => {
    const web = {
      type: 'web_search_result_location',
      url: 'https://example.com',
      title: 'T',
      cited_text: 'x',
      encrypted_index: 'e',
    }
    const page = { type: 'page_location', document_index: 0, cited_text: 'x' }
    const { choices } = await read(
      start(),
      begin(0, { type: 'text', text: '', citations: [] }),
      grow(0, { type: 'text_delta', text: 'Hi' }),
      grow(0, { type: 'citations_delta', citation: web }),
      grow(0, { type: 'citations_delta', citation: page }),
      stop(0),
      ...end('end_turn'),
    )
    expect(choices[0]?.message.annotations).toEqual([
      {
        type: 'url_citation',
        url_citation: { url: 'https://example.com', title: 'T', start_index: 0, end_index: 2 },
        citation: web,
      },
      { type: 'citation', citation: page },
    ])
  })

  test.each([
    ['end_turn', 'stop'],
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['tool_use', 'tool_calls'],
    ['refusal', 'content_filter'],
    ['pause_turn', 'pause_turn'],
  ])('the stop reason `%s` is `%s`', async (reason, expected) => {
    const { message } = await accumulate([start(), ...text(0, 'Hi'), ...end(reason)], {
      dialect: anthropic,
      incomplete: 'return',
    })
    expect(message.choices[0]?.finish_reason).toBe(expected)
  })

  test('a stream without `message_start` is a message too', async () => {
    expect(await read(...text(0, 'Hi'), ...end('end_turn'))).toMatchObject({
      object: 'chat.completion',
      choices: [{ message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
      usage: { completion_tokens: 5 },
    })
  })

  test('a stop sequence is kept', async () => {
    const { choices } = await read(
      start(),
      ...text(0, 'Hi'),
      ...end('stop_sequence', { stop_sequence: '###' }),
    )
    expect(choices[0]).toMatchObject({ finish_reason: 'stop', stop_sequence: '###' })
  })

  test('an error rejects with what arrived, with and without the name of the event', async () => {
    const error = { type: 'overloaded_error', message: 'Overloaded' }
    for (const failing of [
      event('error', { error }),
      { data: JSON.stringify({ type: 'error', error }) },
    ]) {
      const failure = await read(start(), ...text(0, 'Hi').slice(0, 2), failing).catch(
        (error: ModelStreamError) => error,
      )
      expect(failure).toMatchObject({ code: 'server-error', error })
      expect((failure as ModelStreamError).partial?.choices[0]?.message.content).toBe('Hi')
    }
  })

  test('a stream that is cut rejects as `no-end`', async () => {
    const failure = await read(start(), ...text(0, 'Hi')).catch((error: ModelStreamError) => error)
    expect(failure).toMatchObject({ code: 'incomplete', verdict: { reason: 'no-end' } })
  })

  test('two streams that are read at once share nothing', async () => {
    const one = [start({ input_tokens: 1 }), ...text(0, 'one'), ...end('end_turn')]
    const two = [start({ input_tokens: 2 }), ...text(0, 'two'), ...end('end_turn')]
    const [first, second] = await Promise.all([read(...one), read(...two)])
    expect([first.usage?.prompt_tokens, second.usage?.prompt_tokens]).toEqual([1, 2])
  })

  test('a message that was not streamed is the message that its stream makes', async () => {
    const citation = { type: 'page_location', document_index: 0, cited_text: 'x' }
    const message = {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'tiny',
      content: [
        { type: 'thinking', thinking: 'Hm.', signature: 'c2ln' },
        { type: 'text', text: 'Hel', citations: [citation] },
        { type: 'text', text: 'lo' },
        { type: 'tool_use', id: 'toolu_1', name: 'weather', input: { city: 'Bern' } },
        { type: 'tool_use', id: 'toolu_2', name: 'now', input: {} },
      ],
      stop_reason: 'tool_use',
      stop_sequence: null,
      usage: { input_tokens: 10, output_tokens: 5 },
    }
    const streamed = await read(
      start(),
      ...message.content.flatMap((block, index) => [begin(index, block), stop(index)]),
      ...end('tool_use'),
    )
    const answer = new Response(JSON.stringify(message))
    expect(await accumulate(answer, { dialect: anthropic })).toEqual(streamed)
    expect(streamed.choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: {
        content: 'Hello',
        annotations: [{ type: 'citation', citation }],
        tool_calls: [
          { id: 'toolu_1', function: { name: 'weather', arguments: '{"city":"Bern"}' } },
          { id: 'toolu_2', function: { name: 'now', arguments: '{}' } },
        ],
      },
    })
    const error = await accumulate(
      new Response('{"type":"error","error":{"type":"overloaded_error","message":"Busy"}}'),
      { dialect: anthropic },
    ).catch((error: unknown) => error)
    expect(error).toMatchObject({ code: 'server-error', error: { type: 'overloaded_error' } })
  })

  test('deltas tell text, reasoning and calls', async () => {
    const types: string[] = []
    const events = [
      start(),
      begin(0, { type: 'thinking', thinking: '' }),
      grow(0, { type: 'thinking_delta', thinking: 'Hm' }),
      stop(0),
      ...text(1, 'Hi'),
      ...end('end_turn'),
    ]
    for await (const delta of readDeltas(events, { dialect: anthropic })) types.push(delta.type)
    expect(types.filter((type) => type === 'reasoning' || type === 'content')).toEqual([
      'reasoning',
      'content',
    ])
  })
})

describe('writing', () => {
  const write = (completion: object) => [
    ...toEvents(split(completion as never), { dialect: anthropic }),
  ]
  const completion = (message: Wire, finish_reason: string, more: Wire = {}) => ({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model: 'tiny',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: null, refusal: null, ...message },
        logprobs: null,
        finish_reason,
      },
    ],
    ...more,
  })

  test('a message comes as blocks, and no `[DONE]` closes it', () => {
    const events = write(
      completion({ content: 'Hi there' }, 'stop', {
        usage: {
          prompt_tokens: 12,
          completion_tokens: 2,
          total_tokens: 14,
          prompt_tokens_details: { cached_tokens: 4 },
        },
      }),
    )
    expect(events.map(({ event }) => event)).toEqual([
      'message_start',
      'content_block_start',
      'content_block_delta',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ])
    expect(JSON.parse(events[5]?.data ?? '')).toEqual({
      type: 'message_delta',
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: { input_tokens: 8, output_tokens: 2, cache_read_input_tokens: 4 },
    })
  })

  test('a block of a call begins when the id and the name of the call are known', () => {
    const writer = anthropic.write()
    const chunk = (call: Wire) => ({ choices: [{ index: 0, delta: { tool_calls: [call] } }] })
    const events = [
      chunk({ index: 0, id: 'c' }),
      chunk({ index: 0, function: { arguments: '{"a"' } }),
      chunk({ index: 0, function: { name: 'f', arguments: ':1}' } }),
      chunk({ index: 1, id: 'd', function: { name: 'g', arguments: '{}' } }),
      { choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] },
    ].flatMap((each) => writer.chunk(each))
    const blocks = [...events, ...writer.end()].map(({ data }) => JSON.parse(data) as Wire)
    expect(blocks.filter(({ type }) => type === 'content_block_start')).toMatchObject([
      { index: 0, content_block: { type: 'tool_use', id: 'c', name: 'f', input: {} } },
      { index: 1, content_block: { type: 'tool_use', id: 'd', name: 'g', input: {} } },
    ])
    const input = (at: number) =>
      blocks
        .filter(({ type, index }) => type === 'content_block_delta' && index === at)
        .map(({ delta }) => (delta as Wire)['partial_json'])
        .join('')
    expect([input(0), input(1)]).toEqual(['{"a":1}', '{}'])
  })

  test.each<[string, Wire, Wire[]]>([
    ['text of a legacy completion', { text: 'Hi' }, [{ type: 'text', text: 'Hi' }]],
    ['a whole message', { message: { content: 'Hi' } }, [{ type: 'text', text: 'Hi' }]],
    [
      'content in parts',
      {
        delta: {
          content: [
            { type: 'thinking', thinking: [{ type: 'text', text: 'Hm' }] },
            { type: 'text', text: 'Hi' },
          ],
        },
      },
      [
        { type: 'thinking', thinking: 'Hm' },
        { type: 'text', text: 'Hi' },
      ],
    ],
    [
      'a legacy function call',
      {
        delta: { function_call: { name: 'f', arguments: '{"a":1}' } },
        finish_reason: 'function_call',
      },
      [{ type: 'tool_use', id: 'call_0', name: 'f', input: { a: 1 } }],
    ],
  ])('%s is written', (_, choice, blocks) => {
    const chunk = { id: 'c', choices: [{ index: 0, finish_reason: 'stop', ...choice }] }
    const found: Wire[] = []
    for (const { data } of toEvents([chunk], { dialect: anthropic })) {
      const { type, content_block: block, delta } = JSON.parse(data) as Record<string, Wire>
      const { text, thinking, partial_json: json } = delta ?? {}
      if ((type as unknown) === 'content_block_start') found.push({ ...block })
      else if (text) found.at(-1)!['text'] = text
      else if (thinking) found.at(-1)!['thinking'] = thinking
      else if (json) found.at(-1)!['input'] = JSON.parse(String(json))
    }
    expect(found).toMatchObject(blocks)
  })

  /** The text, thinking, and calls of the message that chunks are written as. */
  const contentOf = (...choices: Wire[]): unknown[] => {
    const chunks = choices.map((choice) => ({ id: 'c', choices: [{ index: 0, ...choice }] }))
    const found: string[][] = []
    for (const { data } of toEvents(chunks, { dialect: anthropic })) {
      const { index, content_block: block, delta } = JSON.parse(data) as Record<string, Wire>
      const { type, id, name } = block ?? {}
      if (block) found.push(type === 'tool_use' ? [String(id), String(name), ''] : [''])
      const { text, thinking, partial_json: json } = delta ?? {}
      const grown = found[Number(index)]
      if (grown) grown[grown.length - 1] += String(text ?? thinking ?? json ?? '')
    }
    return found.map((parts) => parts.join(' '))
  }
  const says = (delta: Wire) => ({ delta })
  const calls = (...tool_calls: Wire[]) => ({ delta: { tool_calls } })
  const fn = (name: string | undefined, args: string) => ({ function: { name, arguments: args } })
  const closing = (message: Wire) => ({ message, finish_reason: 'stop' })
  const finish = { delta: {}, finish_reason: 'tool_calls' }

  test.each<[string, Wire[], string[]]>([
    ['text', [says({ content: 'Hello' }), closing({ content: 'Hello' })], ['Hello']],
    [
      'thinking and text',
      [
        says({ reasoning_content: 'Hm' }),
        says({ content: 'Hello' }),
        closing({ reasoning_content: 'Hm', content: 'Hello' }),
      ],
      ['Hm', 'Hello'],
    ],
    [
      'redacted thinking',
      [
        says({ reasoning_details: [{ type: 'reasoning.encrypted', data: 'x' }] }),
        closing({ reasoning_details: [{ type: 'reasoning.encrypted', data: 'x' }] }),
      ],
      [''],
    ],
    [
      'calls',
      [
        calls({ index: 0, id: 'a', ...fn('f', '{}') }),
        closing({ tool_calls: [{ id: 'a', ...fn('f', '{}') }] }),
      ],
      ['a f {}'],
    ],
    [
      'a call without a name yet',
      [
        calls({ index: 0, id: 'a', ...fn(undefined, '{}') }),
        closing({ tool_calls: [{ id: 'a', ...fn('f', '{}') }] }),
      ],
      ['a  {}'],
    ],
    [
      'text, but not the calls',
      [
        says({ content: 'Hello' }),
        closing({ content: 'Hello', tool_calls: [{ id: 'a', ...fn('f', '{}') }] }),
      ],
      ['Hello', 'a f {}'],
    ],
    [
      'calls, but not the text',
      [
        calls({ index: 0, id: 'a', ...fn('f', '{}') }),
        closing({ content: 'Hello', tool_calls: [{ id: 'a', ...fn('f', '{}') }] }),
      ],
      ['a f {}', 'Hello'],
    ],
  ])('what a closing message repeats is written once: %s', (_, choices, content) => {
    expect(contentOf(...choices)).toEqual(content)
  })

  test.each<[string, Wire[], string[]]>([
    [
      'without index and id belongs to the last call',
      [calls({ index: 0, id: 'a', ...fn('f', '{"x"') }), calls(fn(undefined, ':1}'))],
      ['a f {"x":1}'],
    ],
    [
      'with a name, without index and id, begins a call',
      [calls(fn('f', '{"x":')), calls(fn('f', '1}')), calls(fn('f', '{}')), calls(fn('g', '{}'))],
      [' f {"x":1}', ' f {}', ' g {}'],
    ],
    [
      'with a name and another id begins a call, whatever its index',
      [
        calls({ index: 0, id: 'a', ...fn('f', '{"x":') }),
        calls({ index: 0, ...fn(undefined, '1}') }),
        calls({ index: 0, id: 'b', ...fn('g', '{"y":') }),
        calls({ index: 0, ...fn(undefined, '2}') }),
      ],
      ['a f {"x":1}', 'b g {"y":2}'],
    ],
    [
      'with another id and no name belongs to the call with its index',
      [
        calls({ index: 0, id: 'a', ...fn('f', '{"x":') }),
        calls({ index: 0, id: 'b', ...fn(undefined, '1}') }),
      ],
      ['a f {"x":1}'],
    ],
    [
      'belongs to the call with its id',
      [
        calls({ index: 0, id: 'a', ...fn('f', '{"x":') }),
        calls({ index: 0, id: 'b', ...fn('g', '{"y":') }),
        calls({ id: 'a', ...fn(undefined, '1}') }, { index: 0, id: 'b', ...fn(undefined, '2}') }),
      ],
      ['a f {"x":1}', 'b g {"y":2}'],
    ],
    [
      'with another index begins a call, even if the id is that of a call',
      [
        calls({ index: 0, id: 'a', ...fn('f', '{}') }),
        calls({ index: 1, id: 'a', ...fn('g', '{}') }),
      ],
      ['a f {}', 'a g {}'],
    ],
    [
      'gives the call with its id an index',
      [
        calls({ id: 'a', ...fn('f', '{"x":') }),
        calls({ index: 0, id: 'a', ...fn(undefined, '1') }),
        calls({ index: 0, ...fn(undefined, '}') }),
      ],
      ['a f {"x":1}'],
    ],
    [
      'may have a piece of the name',
      [
        calls({ index: 0, id: 'a', ...fn('get_', '') }, { index: 1, id: 'b', ...fn('f', '') }),
        calls({ index: 2, id: 'c', ...fn('get_', '') }),
        calls({ index: 2, ...fn('weather', '') }),
        calls({ index: 2, ...fn('get_weather', '{}') }),
        calls({ index: 3, id: 'd', ...fn('g', '') }),
      ],
      ['a get_ ', 'b f ', 'c get_weather {}', 'd g '],
    ],
    [
      'may have an empty id',
      [
        calls({ index: 0, id: '', ...fn(undefined, '') }),
        calls({ index: 0, id: 'a', ...fn('f', '{') }),
        calls({ index: 0, id: '', ...fn('', '}') }),
      ],
      ['a f {}'],
    ],
  ])('a fragment of a call %s, as `accumulate` has it', async (_, choices, content) => {
    expect(contentOf(...choices, finish)).toEqual(content)
    const body = [...choices, finish].map((choice) => ({
      data: JSON.stringify({ id: 'c', choices: [{ index: 0, ...choice }] }),
    }))
    const { message } = await accumulate([...body, { data: '[DONE]' }], { incomplete: 'return' })
    const made = message.choices[0]?.message.tool_calls as unknown as Record<string, Wire>[]
    expect(
      made.map(({ id, function: body }) => [id, body!['name'], body!['arguments']].join(' ')),
    ).toEqual(content)
  })

  test('a name waits for no more than one chunk, and keeps its place', () => {
    const writer = anthropic.write()
    const named = calls({ index: 0, id: 'a', ...fn('f', '') })
    const types = (choice: Wire) =>
      writer
        .chunk({ choices: [{ index: 0, ...choice }] })
        .map(({ data }) => JSON.parse(data) as Record<string, Wire>)
        .flatMap(({ content_block: block }) => (block ? [block['type']] : []))
    expect(types(named)).toEqual([])
    expect(types(says({}))).toEqual(['tool_use'])
    expect(contentOf(named, says({ content: 'Hi' }))).toEqual(['a f ', 'Hi'])
    const data = { type: 'reasoning.encrypted', data: 'x' }
    expect(contentOf(named, says({ reasoning_details: [data] }))).toEqual(['a f ', ''])
  })

  test('an error keeps its message, whatever its shape is', () => {
    const written = (error: unknown) =>
      [...toEvents([{ error }], { dialect: anthropic })].map(({ data }) => JSON.parse(data).error)
    expect(written('boom')).toEqual([{ type: 'api_error', message: 'boom' }])
    expect(written({ code: 429 })).toEqual([{ type: 'api_error', message: '{"code":429}' }])
    expect(written({ type: 'x', message: 'boom' })).toEqual([{ type: 'x', message: 'boom' }])
  })

  test('what is not a chunk is left out', () => {
    const rubbish = [null, 'text', [], {}, { choices: null }, { choices: [null] }] as object[]
    const chunk = { choices: [{ index: 0, delta: { content: 'a' }, finish_reason: 'stop' }] }
    const written = (chunks: object[]) => [...toEvents(chunks, { dialect: anthropic })]
    expect(written([...rubbish, chunk, ...rubbish])).toEqual(written([chunk]))
  })

  test('a stream without a finish reason stays cut', () => {
    const chunks = [
      { id: 'c', choices: [{ index: 0, delta: { content: 'Hi' }, finish_reason: null }] },
    ]
    expect([...toEvents(chunks, { dialect: anthropic })].map(({ event }) => event)).toEqual([
      'message_start',
      'content_block_start',
      'content_block_delta',
    ])
  })

  test('an error frame is an `error` event', () => {
    const failing = (function* (): Generator<object> {
      throw new Error('no')
    })()
    const onError = () => ({ error: { type: 'overloaded_error', message: 'Busy' } })
    expect([...toEvents(failing, { dialect: anthropic, onError })]).toEqual([
      event('error', { error: { type: 'overloaded_error', message: 'Busy' } }),
    ])
  })

  test('what both can say survives a round trip', async () => {
    await fc.assert(
      fc.asyncProperty(chunkStream({ features: ['tools'] }), async ({ completion: made }) => {
        const [choice] = made.choices
        if (choice === undefined) return
        const calls = choice.message.tool_calls?.filter(({ type }) => type === 'function')
        const content = choice.message.content || null
        const whole = completion(
          { content, ...(calls?.length && { tool_calls: calls }) },
          calls?.length ? 'tool_calls' : 'stop',
          {
            usage: {
              prompt_tokens: 3,
              completion_tokens: 4,
              total_tokens: 7,
              prompt_tokens_details: { cached_tokens: 1, cache_write_tokens: 2 },
            },
          },
        )
        const { created: _, ...expected } = whole
        const { message } = await accumulate(write(whole), {
          dialect: anthropic,
          incomplete: 'return',
        })
        const calm = (value: unknown): unknown =>
          JSON.parse(JSON.stringify(value).replaceAll('"arguments":""', '"arguments":"{}"'))
        expect(calm(message)).toEqual(calm(expected))
      }),
    )
  })

  test('thinking, signatures, redacted thinking and citations survive a round trip', async () => {
    const details = [
      {
        type: 'reasoning.text',
        text: 'Let me see.',
        signature: 'c2ln',
        index: 0,
        format: 'anthropic-claude-v1',
      },
      { type: 'reasoning.encrypted', data: 'b3Bha', index: 1, format: 'anthropic-claude-v1' },
      {
        type: 'reasoning.text',
        text: 'And.',
        signature: 'c2ln',
        index: 2,
        format: 'anthropic-claude-v1',
      },
    ]
    const citation = { type: 'page_location', document_index: 0 }
    const message = {
      content: 'Hi',
      reasoning_details: details,
      annotations: [{ type: 'citation', citation }],
    }
    const again = await accumulate(write(completion(message, 'stop')), { dialect: anthropic })
    const { reasoning_details: found, ...rest } = again.choices[0]?.message ?? {}
    // The index is the number of the block, which depends on the blocks before it.
    const unnumbered = (list: readonly object[] = []) =>
      list.map((one) => ({ ...one, index: null }))
    expect(unnumbered(found ?? [])).toEqual(unnumbered(details))
    expect(rest).toMatchObject({ content: 'Hi', annotations: message.annotations })
  })
})
