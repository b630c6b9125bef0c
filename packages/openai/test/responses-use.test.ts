import { describe, expect, test } from 'vitest'
import {
  accumulate,
  createAccumulator,
  outputTextOf,
  parseArguments,
  parseContent,
  readDeltas,
  readSnapshots,
  type ResponseDelta,
  smooth,
  split,
  type StandardSchema,
  tap,
  textOf,
  toEvents,
  toResponse,
} from '@tesserae/openai/responses'

type Wire = Record<string, unknown>

const content = [{ type: 'output_text', text: 'Hello, wide world!', annotations: [] }]
const whole = {
  id: 'resp_1',
  object: 'response' as const,
  status: 'completed' as const,
  model: 'tiny-chat',
  output: [
    { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'A greeting.' }] },
    { type: 'message', id: 'msg_1', role: 'assistant', status: 'completed', content },
    { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'f', arguments: '{"a":1}' },
  ],
} as unknown as Parameters<typeof split>[0]
const events = [...split(whole, { granularity: 3 })] as unknown as Wire[]
const body = [...toEvents(events)]
  .map(({ event, data }) => `event: ${event}\ndata: ${data}\n\n`)
  .join('')
const answer = (text = body, init: ResponseInit = {}): Response => new Response(text, init)

const any = <Output>(): StandardSchema<Output> => ({
  '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value: value as Output }) },
})

test('`textOf` is `outputTextOf`, under the name of the root', () => {
  expect(textOf(whole)).toBe('Hello, wide world!')
  expect(textOf).toBe(outputTextOf)
})

describe('snapshots', () => {
  test('grow to the response, and their deltas are those of `readDeltas`', async () => {
    const told: ResponseDelta[] = []
    const texts: string[] = []
    const reading = readSnapshots(events)
    let step = await reading.next()
    for (; !step.done; step = await reading.next()) {
      told.push(...step.value.deltas)
      texts.push(textOf(step.value.response))
    }
    expect(step.value.response).toEqual(whole)
    const deltas: ResponseDelta[] = []
    for await (const delta of readDeltas(events)) deltas.push(delta)
    expect(told).toEqual(deltas)
    for (const [at, text] of texts.entries()) expect(texts[at + 1] ?? text).toContain(text)
    expect(texts.at(-1)).toBe('Hello, wide world!')
  })

  test('share nothing with each other or with the response', async () => {
    const reading = readSnapshots(answer())
    let step = await reading.next()
    for (; !step.done; step = await reading.next())
      for (const item of step.value.response.output) Object.assign(item, { id: 'spoilt' })
    expect(step.value.response).toEqual(whole)
  })
})

describe('smooth', () => {
  const regrouped = async (source: Iterable<ResponseDelta> | AsyncIterable<ResponseDelta>) => {
    const found: ResponseDelta[] = []
    for await (const delta of smooth(source)) found.push(delta)
    return found
  }

  test('regroups the text of a response into words, and passes the rest through in order', async () => {
    const before: ResponseDelta[] = []
    for await (const delta of readDeltas(events)) before.push(delta)
    const after = await regrouped(before)
    expect(after.flatMap((delta) => (delta.type === 'text' ? [delta.delta] : []))).toEqual([
      'Hello,',
      ' wide',
      ' world!',
    ])
    const isText = ({ type }: ResponseDelta): boolean => type === 'text' || type === 'reasoning'
    expect(after.filter((delta) => !isText(delta))).toEqual(
      before.filter((delta) => !isText(delta)),
    )
    // The text of an item comes before its end.
    const at = (type: string, item: number): number =>
      after.findLastIndex((delta) => delta.type === type && 'item' in delta && delta.item === item)
    expect(at('text', 1)).toBeLessThan(at('item-end', 1))
    expect(at('reasoning', 0)).toBeLessThan(at('item-end', 0))
  })

  test('keeps texts of different places apart and in order', async () => {
    const text = (item: number, delta: string): ResponseDelta => ({
      type: 'text',
      item,
      part: 0,
      delta,
    })
    expect(await regrouped([text(0, 'one'), text(1, 'two'), text(0, 'three')])).toEqual([
      text(0, 'one'),
      text(1, 'two'),
      text(0, 'three'),
    ])
  })
})

