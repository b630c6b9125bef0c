import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  createAccumulator,
  createChunkWriter,
  split,
  toEvents,
  toResponse,
  type SplitOptions,
} from '@tesserae/openai'
import {
  chatCompletionChunk,
  type ChatCompletion,
  type TextCompletion,
} from '@tesserae/openai/schema'
import { anyCompletion as chatCompletion, CHAT_FEATURES } from '@tesserae/testkit/arbitraries'
import { completionOf } from './support/completion.ts'

const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value))
const accumulate = (chunks: Iterable<unknown>): unknown => {
  const accumulator = createAccumulator()
  for (const chunk of chunks) accumulator.push(plain(chunk))
  return plain(accumulator.finish().message)
}
const completions = chatCompletion() as unknown as fc.Arbitrary<ChatCompletion>
const options: fc.Arbitrary<SplitOptions> = fc.record({
  granularity: fc.constantFrom<SplitOptions['granularity']>('word', 'whole', 1, 3, (text) => [
    text,
  ]),
  usage: fc.constantFrom('own-chunk', 'last-choice'),
  role: fc.constantFrom('first', 'every'),
})

describe('accumulate(split(m)) is m', () => {
  test('whatever the message and however it is split', () => {
    fc.assert(
      fc.property(completions, options, (completion, options) => {
        expect(accumulate(split(completion, options))).toEqual(completion)
      }),
      { numRuns: 300 },
    )
  })

  test.each(CHAT_FEATURES)('with %s', (feature) => {
    const some = chatCompletion({ features: [feature] }) as unknown as fc.Arbitrary<ChatCompletion>
    fc.assert(
      fc.property(some, options, (completion, options) => {
        expect(accumulate(split(completion, options))).toEqual(completion)
      }),
    )
  })

  test('for legacy completions', () => {
    fc.assert(
      fc.property(fc.string(), options, (text, options) => {
        const logprobs = {
          tokens: [text],
          text_offset: [0],
          token_logprobs: [-1],
          top_logprobs: [{ [text]: -1 }],
        }
        const completion: TextCompletion = {
          id: 'cmpl-1',
          object: 'text_completion',
          created: 1,
          model: 'm',
          choices: [{ index: 0, text, logprobs, finish_reason: 'stop' }],
          usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
        }
        expect(accumulate(split(completion, options))).toEqual(plain(completion))
      }),
    )
  })

  test('what a server may leave out or send instead', () => {
    const message = {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: [{ type: 'text', text: 'x' }] },
        { type: 'text', text: 'a' },
      ],
      refusal: null,
      audio: null,
      function_call: null,
      reasoning_details: [],
      annotations: [],
    }
    const completion = {
      object: 'chat.completion',
      choices: [{ index: 0, message, logprobs: null, finish_reason: null }],
    }
    expect(accumulate(split(completion as never))).toEqual(completion)
    const empty = { id: 'a', object: 'chat.completion', choices: [], citations: ['c'] }
    expect(accumulate(split(empty as never))).toEqual(empty)
  })

  const call = { id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }
  const part = (text: string): object => ({ type: 'text', text })
  const thought = (text: string): object => ({ type: 'thinking', thinking: [part(text)] })
  const block = (text: string, more: object = {}): object => ({
    type: 'reasoning.text',
    text,
    ...more,
  })
  const ways: SplitOptions[] = [
    {},
    { granularity: 'whole' },
    { granularity: 1, usage: 'last-choice', role: 'every' },
  ]

  test.each<[name: string, message: object]>([
    ['null', { content: null }],
    ['no text', { content: '' }],
    ['text', { content: 'a b' }],
    ['a refusal', { refusal: 'no' }],
    ['an empty refusal', { content: 'a', refusal: '' }],
    ['another role', { content: 'a', role: 'model' }],
    ['a call', { tool_calls: [call] }],
    ['a call beside text', { content: 'a', tool_calls: [call] }],
    ['two calls', { tool_calls: [call, { ...call, id: 'd' }] }],
    [
      'a call without arguments',
      { tool_calls: [{ ...call, function: { name: 'f', arguments: '' } }] },
    ],
    [
      'a custom call',
      { tool_calls: [{ id: 'c', type: 'custom', custom: { name: 'f', input: 'x' } }] },
    ],
    ['a call of another type', { tool_calls: [{ id: 'c', type: 'mcp' }] }],
    [
      'a call with a field of its server',
      { tool_calls: [{ ...call, extra_content: { google: { a: 1 } } }] },
    ],
    ['a function_call', { function_call: { name: 'f', arguments: '{}' } }],
    ['no function_call', { content: 'a', function_call: null }],
    ['reasoning', { content: 'a', reasoning: 'r' }],
    ['empty reasoning', { content: 'a', reasoning: '' }],
    ['reasoning_content', { content: 'a', reasoning_content: 'r' }],
    ['reasoning in two fields', { content: 'a', reasoning: 'r', reasoning_content: 'r' }],
    ['a signed block', { content: 'a', reasoning_details: [block('r', { signature: 's' })] }],
    [
      'blocks with indexes',
      { reasoning_details: [block('r', { index: 0 }), block('s', { index: 1 })] },
    ],
    [
      'encrypted blocks',
      { reasoning_details: ['x', 'y'].map((data) => ({ type: 'reasoning.encrypted', data })) },
    ],
    ['no blocks', { content: 'a', reasoning_details: null }],
    ['one part', { content: [part('a')] }],
    ['thinking and text', { content: [thought('x'), part('a')] }],
    ['a part that is closed', { content: [{ ...thought('x'), closed: true }, part('a')] }],
    ['a reference', { content: [{ type: 'reference', reference_ids: [1] }, part('a')] }],
    [
      'annotations',
      { content: 'a', annotations: [{ type: 'url_citation', url_citation: { url: 'u' } }] },
    ],
    ['an empty list of annotations', { content: 'a', annotations: [] }],
    ['no annotations', { content: 'a', annotations: null }],
    ['images', { content: 'a', images: [{ type: 'image_url', image_url: { url: 'u' } }] }],
    ['audio', { audio: { id: 'a', data: 'AAAA', transcript: 't', expires_at: 1 } }],
    ['no audio', { content: 'a', audio: null }],
    ['a name', { content: 'a', name: 'n' }],
    ['an unknown object', { content: 'a', x: { a: [1] } }],
    ['an unknown null', { content: 'a', x: null }],
    ['an unknown list', { content: 'a', x: [] }],
    ['tools that the server ran', { content: 'a', executed_tools: [{ index: 0, output: 'x' }] }],
  ])('a message as servers send it: %s', (_, message) => {
    const completion = completionOf(message)
    for (const how of ways) expect(accumulate(split(completion as never, how))).toEqual(completion)
  })

  test.each<[name: string, choice: object, beside: object]>([
    [
      'log probabilities',
      { logprobs: { content: [{ token: 'a', logprob: -1 }], refusal: null } },
      {},
    ],
    ['no log probabilities', { logprobs: { content: null, refusal: null } }, {}],
    ['an empty list of them', { logprobs: { content: [] } }, {}],
    ['no finish reason', { finish_reason: null }, {}],
    ["the server's own reason", { native_finish_reason: 'end' }, {}],
    ['what stopped it', { stop_reason: null, matched_stop: 151_645 }, {}],
    [
      'filters',
      { content_filter_results: { hate: { filtered: false } } },
      { prompt_filter_results: [] },
    ],
    ['a seed', { seed: 1 }, {}],
    ['usage', {}, { usage: { total_tokens: 1, details: { cached: 0 } } }],
    ['no fingerprint', {}, { system_fingerprint: null }],
    ['an empty id and no time', {}, { id: '', created: 0 }],
    ['timings', {}, { timings: { predicted_ms: 1 } }],
    ['citations', {}, { citations: ['u'] }],
    ['fields of Groq', {}, { x_groq: { id: 'r' } }],
    ['metadata', {}, { metadata: {}, service_tier: 'default', prompt_logprobs: null }],
  ])('a completion as servers send it: %s', (_, choice, beside) => {
    const completion = completionOf({ content: 'a' }, choice, beside)
    for (const how of ways) expect(accumulate(split(completion as never, how))).toEqual(completion)
  })

  test.each<[name: string, sent: object, comes: object]>([
    ['no calls', { content: 'a', tool_calls: [] }, { content: 'a' }],
    ['calls that are null', { content: 'a', tool_calls: null }, { content: 'a' }],
    [
      'a call without an id',
      { tool_calls: [{ ...call, id: undefined }] },
      { tool_calls: [{ ...call, id: '' }] },
    ],
    [
      'a call without a type',
      { tool_calls: [{ ...call, type: undefined }] },
      { tool_calls: [call] },
    ],
    ['the index of a call', { tool_calls: [{ ...call, index: 0 }] }, { tool_calls: [call] }],
    [
      'arguments that are an object',
      { tool_calls: [{ ...call, function: { name: 'f', arguments: { a: 1 } } }] },
      { tool_calls: [{ ...call, function: { name: 'f', arguments: '{"a":1}' } }] },
    ],
    [
      'reasoning that is null',
      { content: 'a', reasoning: null, reasoning_content: null },
      { content: 'a' },
    ],
    ['neighbouring parts', { content: [part('a'), part('b')] }, { content: [part('ab')] }],
    [
      'neighbouring thoughts',
      { content: [thought('a'), thought('b')] },
      { content: [thought('ab')] },
    ],
    [
      'neighbouring blocks',
      { reasoning_details: [block('a'), block('b')] },
      { reasoning_details: [block('ab')] },
    ],
    ['no parts', { content: [] }, { content: null }],
    ['no role', { content: 'a', role: undefined }, { content: 'a' }],
  ])('what a stream cannot express: %s', (_, sent, comes) => {
    for (const how of ways)
      expect(accumulate(split(plain(completionOf(sent)) as never, how))).toEqual(
        completionOf(comes),
      )
  })

  test('the chunks are as documented', () => {
    const known = CHAT_FEATURES.filter(
      (feature) => feature !== 'extensions' && feature !== 'moderation',
    )
    const some = chatCompletion({ features: known }) as unknown as fc.Arbitrary<ChatCompletion>
    fc.assert(
      fc.property(some, options, (completion, options) => {
        for (const chunk of split(completion, options))
          expect(chatCompletionChunk['~standard'].validate(plain(chunk)).issues).toBeUndefined()
      }),
    )
  })
})

