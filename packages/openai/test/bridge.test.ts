import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  accumulate as accumulateChat,
  createAccumulator,
  split as splitChat,
  toEvents,
} from '@tesserae/openai'
import { toChunks, toResponseEvents } from '@tesserae/openai/bridge'
import { anthropic } from '@tesserae/openai/dialects'
import { accumulate, createAccumulator as createResponse, split } from '@tesserae/openai/responses'
import { responseEvent } from '@tesserae/openai/responses/schema'
import { chatCompletionChunk } from '@tesserae/openai/schema'
import { chunkStream } from '@tesserae/testkit/arbitraries'
import { type JsonObject, responseStream } from '@tesserae/testkit/responses'

type Wire = Record<string, unknown>

const messageOf = (chunks: Iterable<object>): Wire => {
  const accumulator = createAccumulator()
  for (const chunk of chunks) accumulator.push(chunk)
  return JSON.parse(JSON.stringify(accumulator.finish({ done: true }).message))
}
const responseOf = (events: Iterable<object>): Wire => {
  const accumulator = createResponse<Wire>()
  for (const event of events) accumulator.push(event)
  return accumulator.finish().response
}
const chunk = (delta: Wire, finish_reason: string | null = null, more: Wire = {}) => ({
  id: 'c1',
  object: 'chat.completion.chunk',
  created: 7,
  model: 'tiny',
  choices: [{ index: 0, delta, finish_reason }],
  ...more,
})

