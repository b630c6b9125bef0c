import { describe, expect, test } from 'vitest'
import * as entry from '@tesserae/openai/accumulator'
import * as dialects from '@tesserae/openai/dialects'
import * as json from '@tesserae/openai/json'
import * as main from '@tesserae/openai'
import * as schema from '@tesserae/openai/schema'
import {
  createAccumulator,
  type Delta,
  type StreamEnd,
  type Verdict,
} from '@tesserae/openai/accumulator'

type Wire = Record<string, unknown>
const say = (delta: Wire, beside: Wire = {}): Wire => ({
  choices: [{ index: 0, delta, ...beside }],
})
const end = (finish_reason: string, index = 0): Wire => ({
  choices: [{ index, delta: {}, finish_reason }],
})
const call = (args: string, id = 'a', index = 0): Wire =>
  say({ tool_calls: [{ index, id, function: { name: 'f', arguments: args } }] })
const sql = say({
  tool_calls: [{ index: 0, id: 'a', type: 'custom', custom: { name: 'sql', input: 'se' } }],
})

function verdictOf(chunks: readonly unknown[], streamEnd?: StreamEnd): Verdict {
  const accumulator = createAccumulator()
  for (const chunk of chunks) accumulator.push(chunk)
  return accumulator.finish(streamEnd).verdict
}

// A name that comes or goes is a decision, and shows in the diff of this file.
test('what the entries export', () => {
  expect(Object.keys(entry).sort()).toEqual([
    'ModelStreamError',
    'createAccumulator',
    'reasoningOf',
    'textOf',
  ])
  expect(Object.keys(dialects)).toEqual(['anthropic', 'crucible'])
  expect(Object.keys(json)).toEqual(['createJsonReader'])
  expect(Object.keys(main).sort()).toEqual([
    'ModelStreamError',
    'ParseError',
    'accumulate',
    'createAccumulator',
    'createChunkWriter',
    'parseArguments',
    'parseContent',
    'readChunks',
    'readDeltas',
    'readSnapshots',
    'reasoningOf',
    'split',
    'tap',
    'textOf',
    'toEvents',
    'toResponse',
  ])
  expect(Object.keys(schema).sort()).toEqual([
    'SchemaError',
    'chatCompletion',
    'chatCompletionChunk',
    'createChecker',
    'errorFrame',
    'textCompletion',
    'textCompletionChunk',
  ])
})