const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 }
const completion = completionOf({ content: 'Two words 👋' }, {}, { usage })
const deltasOf = (options?: SplitOptions): unknown[] =>
  [...split(completion, options)].map(({ choices }) => choices[0]?.delta)

describe('how it is split', () => {
  const opening = { role: 'assistant', content: '', refusal: null }
  test.each<[string, SplitOptions, unknown[]]>([
    [
      'by words',
      {},
      [opening, { content: 'Two' }, { content: ' words' }, { content: ' 👋' }, {}, undefined],
    ],
    ['not at all', { granularity: 'whole' }, [opening, { content: 'Two words 👋' }, {}, undefined]],
    [
      'by characters, none of them in two',
      { granularity: 10 },
      [opening, { content: 'Two words ' }, { content: '👋' }, {}, undefined],
    ],
    [
      'usage with the last choice',
      { granularity: 'whole', usage: 'last-choice' },
      [opening, { content: 'Two words 👋' }, {}],
    ],
    [
      'role in each',
      { granularity: 'whole', role: 'every' },
      [opening, { role: 'assistant', content: 'Two words 👋' }, {}, undefined],
    ],
  ])('%s', (_, options, deltas) => {
    expect(deltasOf(options)).toEqual(deltas)
  })

  test('tokens with their probabilities, where these are known', () => {
    const tokens = ['Two', ' words', ' 👋'].map((token) => ({
      token,
      logprob: -1,
      bytes: null,
      top_logprobs: [],
    }))
    const [choice] = completion.choices
    const known = {
      ...completion,
      choices: [{ ...choice, logprobs: { content: tokens, refusal: null } }],
    } as ChatCompletion
    const chunks = [...split(known, { granularity: 'whole' })]
    expect(chunks[1]?.choices[0]).toMatchObject({
      delta: { content: 'Two' },
      logprobs: { content: [tokens[0]] },
    })
    expect(accumulate(chunks)).toEqual(known)
  })
})