describe('from a response to a chat completion', () => {
  const text = { type: 'output_text', text: 'Hello', annotations: [] }
  const response = (output: Wire[], more: Wire = {}): Wire => ({
    id: 'resp_1',
    object: 'response',
    created_at: 7,
    model: 'tiny',
    status: 'completed',
    output,
    usage: {
      input_tokens: 3,
      input_tokens_details: { cached_tokens: 1 },
      output_tokens: 4,
      output_tokens_details: { reasoning_tokens: 2 },
      total_tokens: 7,
    },
    ...more,
  })
  const convert = (whole: Wire): Wire => messageOf(toChunks(split(whole as never)))

  test('text, reasoning, refusals, calls and usage', () => {
    expect(
      convert(
        response([
          {
            type: 'reasoning',
            id: 'rs',
            summary: [],
            content: [{ type: 'reasoning_text', text: 'Hm' }],
          },
          {
            type: 'message',
            id: 'm',
            role: 'assistant',
            status: 'completed',
            content: [text, { type: 'refusal', refusal: 'No' }],
          },
          {
            type: 'function_call',
            id: 'f',
            call_id: 'call_1',
            name: 'add',
            arguments: '{"a":1}',
            status: 'completed',
          },
          { type: 'custom_tool_call', id: 'k', call_id: 'call_2', name: 'run', input: 'x = 1' },
        ]),
      ),
    ).toEqual({
      id: 'resp_1',
      object: 'chat.completion',
      created: 7,
      model: 'tiny',
      choices: [
        {
          index: 0,
          finish_reason: 'tool_calls',
          logprobs: null,
          message: {
            role: 'assistant',
            content: 'Hello',
            refusal: 'No',
            reasoning_content: 'Hm',
            tool_calls: [
              { id: 'call_1', type: 'function', function: { name: 'add', arguments: '{"a":1}' } },
              { id: 'call_2', type: 'custom', custom: { name: 'run', input: 'x = 1' } },
            ],
          },
        },
      ],
      usage: {
        prompt_tokens: 3,
        completion_tokens: 4,
        total_tokens: 7,
        prompt_tokens_details: { cached_tokens: 1 },
        completion_tokens_details: { reasoning_tokens: 2 },
      },
    })
  })

  test('tool calls are counted over calls, not over items', () => {
    const chunks = [
      ...toChunks(
        split(
          response([
            { type: 'web_search_call', id: 'w', status: 'completed' },
            { type: 'function_call', id: 'f', call_id: 'c', name: 'add', arguments: '{}' },
          ]) as never,
        ),
      ),
    ]
    expect(
      chunks.flatMap(
        ({ choices }) => choices[0]?.delta.tool_calls?.map(({ index }) => index) ?? [],
      ),
    ).toEqual([0, 0])
  })

  test.each([
    ['incomplete', { reason: 'max_output_tokens' }, 'length'],
    ['incomplete', { reason: 'content_filter' }, 'content_filter'],
    ['incomplete', { reason: 'steered' }, 'steered'],
    ['incomplete', null, 'length'],
    ['cancelled', null, 'cancelled'],
    ['completed', null, 'stop'],
  ])('the status %s with %j finishes as %s', (status, incomplete_details, expected) => {
    const chunks = [...toChunks(split(response([], { status, incomplete_details }) as never))]
    expect(chunks.flatMap(({ choices }) => choices[0]?.finish_reason ?? [])).toEqual([expected])
  })

  test('a failed response and an error become an error frame, once', () => {
    const failed = response([], {
      status: 'failed',
      error: { code: 'server_error', message: 'Sorry' },
    })
    const error = { type: 'error', error: { type: 'tokens', code: 'rate', message: 'Slow' } }
    expect([...toChunks([error, ...split(failed as never)])]).toEqual([
      { error: { message: 'Slow', type: 'tokens', code: 'rate', param: null } },
    ])
    expect([...toChunks(split(failed as never))].at(-1)).toMatchObject({
      error: { message: 'Sorry' },
    })
  })

  test('a stream that is cut has no finish reason', () => {
    const events = [...split(response([]) as never)].slice(0, -1)
    expect([...toChunks(events)].every(({ choices }) => !choices[0]?.finish_reason)).toBe(true)
  })

  test('encrypted reasoning, annotations and log probabilities are kept', () => {
    const annotation = {
      type: 'url_citation',
      url: 'https://example.com',
      title: 'T',
      start_index: 0,
      end_index: 1,
    }
    const logprobs = [{ token: 'Hello', bytes: null, logprob: -1, top_logprobs: [] }]
    const [choice] = convert(
      response([
        {
          type: 'reasoning',
          id: 'rs',
          summary: [{ type: 'summary_text', text: 'Hm' }],
          encrypted_content: 'AA',
        },
        {
          type: 'message',
          id: 'm',
          role: 'assistant',
          content: [{ ...text, annotations: [annotation], logprobs }],
        },
      ]),
    )['choices'] as Wire[]
    const { type, ...url_citation } = annotation
    expect(choice).toMatchObject({
      logprobs: { content: logprobs },
      message: {
        reasoning_content: 'Hm',
        reasoning_details: [{ type: 'reasoning.encrypted', data: 'AA', id: 'rs' }],
        annotations: [{ type, url_citation }],
      },
    })
  })

  test('any habit of a server gives the same completion', () => {
    fc.assert(
      fc.property(responseStream({ quirks: 'all' }), ({ events, response }) => {
        if (response['status'] === 'failed') return
        const plain = messageOf(toChunks(split(response as never, { granularity: 'whole' })))
        const found = messageOf(toChunks(events))
        const [{ logprobs: _, ...choice } = {} as Wire] = found['choices'] as Wire[]
        const [{ logprobs: __, ...expected } = {} as Wire] = plain['choices'] as Wire[]
        expect({ ...found, choices: [choice] }).toEqual({ ...plain, choices: [expected] })
      }),
    )
  })

  test('the chunks are valid', () => {
    fc.assert(
      fc.property(responseStream(), ({ events, response }) => {
        if (response['status'] === 'failed') return
        for (const one of toChunks(events))
          expect(chatCompletionChunk['~standard'].validate(one).issues ?? []).toEqual([])
      }),
    )
  })
})