describe('tap', () => {
  test('forwards the same bytes, and resolves with the response', async () => {
    const { body: forwarded, result } = tap(answer())
    expect(await new Response(forwarded as ReadableStream<Uint8Array<ArrayBuffer>>).text()).toBe(
      body,
    )
    const { response, verdict, failure } = await result
    expect(response).toEqual(whole)
    expect(verdict.complete).toBe(true)
    expect(failure).toBeUndefined()
  })

  test('forwards what comes after the terminal event', async () => {
    const more = `${body}: bye\n\n`
    const { body: forwarded, result } = tap(answer(more))
    expect(await new Response(forwarded as ReadableStream<Uint8Array<ArrayBuffer>>).text()).toBe(
      more,
    )
    expect((await result).response).toEqual(whole)
  })

  test('resolves with a failure for an error answer and for a body that its reader cancels', async () => {
    const refused = tap(answer('{"error":{"message":"Slow"}}', { status: 429 }))
    await new Response(refused.body as ReadableStream<Uint8Array<ArrayBuffer>>).text()
    expect((await refused.result).failure).toMatchObject({ code: 'server-error', status: 429 })
    const left = tap(answer())
    await left.body.cancel()
    expect((await left.result).verdict.reason).toBe('aborted')
  })
})

describe('toResponse', () => {
  test('streams a response that accumulates to itself', async () => {
    const replay = toResponse(whole, { granularity: 2, headers: { 'x-cache': 'hit' } })
    expect(replay.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(replay.headers.get('x-cache')).toBe('hit')
    expect(await accumulate(replay)).toEqual(whole)
  })

  test('ends with `[DONE]` if asked', async () => {
    expect(await toResponse(whole).text()).not.toContain('[DONE]')
    expect((await toResponse(whole, { done: true }).text()).endsWith('data: [DONE]\n\n')).toBe(true)
  })
})

describe('parsing', () => {
  test('`parseArguments` parses the arguments of a call', async () => {
    expect(await parseArguments({ arguments: '{"a":1}' }, any<{ a: number }>())).toEqual({ a: 1 })
    expect(await parseArguments({ arguments: ' ' }, any())).toEqual({})
    await expect(parseArguments({ arguments: '{"a":' }, any())).rejects.toMatchObject({
      code: 'invalid-json',
      text: '{"a":',
    })
  })

  test('`parseContent` parses the text of a response, and reports what a schema finds', async () => {
    const said = (text: string) => ({
      output: [{ type: 'message', content: [{ type: 'output_text', text }] }],
    })
    expect(await parseContent(said('[1]'), any())).toEqual([1])
    const picky: StandardSchema<never> = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: () => ({ issues: [{ message: 'Expected less.' }] }),
      },
    }
    await expect(parseContent(said('[1]'), picky)).rejects.toMatchObject({
      code: 'invalid-value',
      issues: [{ message: 'Expected less.' }],
    })
  })
})

describe('options of a wrong name or type', () => {
  const wrong: [string, () => unknown, string][] = [
    [
      'createAccumulator',
      () => createAccumulator({ ondelta() {} } as never),
      'Unknown option `ondelta`. The options are: onDelta.',
    ],
    [
      'createAccumulator',
      () => createAccumulator({ onDelta: 'x' } as never),
      '`onDelta` must be a function.',
    ],
    ['createAccumulator', () => createAccumulator('x' as never), '`options` must be an object.'],
    [
      'split',
      () => split(whole, { granularty: 'word' } as never),
      'Unknown option `granularty`. The options are: granularity.',
    ],
    ['split', () => [...split(whole, { granularity: 'letter' } as never)], '`granularity` must be'],
    [
      'toEvents',
      () => toEvents([], { Done: true } as never),
      'Unknown option `Done`. The options are: done, onError.',
    ],
    ['toEvents', () => toEvents([], { done: 'yes' } as never), '`done` must be a boolean.'],
    ['toEvents', () => toEvents([], { onError: {} } as never), '`onError` must be a function.'],
    ['toResponse', () => toResponse(whole, { header: {} } as never), 'Unknown option `header`.'],
    ['toResponse', () => toResponse(whole, { done: 1 } as never), '`done` must be a boolean.'],
  ]
  for (const [name, call, says] of wrong)
    test(`are refused by ${name}: ${says}`, () => expect(call).toThrow(says))

  test('are refused before the first event is asked for', () => {
    expect(() => split({} as never)).toThrow('Expected a response')
    expect(() => toEvents(undefined as never)).toThrow('Expected an iterable of events')
  })
})