describe('verdicts', () => {
  const text = say({ content: 'a' })
  test.each<[string, unknown[], StreamEnd, string | undefined]>([
    ['a finish reason, and [DONE]', [text, end('stop')], { done: true }, undefined],
    ['a finish reason, no [DONE]', [text, end('stop')], {}, undefined],
    ['[DONE], no finish reason', [text], { done: true }, undefined],
    ['neither', [text], {}, 'no-end'],
    ['nothing at all', [], {}, 'no-end'],
    ['[DONE] and nothing else', [], { done: true }, 'empty'],
    ['[DONE] after usage alone', [{ usage: { total_tokens: 1 } }], { done: true }, 'empty'],
    ['one of two choices ended', [say({}), end('stop', 1)], {}, 'no-finish-reason'],
    ['one of two choices ended, and [DONE]', [say({}), end('stop', 1)], { done: true }, undefined],
    ['cut by length', [text, end('length')], {}, undefined],
    ['arguments cut by length', [call('{"a":'), end('length')], {}, undefined],
    ['arguments cut by a filter', [call('{"a":'), end('content_filter')], {}, undefined],
    [
      'arguments open, and finished all the same',
      [call('{"a":'), end('tool_calls')],
      {},
      'open-json',
    ],
    ['arguments open, and [DONE]', [call('{"a":')], { done: true }, 'open-json'],
    ['a call with stop for a reason', [call('{}'), end('stop')], {}, undefined],
    ['no arguments at all', [call(''), end('tool_calls')], {}, undefined],
    ['an error frame', [text, { error: { message: 'no' } }], { done: true }, 'error'],
    ['an error with the last choice', [say({}, { finish_reason: 'error' })], {}, 'error'],
    ['given up', [text], { aborted: true }, 'aborted'],
    ['the connection failed', [text], { failed: true }, 'error'],
    ['the connection failed after the end', [text, end('stop')], { failed: true }, 'error'],
  ])('%s', (_, chunks, streamEnd, reason) => {
    const verdict = verdictOf(chunks, streamEnd)
    expect(verdict.complete).toBe(reason === undefined)
    expect(verdict.reason).toBe(reason)
  })

  test.each<[string, unknown[], StreamEnd, number[]]>([
    ['open arguments, by length', [call('{}'), call('{"a"', 'b', 1), end('length')], {}, [1]],
    ['arguments that never began, by length', [call(''), end('length')], {}, [0]],
    ['open arguments, by the end of the stream', [call('{"a"')], {}, [0]],
    ['whole arguments, by the end of the stream', [call('{"a":1}')], {}, [0]],
    ['whole arguments in an error', [call('{"a":1}')], { failed: true }, [0]],
    ['whole arguments, by length', [call('{"a":1}'), end('length')], {}, []],
    ['the input of a custom tool, by length', [sql, end('length')], {}, [0]],
    ['the input of a custom tool', [sql, end('tool_calls')], {}, []],
    [
      'in the order of the message',
      [call('{', 'b', 1), call('{}', 'a', 0), end('length')],
      {},
      [1],
    ],
  ])('tool calls that must not be run: %s', (_, chunks, streamEnd, positions) => {
    const { partialToolCalls } = verdictOf(chunks, streamEnd)
    expect(partialToolCalls.map(({ position }) => position)).toEqual(positions)
  })

  test('arguments that were cut are not mended', () => {
    const accumulator = createAccumulator()
    accumulator.push(call('{"city":"Par'))
    expect(accumulator.finish().message.choices[0]?.message.tool_calls).toEqual([
      { id: 'a', type: 'function', function: { name: 'f', arguments: '{"city":"Par' } },
    ])
  })

  test.each<[string, Wire, Wire]>([
    [
      'as documented',
      {
        error: { message: 'Slow down', type: 'rate_limit_error', param: null, code: 'rate_limit' },
      },
      { message: 'Slow down', type: 'rate_limit_error', code: 'rate_limit', param: undefined },
    ],
    ['a sentence', { error: 'boom' }, { message: 'boom' }],
    [
      'an object that is an error',
      { object: 'error', message: 'm', code: 400 },
      { message: 'm', code: 400, status: 400 },
    ],
    [
      'beside choices',
      { error: { message: 'm', code: 502 }, ...end('error') },
      { message: 'm', status: 502 },
    ],
    [
      'in a choice',
      { choices: [{ error: { message: 'm', code: 429 } }] },
      { message: 'm', status: 429 },
    ],
    [
      'a code that is not a status',
      { error: { message: 'm', code: 42 } },
      { code: 42, status: undefined },
    ],
    ['of another API', { error: { detail: 'm' } }, { message: 'm' }],
    ['of nothing', { error: {} }, { message: '' }],
  ])('an error in mid-stream: %s', (_, frame, error) => {
    const verdict = verdictOf([say({ content: 'a' }), frame])
    expect(verdict.error).toMatchObject({ ...error, raw: frame })
  })

  test('the first error counts, and what came before it stays', () => {
    const accumulator = createAccumulator()
    accumulator.push(say({ content: 'a' }))
    accumulator.push({ error: 'one' })
    accumulator.push({ error: 'two' })
    expect(accumulator.error?.message).toBe('one')
    expect(accumulator.snapshot().choices[0]?.message.content).toBe('a')
  })

  test.each([[null], [undefined], ['text'], [1], [[]]])('%j is not a chunk, and noted', (chunk) => {
    expect(verdictOf([chunk, chunk, end('stop')]).notes).toEqual([
      { code: 'not-a-chunk', count: 2 },
    ])
  })

  test('what is finished takes nothing more', () => {
    const accumulator = createAccumulator()
    accumulator.finish()
    expect(() => accumulator.push(end('stop'))).toThrow('push() was called after finish()')
  })
})