describe('from a chat completion to a response', () => {
  test('text and a call, with every event that the protocol has for them', () => {
    const events = [
      ...toResponseEvents([
        chunk({ role: 'assistant', content: '' }),
        chunk({ reasoning_content: 'Hm' }),
        chunk({ content: 'Hi' }),
        chunk({
          tool_calls: [
            { index: 0, id: 'call_1', type: 'function', function: { name: 'add', arguments: '' } },
          ],
        }),
        chunk({ tool_calls: [{ index: 0, function: { arguments: '{}' } }] }),
        chunk({}, 'tool_calls'),
        {
          ...chunk({}),
          choices: [],
          usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 },
        },
      ]),
    ]
    expect(events.map(({ type }) => type.replace('response.', ''))).toEqual([
      'created',
      'in_progress',
      'output_item.added',
      'content_part.added',
      'reasoning_text.delta',
      'reasoning_text.done',
      'content_part.done',
      'output_item.done',
      'output_item.added',
      'content_part.added',
      'output_text.delta',
      'output_text.done',
      'content_part.done',
      'output_item.done',
      'output_item.added',
      'function_call_arguments.delta',
      'function_call_arguments.done',
      'output_item.done',
      'completed',
    ])
    expect(events.map(({ sequence_number }) => sequence_number)).toEqual([...events.keys()])
    expect(responseOf(events)).toMatchObject({
      id: 'resp_c1',
      status: 'completed',
      created_at: 7,
      model: 'tiny',
      output: [
        { type: 'reasoning', id: 'rs_c1', content: [{ type: 'reasoning_text', text: 'Hm' }] },
        {
          type: 'message',
          id: 'msg_c1',
          status: 'completed',
          content: [{ type: 'output_text', text: 'Hi' }],
        },
        { type: 'function_call', id: 'fc_call_1', call_id: 'call_1', name: 'add', arguments: '{}' },
      ],
      usage: { input_tokens: 3, output_tokens: 4, total_tokens: 7 },
    })
  })

  test.each([
    ['length', 'incomplete', 'max_output_tokens'],
    ['content_filter', 'incomplete', 'content_filter'],
    ['stop', 'completed', undefined],
    ['cancelled', 'cancelled', undefined],
  ])('the finish reason %s is the status %s', (finish_reason, status, reason) => {
    const response = responseOf(toResponseEvents([chunk({ content: 'Hi' }, finish_reason)]))
    expect(response['status']).toBe(status)
    expect((response['incomplete_details'] as Wire | null)?.['reason']).toBe(reason)
  })

  test('an error becomes an error event and a failed response', () => {
    const events = [
      ...toResponseEvents([
        chunk({ content: 'Hi' }),
        { error: { message: 'Slow', code: 'rate' } },
        chunk({ content: '!' }),
      ]),
    ]
    expect(events.slice(-2)).toMatchObject([
      { type: 'error', code: 'rate', message: 'Slow' },
      {
        type: 'response.failed',
        response: { status: 'failed', error: { code: 'rate', message: 'Slow' } },
      },
    ])
  })

  test('a stream without a finish reason stays cut', () => {
    expect([...toResponseEvents([chunk({ content: 'Hi' })])].at(-1)?.type).toBe(
      'response.output_text.delta',
    )
    expect([...toResponseEvents([])]).toEqual([])
  })

  test('chunks of a legacy completion become a message', () => {
    const legacy = (text: string, finish_reason: string | null = null): object => ({
      id: 'cmpl-1',
      object: 'text_completion',
      created: 7,
      model: 'tiny',
      choices: [{ index: 0, text, logprobs: null, finish_reason }],
    })
    const response = responseOf(
      toResponseEvents([legacy('Once '), legacy('upon'), legacy('', 'length')]),
    )
    expect(response).toMatchObject({
      id: 'resp_cmpl-1',
      status: 'incomplete',
      output: [{ type: 'message', content: [{ type: 'output_text', text: 'Once upon' }] }],
    })
  })

  test('a legacy function call becomes a call', () => {
    const chunk = (function_call: object, finish_reason: string | null = null) => ({
      id: 'c',
      choices: [{ index: 0, delta: { function_call }, finish_reason }],
    })
    const chunks = [
      chunk({ name: 'f', arguments: '' }),
      chunk({ arguments: '{"a":' }),
      chunk({ arguments: '1}' }, 'function_call'),
    ]
    const accumulator = createResponse()
    for (const event of toResponseEvents(chunks)) accumulator.push(event)
    const { response, verdict } = accumulator.finish()
    const call = { type: 'function_call', call_id: 'call_0', name: 'f', arguments: '{"a":1}' }
    expect(response.output).toMatchObject([{ ...call, status: 'completed' }])
    expect(verdict).toMatchObject({ complete: true, partialToolCalls: [] })
  })

  test('citations become annotations of the text, also if they come before it', () => {
    const cite = (url: string): object => ({
      type: 'url_citation',
      url_citation: { url, title: 'T', start_index: 0, end_index: 1 },
    })
    const flat = (url: string): object => ({
      type: 'url_citation',
      url,
      title: 'T',
      start_index: 0,
      end_index: 1,
    })
    const events = [
      ...toResponseEvents([
        chunk({ annotations: [cite('a')] }),
        chunk({ content: 'Hi' }),
        chunk({ annotations: [cite('b'), { type: 'citation' }] }),
        chunk({}, 'stop'),
      ]),
    ]
    expect(responseOf(events)).toMatchObject({
      output: [{ content: [{ text: 'Hi', annotations: [flat('a'), flat('b')] }] }],
    })
    const added = events.find(({ type }) => type === 'response.content_part.added')
    expect(added).toMatchObject({ part: { annotations: [] } })
    expect(events.filter(({ type }) => type.includes('annotation'))).toMatchObject([
      { annotation_index: 0, annotation: flat('a') },
      { annotation_index: 1, annotation: flat('b') },
    ])
  })

  test('calls that come out of order keep their names', () => {
    const call = (index: number, name: string): Wire =>
      chunk({
        tool_calls: [{ index, id: name, type: 'function', function: { name, arguments: '{}' } }],
      })
    const events = toResponseEvents([call(1, 'g'), call(0, 'f'), chunk({}, 'tool_calls')])
    expect(responseOf(events)['output']).toMatchObject([
      { call_id: 'g', name: 'g' },
      { call_id: 'f', name: 'f' },
    ])
  })

  test('text after a call makes another message', () => {
    const call = {
      index: 0,
      id: 'call_1',
      type: 'function',
      function: { name: 'add', arguments: '{}' },
    }
    const { output } = responseOf(
      toResponseEvents([
        chunk({ content: 'a' }),
        chunk({ tool_calls: [call] }),
        chunk({ content: 'b' }),
        chunk({}, 'tool_calls'),
      ]),
    )
    expect((output as Wire[]).map(({ id }) => id)).toEqual(['msg_c1', 'fc_call_1', 'msg_c1_2'])
  })

  test('the events are valid, whatever habits the server has', () => {
    fc.assert(
      fc.property(chunkStream({ quirks: 'all' }), ({ chunks }) => {
        for (const event of toResponseEvents(chunks))
          expect(
            responseEvent['~standard']
              .validate(event)
              .issues?.filter(
                ({ path }) =>
                  path[1] !== 'usage' && path[1] !== 'created_at' && path[1] !== 'model',
              ) ?? [],
          ).toEqual([])
      }),
    )
  })
})