describe('what cannot be split', () => {
  test.each(['words', '5', 0, -1, 1.5, Number.NaN, Infinity])('by %s', (granularity) => {
    const message = { role: 'assistant' as const, content: 'Hi', refusal: null }
    const made = split(
      {
        id: 'chatcmpl-1',
        object: 'chat.completion',
        created: 1,
        model: 'm',
        choices: [{ index: 0, message, logprobs: null, finish_reason: 'stop' }],
      },
      { granularity: granularity as never },
    )
    expect(() => [...made]).toThrow(RangeError)
  })

  test.each([[undefined], [null], ['text'], [{}], [{ choices: [{}] }], [{ choices: [null] }]])(
    'is %j',
    (completion) => {
      expect(() => [...split(completion as never)]).toThrow(TypeError)
    },
  )
})

describe('toEvents', () => {
  test('each chunk, and [DONE]', () => {
    expect([...toEvents([{ a: 1 }])]).toEqual([{ data: '{"a":1}' }, { data: '[DONE]' }])
  })

  test('of chunks that come later', async () => {
    async function* chunks(): AsyncGenerator<object> {
      yield { a: 1 }
    }
    const events = []
    for await (const event of toEvents(chunks())) events.push(event)
    expect(events).toEqual([{ data: '{"a":1}' }, { data: '[DONE]' }])
  })

  function* failing(): Generator<object> {
    yield { a: 1 }
    throw new Error('secret')
  }
  async function* failingLater(): AsyncGenerator<object> {
    yield* failing()
  }
  const onError = (): { error: { message: string } } => ({ error: { message: 'sorry' } })
  const ending = [{ data: '{"a":1}' }, { data: '{"error":{"message":"sorry"}}' }]

  test('an error frame in the place of [DONE], if one is made', async () => {
    expect([...toEvents(failing(), { onError })]).toEqual(ending)
    const events = []
    for await (const event of toEvents(failingLater(), { onError })) events.push(event)
    expect(events).toEqual(ending)
  })

  test('the failure itself, if not', () => {
    expect(() => [...toEvents(failing())]).toThrow('secret')
  })

  test.each([undefined, null, 5, 'text', {}])('%j in the place of chunks is refused', (chunks) => {
    expect(() => toEvents(chunks as never)).toThrow('Expected an iterable of chunks')
  })
})

