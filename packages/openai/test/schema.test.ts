import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyCompletion as completions, chunkStream } from '@tesserae/testkit/arbitraries'
import {
  chatCompletion,
  chatCompletionChunk,
  createChecker,
  errorFrame,
  SchemaError,
  textCompletion,
  textCompletionChunk,
  type Schema,
} from '@tesserae/openai/schema'

const pathsOf = (schema: Schema<unknown>, value: unknown): string[] => {
  const { issues = [] } = schema['~standard'].validate(value)
  return issues.map(({ path }) => path.join('.'))
}

const chunk = {
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1_700_000_000,
  model: 'm',
  choices: [{ index: 0, delta: { content: 'a' }, finish_reason: null }],
}
const text = {
  id: 'cmpl-1',
  object: 'text_completion',
  created: 1,
  model: 'm',
  choices: [{ index: 0, text: 'a', logprobs: null, finish_reason: 'stop' }],
}

describe('what is documented is accepted, and comes out as the same object', () => {
  test.each([
    ['a chunk', chatCompletionChunk, chunk],
    ['a chunk without choices', chatCompletionChunk, { ...chunk, choices: [], usage: null }],
    ['an unknown field', chatCompletionChunk, { ...chunk, __proto__x: { a: 1 } }],
    ['a legacy completion', textCompletion, text],
    [
      'a legacy chunk',
      textCompletionChunk,
      { ...text, choices: [{ ...text.choices[0], finish_reason: null }], usage: null },
    ],
    ['an error', errorFrame, { error: { message: 'no', type: 'x', param: null, code: 429 } }],
  ] as const)('%s', (_, schema: Schema<unknown>, value) => {
    const result = schema['~standard'].validate(value)
    expect(result).toEqual({ value })
    expect(result).toHaveProperty('value', value)
    expect('value' in result && result.value === value).toBe(true)
  })

  test('every completion, and every chunk of it', () => {
    const features = [
      'choices',
      'refusal',
      'tools',
      'customTools',
      'functionCall',
      'audio',
    ] as const
    const more = [
      'logprobs',
      'annotations',
      'usage',
      'serviceTier',
      'fingerprint',
      'reasoning',
    ] as const
    const options = { features: [...features, ...more] }
    fc.assert(
      fc.property(completions(options), (completion) => {
        expect(pathsOf(chatCompletion, completion)).toEqual([])
      }),
    )
    fc.assert(
      fc.property(chunkStream(options), ({ chunks }) => {
        for (const chunk of chunks) expect(pathsOf(chatCompletionChunk, chunk)).toEqual([])
      }),
    )
  })
})

describe('each thing that is wrong is named by its path, and hides no other', () => {
  test.each([
    ['choices is null', { ...chunk, choices: null }, ['choices']],
    ['choices is missing', { ...chunk, choices: undefined }, ['choices']],
    ['an index is a string', change({ index: '0' }), ['choices.0.index']],
    ['an index is negative', change({ index: -1 }), ['choices.0.index']],
    ['there is no index', change({ index: undefined }), ['choices.0.index']],
    ['the delta is missing', change({ delta: undefined }), ['choices.0.delta']],
    ['the role is null', change({ delta: { role: null } }), ['choices.0.delta.role']],
    ['content is a list', change({ delta: { content: [] } }), ['choices.0.delta.content']],
    [
      'several are wrong',
      { ...change({ delta: { content: 1, refusal: 2 }, finish_reason: 3 }), created: 'now' },
      ['created', 'choices.0.delta.content', 'choices.0.delta.refusal', 'choices.0.finish_reason'],
    ],
    [
      'arguments are an object',
      change({ delta: { tool_calls: [{ index: 0, function: { arguments: {} } }] } }),
      ['choices.0.delta.tool_calls.0.function.arguments'],
    ],
    ['it is not an object', null, ['']],
    ['it is a list', [], ['']],
  ])('%s', (_, value, paths) => {
    expect(pathsOf(chatCompletionChunk, value)).toEqual(paths)
  })

  test('the kind of a tool call decides what belongs to it', () => {
    const message = { role: 'assistant', content: null, refusal: null }
    const withCall = (call: unknown): unknown => ({
      ...text,
      object: 'chat.completion',
      choices: [
        {
          index: 0,
          logprobs: null,
          finish_reason: 'tool_calls',
          message: { ...message, tool_calls: [call] },
        },
      ],
    })
    const at = 'choices.0.message.tool_calls.0'
    const custom = { id: 'c', type: 'custom', custom: { name: 'n', input: 'x' } }
    expect(pathsOf(chatCompletion, withCall(custom))).toEqual([])
    expect(pathsOf(chatCompletion, withCall({ ...custom, type: 'function' }))).toEqual([
      `${at}.function`,
    ])
    expect(pathsOf(chatCompletion, withCall({ ...custom, type: 'toString' }))).toEqual([
      `${at}.type`,
    ])
  })

  test('a message says what was expected and what was there, and never the value', () => {
    const { issues } = chatCompletionChunk['~standard'].validate({ ...chunk, id: { secret: 1 } })
    expect(issues).toEqual([
      {
        message: 'id has to be a string, not another object.',
        path: ['id'],
        expected: 'a string',
        received: 'another object',
      },
    ])
  })

  test('inherited names are not fields', () => {
    const bare = Object.create(chunk) as unknown
    expect(pathsOf(chatCompletionChunk, bare)).toEqual([
      'id',
      'created',
      'model',
      'object',
      'choices',
    ])
  })
})

describe('three modes', () => {
  const wrong = change({ delta: { role: null, content: 'kept' } })

  test('off: nothing is checked', () => {
    const checker = createChecker({ mode: 'off' })
    expect(checker.check(wrong)).toBe(wrong)
    expect(checker.issues).toEqual([])
  })

  test('warn: what is wrong is kept with the number of its chunk, and the chunk goes on', () => {
    const told: string[] = []
    const checker = createChecker({ onIssue: (issue) => told.push(issue.path.join('.')) })
    checker.check(chunk)
    expect(checker.check(wrong)).toBe(wrong)
    expect(checker.issues).toMatchObject([{ chunk: 1, path: ['choices', 0, 'delta', 'role'] }])
    expect(told).toEqual(['choices.0.delta.role'])
  })

  test('warn: of endlessly many only the first are kept, and all are counted', () => {
    const checker = createChecker({ keep: 2 })
    for (let number = 0; number < 5; number++) checker.check(wrong)
    expect(checker.issues.map(({ chunk }) => chunk)).toEqual([0, 1])
    expect(checker.count).toBe(5)
  })

  test('strict: everything that is wrong with the chunk is in one error', () => {
    const checker = createChecker({ mode: 'strict' })
    checker.check(chunk)
    const check = (): unknown => checker.check({ ...wrong, id: 1 })
    expect(check).toThrow(SchemaError)
    try {
      check()
    } catch (error) {
      expect(error).toMatchObject({ code: 'invalid-chunk', chunk: 2 })
      expect((error as SchemaError).issues).toHaveLength(2)
    }
  })
})

function change(choice: Record<string, unknown>): Record<string, unknown> {
  const changed = { ...chunk.choices[0], ...choice }
  const kept = Object.entries(changed).filter(([, value]) => value !== undefined)
  return { ...chunk, choices: [Object.fromEntries(kept)] }
}