describe('what both can say survives there and back', () => {
  test('from responses', () => {
    fc.assert(
      fc.property(responseStream(), ({ response }) => {
        const said = expressible(response)
        const again = responseOf(toResponseEvents(toChunks(split(said as never))))
        expect(meaningOf(again)).toEqual(meaningOf(said))
      }),
    )
  })

  test('from chat completions', () => {
    fc.assert(
      fc.property(
        chunkStream({ features: ['tools', 'reasoning', 'refusal'] }),
        ({ completion }) => {
          const [choice] = completion.choices
          if (choice === undefined) return
          const { message } = choice
          const reasoning = message.reasoning_content ?? message.reasoning
          const said = {
            content: message.content || null,
            refusal: message.refusal || null,
            reasoning: typeof reasoning === 'string' ? reasoning : '',
            calls: message.tool_calls ?? [],
          }
          const whole = {
            ...completion,
            choices: [
              {
                index: 0,
                logprobs: null,
                finish_reason: said.calls.length > 0 ? 'tool_calls' : 'stop',
                message: {
                  role: 'assistant',
                  content: said.content,
                  refusal: said.refusal,
                  ...(said.reasoning && { reasoning_content: said.reasoning }),
                  ...(said.calls.length > 0 && { tool_calls: said.calls }),
                },
              },
            ],
          }
          const again = messageOf(toChunks(toResponseEvents(splitChat(whole as never))))
          expect(again['choices']).toEqual(whole.choices)
          if (completion.usage)
            expect(again['usage']).toMatchObject({ total_tokens: completion.usage.total_tokens })
        },
      ),
    )
  })

  test('asynchronously, from an answer to an answer', async () => {
    const source = (async function* () {
      yield chunk({ content: 'Hi' })
      yield chunk({}, 'stop')
    })()
    const response = await accumulate(toResponseEvents(source))
    expect(response.output).toHaveLength(1)
    const { choices } = await accumulateChat(
      toChunks(
        (async function* () {
          yield* split(response)
        })(),
      ),
    )
    expect(choices[0]?.message.content).toBe('Hi')
  })
})

