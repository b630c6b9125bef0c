import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  createAccumulator,
  createChunkWriter,
  split,
  toEvents,
  type SplitOptions,
} from '@tesserae/openai'
import {
  chatCompletionChunk,
  type ChatCompletion,
  type TextCompletion,
} from '@tesserae/openai/schema'
import { anyCompletion as chatCompletion, CHAT_FEATURES } from '@tesserae/testkit/arbitraries'

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

const completion: ChatCompletion = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: 'Two words 👋', refusal: null },
      logprobs: null,
      finish_reason: 'stop',
    },
  ],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
}
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