describe('what each chunk adds', () => {
  function deltasOf(...chunks: Wire[]): Delta[] {
    const deltas: Delta[] = []
    const accumulator = createAccumulator({ onDelta: (delta) => deltas.push(delta) })
    for (const chunk of chunks) accumulator.push(chunk)
    accumulator.finish()
    return deltas
  }

  test('text, reasoning, refusal, finish and usage, each with the new piece alone', () => {
    const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 }
    expect(
      deltasOf(
        say({ role: 'assistant', content: '' }),
        say({ reasoning: 'x', reasoning_content: 'x' }),
        say({ content: 'a' }),
        say({ content: 'b', refusal: 'c' }),
        say({ content: [{ type: 'text', text: 'd' }] }),
        end('stop'),
        { ...end('stop'), usage },
      ),
    ).toEqual([
      { type: 'reasoning', choice: 0, delta: 'x' },
      { type: 'content', choice: 0, delta: 'a' },
      { type: 'content', choice: 0, delta: 'b' },
      { type: 'refusal', choice: 0, delta: 'c' },
      { type: 'content', choice: 0, delta: 'd' },
      { type: 'finish', choice: 0, reason: 'stop' },
      { type: 'usage', usage },
    ])
  })

  test('a tool call begins with its name, and ends with the stream and not before', () => {
    const entry = (entry: Wire): Wire => say({ tool_calls: [{ index: 0, ...entry }] })
    expect(
      deltasOf(
        entry({ id: 'a' }),
        entry({ function: { name: 'f', arguments: '{}' } }),
        entry({ function: { arguments: ' ' } }),
        end('tool_calls'),
      ),
    ).toEqual([
      { type: 'tool-call-begin', choice: 0, toolCall: 0, id: 'a', name: 'f' },
      { type: 'tool-call-arguments', choice: 0, toolCall: 0, delta: '{}' },
      { type: 'tool-call-arguments', choice: 0, toolCall: 0, delta: ' ' },
      { type: 'finish', choice: 0, reason: 'tool_calls' },
      { type: 'tool-call-end', choice: 0, toolCall: 0, id: 'a', name: 'f', partial: false },
    ])
  })

  test('a call that was cut ends as partial', () => {
    expect(deltasOf(call('{'), end('length')).at(-1)).toMatchObject({
      type: 'tool-call-end',
      partial: true,
    })
  })

  test('of a legacy completion, its text', () => {
    expect(deltasOf({ object: 'text_completion', choices: [{ index: 0, text: 'a' }] })).toEqual([
      { type: 'content', choice: 0, delta: 'a' },
    ])
  })
})

describe('no key reaches anything but the field of its name', () => {
  const names = [
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    'message',
    'choices',
    'delta',
  ]
  const wire = (name: string, value: unknown): unknown =>
    JSON.parse(`{${JSON.stringify(name)}:${JSON.stringify(value)}}`)

  test.each(names)('%s', (name) => {
    const value = { polluted: true, content: 'x' }
    const extra = wire(name, value) as Wire
    const accumulator = createAccumulator()
    const toolCalls = [
      { index: 0, id: 'a', ...extra, function: { name: 'f', arguments: '{}', ...extra } },
    ]
    accumulator.push({
      choices: [{ index: 0, ...extra, delta: { content: 'a', tool_calls: toolCalls } }],
    })
    accumulator.push({ choices: [{ index: 0, delta: { content: 'b', ...extra, audio: extra } }] })
    accumulator.push(extra)
    const { message } = accumulator.finish()
    expect(message.choices[0]?.message.content).toBe('ab')
    expect(Object.getPrototypeOf(message)).toBe(Object.prototype)
    expect(Object.getPrototypeOf(message.choices[0]?.message)).toBe(Object.prototype)
    expect(Object.getPrototypeOf(message.choices[0]?.message.tool_calls?.[0])).toBe(
      Object.prototype,
    )
    expect(({} as Wire)['polluted']).toBeUndefined()
    expect(message.choices[0]?.message.tool_calls).toHaveLength(1)
  })

  test.each([
    ['tool_calls'],
    ['audio'],
    ['function_call'],
    ['reasoning_details'],
    ['annotations'],
    ['content'],
  ])('delta.%s of any kind breaks nothing', (field) => {
    for (const value of [
      null,
      0,
      1,
      '',
      'x',
      true,
      [],
      [null],
      [1],
      ['x'],
      {},
      { index: {} },
      [{ index: {} }],
      [{ function: 1 }],
    ]) {
      const accumulator = createAccumulator({ onDelta: () => {} })
      accumulator.push(say({ content: 'a', [field]: value }))
      accumulator.push(say({ [field]: value }))
      expect(JSON.stringify(accumulator.finish())).toContain('verdict')
    }
  })
})