/** The part of a response that chat completions have a place for: reasoning, one message, calls. */
function expressible(response: JsonObject): Wire {
  const output = response['output'] as Wire[]
  const first = (type: string) => output.filter((item) => item['type'] === type).slice(0, 1)
  const texts = (item: Wire, list: string) =>
    ((item[list] ?? []) as Wire[]).filter(({ text, refusal }) => text || refusal)
  const reasoning = first('reasoning').flatMap((item) => {
    const [text] = texts(item, 'content')
    return text ? [{ type: 'reasoning', id: 'rs', summary: [], content: [text] }] : []
  })
  const message = first('message').flatMap((item) => {
    const content = texts(item, 'content')
      .filter(({ type }, at, all) => all.findIndex((part) => part['type'] === type) === at)
      .sort((one) => (one['type'] === 'refusal' ? 1 : -1))
      .map((part) =>
        // A text without log probabilities has an empty list in one protocol, and none in the other.
        part['type'] === 'refusal' || (part['logprobs'] as unknown[]).length > 0
          ? part
          : { ...part, logprobs: undefined },
      )
    return content.length > 0 ? [{ ...item, content }] : []
  })
  const calls = output.filter(({ type }) => type === 'function_call' || type === 'custom_tool_call')
  const cut = response['status'] === 'incomplete' ? { status: 'incomplete' } : {}
  return {
    ...response,
    status: response['status'] === 'failed' ? 'completed' : response['status'],
    error: null,
    output: [
      ...reasoning,
      ...message.map((item) => ({ ...item, ...(calls.length === 0 && cut) })),
      ...calls.map((item) => ({ ...item, ...cut })),
    ],
  }
}

/** A response without what the other protocol has no place for: ids, and the request. */
function meaningOf(response: Wire): unknown {
  const { status, incomplete_details, output, created_at, model, usage } = response
  const items = (output as Wire[]).map(({ id: _, ...item }) => {
    const content = (item['content'] as Wire[] | undefined)?.map(
      ({ type, text, refusal, annotations, logprobs }) => ({
        type,
        text,
        refusal,
        ...(type === 'output_text' && { annotations, logprobs }),
      }),
    )
    return {
      ...item,
      ...(content && { content }),
      ...(item['type'] === 'custom_tool_call' && { status: null }),
    }
  })
  return { status, incomplete_details, items, created_at, model, usage }
}