describe('createChunkWriter', () => {
  const head = { id: 'a\u0000"', created: 1, model: 'm' }
  const writer = createChunkWriter(head)
  const chunkOf = ({ data }: { data: string }): unknown => JSON.parse(data)
  const around = (delta: object, index = 0): object => ({
    ...head,
    object: 'chat.completion.chunk',
    choices: [{ index, delta, finish_reason: null }],
  })

  test('any text, in any field, of any choice', () => {
    const fields = fc.constantFrom('content', 'refusal', 'reasoning', 'reasoning_content')
    fc.assert(
      fc.property(
        fields,
        fc.string({ unit: 'binary' }),
        fc.nat({ max: 3 }),
        (field, piece, choice) => {
          expect(chunkOf(writer.text(field, piece, choice))).toEqual(
            around({ [field]: piece }, choice),
          )
        },
      ),
    )
  })

  test('arguments, and any other chunk', () => {
    expect(chunkOf(writer.arguments('{"', 1))).toEqual(
      around({ tool_calls: [{ index: 1, function: { arguments: '{"' } }] }),
    )
    expect(chunkOf(writer.chunk({ choices: [] }))).toEqual({
      ...head,
      object: 'chat.completion.chunk',
      choices: [],
    })
  })
})

describe('options of a wrong name or type', () => {
  const completion = { id: 'c', object: 'chat.completion', created: 1, model: 'm', choices: [] }
  const wrong: [string, () => unknown, string][] = [
    [
      'split',
      () => split(completion as never, { granularty: 1 } as never),
      'Unknown option `granularty`. The options are: granularity, usage, role, dialect.',
    ],
    [
      'split',
      () => split(completion as never, { usage: 'last' } as never),
      "`usage` must be 'own-chunk' or 'last-choice'.",
    ],
    [
      'split',
      () => split(completion as never, { role: 'all' } as never),
      "`role` must be 'first' or 'every'.",
    ],
    [
      'split',
      () => split(completion as never, { dialect: 'anthropic' } as never),
      '`dialect` must be a dialect',
    ],
    [
      'toEvents',
      () => toEvents([], { onerror() {} } as never),
      'Unknown option `onerror`. The options are: dialect, onError.',
    ],
    ['toEvents', () => toEvents([], { onError: {} } as never), '`onError` must be a function.'],
    [
      'toResponse',
      () => toResponse(completion as never, { granularty: 1 } as never),
      'Unknown option `granularty`.',
    ],
  ]
  for (const [name, call, says] of wrong)
    test(`are refused by ${name}: ${says}`, () => expect(call).toThrow(says))
})