describe('what is not an object', () => {
  const rubbish = [null, undefined, 'text', 5, [], {}] as unknown as object[]

  test('is left out on the way to a chat completion', () => {
    const done = { type: 'response.completed', response: { status: 'completed' } }
    expect([...toChunks([...rubbish, done])]).toEqual([...toChunks([done])])
  })

  test('is left out of the annotations of a chunk', () => {
    const chunk = (annotations: unknown[]) => ({
      id: 'c',
      choices: [{ index: 0, delta: { content: 'a', annotations }, finish_reason: 'stop' }],
    })
    const cited = { type: 'url_citation', url_citation: { url: 'u', title: 't' } }
    expect([...toResponseEvents([chunk([null, [], 'x', cited])])]).toEqual([
      ...toResponseEvents([chunk([cited])]),
    ])
  })

  test('is left out on the way to a response', () => {
    const chunk = {
      id: 'c',
      choices: [{ index: 0, delta: { content: 'a' }, finish_reason: 'stop' }],
    }
    const chunks = [...rubbish.slice(0, -1), chunk, ...rubbish.slice(0, -1)]
    expect([...toResponseEvents(chunks)]).toEqual([...toResponseEvents([chunk])])
  })
})

/** Values that a field of the wire may have by mistake. */
const odd = fc.oneof(
  fc.constantFrom<unknown>(null, '', 'x', 0, -1, 1e9, true, [], {}, [null], 'message', 'refusal'),
  fc.constantFrom<object>(
    { type: 'message', id: 'm', content: [] },
    { type: 'function_call', id: 'f', call_id: 'c', name: 'n', arguments: '' },
    { type: 'output_text', text: 'x' },
    { id: 'r', status: 'in_progress', output: [] },
    [{ index: 0, id: 'a', function: { name: 'f', arguments: '{' } }],
    [{ type: 'text', text: 'x' }, null, []],
  ),
)
const fieldsOf = (names: string) =>
  fc.dictionary(fc.constantFrom(...names.split(' ')), odd, { maxKeys: 6 })

describe('fields of any kind', () => {
  const events = 'created completed failed output_item.added output_item.done content_part.added'
  const texts =
    'output_text refusal reasoning_summary_text function_call_arguments mcp_call_arguments'
  const types = [
    ...events.split(' '),
    ...texts.split(' ').flatMap((text) => [`${text}.delta`, `${text}.done`]),
    'output_text.annotation.added',
  ].map((type) => `response.${type}`)
  const event = fc
    .tuple(
      fc.constantFrom('error', ...types),
      fieldsOf(
        'item_id output_index content_index summary_index delta text item part response arguments annotation logprobs error sequence_number',
      ),
    )
    .map(([type, fields]) => ({ ...fields, type }))
  const chunk = fc
    .tuple(
      fieldsOf(
        'content refusal reasoning_content reasoning_details tool_calls function_call annotations',
      ),
      fc.constantFrom(null, 'stop', 'tool_calls', 5),
      fieldsOf('usage error'),
    )
    .map(([delta, finish_reason, fields]) => ({
      ...fields,
      id: 'c',
      choices: [{ index: 0, delta, finish_reason }],
    }))

  test('make no event throw, and the response is that of the accumulator without a listener', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 8 }), (stream) => {
        const heard = createResponse({ onDelta: () => {} })
        const plain = createResponse()
        for (const each of stream) {
          heard.push(each)
          plain.push(each)
          heard.snapshot()
        }
        expect([...toChunks(stream)]).toBeInstanceOf(Array)
        expect(heard.finish()).toEqual(plain.finish())
      }),
    )
  })

  test('make no chunk throw on its way to a response, or to Anthropic', () => {
    fc.assert(
      fc.property(fc.array(chunk, { maxLength: 6 }), (stream) => {
        expect([...toResponseEvents(stream)]).toBeInstanceOf(Array)
        expect([...toEvents(stream, { dialect: anthropic })]).toBeInstanceOf(Array)
      }),
    )
  })
})
