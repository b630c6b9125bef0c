import { describe, expect, test } from 'vitest'
import * as openai from '@tesserae/openai'
import type { ChunkSource } from '@tesserae/openai'
import { anthropic } from '@tesserae/openai/dialects'
import * as responses from '@tesserae/openai/responses'

// The error names the mistake in a call.

const { accumulate, createAccumulator, readChunks, readDeltas, readSnapshots, tap, toEvents } =
  openai

const piece = { choices: [{ index: 0, delta: { content: 'Hi' }, finish_reason: 'stop' }] }
const text = `data: ${JSON.stringify(piece)}\n\n`
const streamOf = (body: string): Response =>
  new Response(body, { headers: { 'content-type': 'text/event-stream' } })
const completed = { type: 'response.completed', response: { status: 'completed', output: [] } }
const reason = async (call: () => unknown): Promise<Error> => {
  try {
    await call()
  } catch (error) {
    return error as Error
  }
  throw new Error('did not fail')
}

describe('a source that was read before', () => {
  const once = /was read before, or is being read\. A source can be read once: .*`tap`.*`clone\(\)`/

  const calls: [string, (source: Response) => unknown][] = [
    ['accumulate', (source) => accumulate(source)],
    ['readDeltas', (source) => readDeltas(source).next()],
    ['readChunks', (source) => readChunks(source).next()],
    ['tap', (source) => tap(source)],
    ['accumulate of the Responses API', (source) => responses.accumulate(source)],
    ['tap of the Responses API', (source) => responses.tap(source)],
  ]
  test.each(calls)('%s refuses a response', async (_name, call) => {
    const read = streamOf(text)
    await read.text()
    const locked = streamOf(text)
    locked.body?.getReader()
    const tapped = streamOf(text)
    void tap(tapped).result.catch(() => {})
    for (const source of [read, locked, tapped]) {
      const error = await reason(() => call(source))
      expect(error).toBeInstanceOf(TypeError)
      expect(error.message).toMatch(once)
    }
  })

  test('accumulate refuses a locked stream', async () => {
    const stream = streamOf(text).body as ReadableStream<Uint8Array>
    stream.getReader()
    expect((await reason(() => accumulate(stream))).message).toMatch(once)
  })

  test('an exhausted source is not called a stream that was cut', async () => {
    async function* chunks(): AsyncGenerator<object> {
      yield piece
    }
    const generator = chunks()
    const { body } = streamOf(text)
    for (const source of [generator, body as ReadableStream<Uint8Array>]) {
      await accumulate(source)
      const says = /before its first item: it is empty, or it was read before\. A source can be/
      for (const call of [
        () => accumulate(source),
        () => readChunks(source).next(),
        () => responses.accumulate(source),
        () => responses.readEvents(source).next(),
      ])
        expect(await reason(call)).toMatchObject({
          code: 'incomplete',
          message: expect.stringMatching(says),
        })
    }
  })

  test('an answer with an empty body keeps its advice', async () => {
    const error = await reason(() => accumulate(streamOf('')))
    expect(error.message).toContain('without [DONE]. Request it again')
  })
})

test('what readDeltas and readSnapshots yield is not a source', async () => {
  const reasoning = { choices: [{ index: 0, delta: { reasoning: 'Hm' }, finish_reason: 'stop' }] }
  const sources = [
    () => readDeltas([piece]),
    () => readDeltas([reasoning]),
    () => readSnapshots([piece]),
    () => responses.readDeltas([{ type: 'response.output_text.delta', delta: 'a' }, completed]),
  ]
  const calls: ((source: ChunkSource) => unknown)[] = [
    (source) => accumulate(source),
    (source) => responses.accumulate(source),
  ]
  for (const source of sources)
    for (const call of calls)
      expect(await reason(() => call(source()))).toMatchObject({
        code: 'wrong-protocol',
        message: expect.stringContaining('received deltas. Pass the source of the deltas'),
      })
})

test('the advice fits what was passed as the source', async () => {
  async function* chunks(): AsyncGenerator<object> {
    yield piece
  }
  const sources: [unknown, string][] = [
    [undefined, 'received Undefined: the source is missing'],
    [null, 'received Null: the source is missing'],
    [0, 'received Number: the source is missing'],
    ['data: {}', 'received String: pass `new Response(text)`'],
    [chunks, 'received AsyncGeneratorFunction: call it, and pass the result'],
    [Promise.resolve([]), 'received Promise: await it first'],
    [piece, 'received Object: put one chunk in an array'],
  ]
  for (const [source, says] of sources)
    expect((await reason(() => accumulate(source as never))).message).toContain(says)
})

describe('options', () => {
  const wrong: [object, string][] = [
    [
      { onDetla() {} },
      'Unknown option `onDetla`. The options are: incomplete, signal, idleTimeout,',
    ],
    [{ incomplete: 'ignore' }, "`incomplete` must be 'error' or 'return'."],
    [{ signal: new AbortController() }, '`signal` must be an `AbortSignal`, such as'],
    [{ idleTimeout: '5s' }, '`idleTimeout` must be a number of milliseconds from 0 up.'],
    [{ idleTimeout: -1 }, '`idleTimeout` must be a number of'],
    [{ tokenTimeout: Number.NaN }, '`tokenTimeout` must be a number of'],
    [{ maxEventBytes: 0 }, '`maxEventBytes` must be a whole number of bytes'],
    [{ maxEventBytes: 1.5 }, '`maxEventBytes` must be a whole number of bytes'],
    [{ check: {} }, '`check` must be a function'],
  ]
  const ofMessage: [object, string][] = [
    [{ dialect: 'anthropic' }, '`dialect` must be a dialect of `@tesserae/openai/dialects`'],
    [{ onDelta: 'x' }, '`onDelta` must be a function'],
    [{ only: 'text' }, "`only` must be 'usage'"],
    [{ predict: 1 }, '`predict` must be a boolean'],
    [
      { rules: { delta: { x: 'add' } } },
      '`rules` must be an object of the tables `chunk`, `choice` and `delta`',
    ],
    [
      { rules: { message: {} } },
      '`rules` must be an object of the tables `chunk`, `choice` and `delta`',
    ],
  ]
  const calls: [string, (options: never) => unknown, [object, string][]][] = [
    ['accumulate', (options) => accumulate([piece], options), [...wrong, ...ofMessage]],
    ['readDeltas', (options) => readDeltas([piece], options).next(), [...wrong, ...ofMessage]],
    ['readChunks', (options) => readChunks([piece], options).next(), wrong],
    ['tap', (options) => tap(streamOf(text), options), [...wrong, ...ofMessage]],
    ['/responses tap', (options) => responses.tap(streamOf(text), options), wrong],
    ['createAccumulator', createAccumulator, ofMessage.filter(([it]) => 'rules' in it)],
    ['/responses accumulate', (options) => responses.accumulate([completed], options), wrong],
    ['/responses readDeltas', (options) => responses.readDeltas([], options).next(), wrong],
    ['/responses readEvents', (options) => responses.readEvents([], options).next(), wrong],
  ]
  test.each(calls)('%s refuses wrong ones', async (_name, call, cases) => {
    for (const [options, says] of cases) {
      const error = await reason(() => call(options as never))
      expect(error).toBeInstanceOf(TypeError)
      expect(error.message).toContain(says)
    }
  })

  test('accumulate accepts each of its own', async () => {
    const rules = {
      chunk: { a: 'last' as const },
      delta: { b: (_: unknown, value: unknown) => value },
    }
    const options = { incomplete: 'error', signal: new AbortController().signal, rules } as const
    const more = { idleTimeout: 0, tokenTimeout: Infinity, maxEventBytes: Infinity, check() {} }
    await accumulate([piece], { ...options, ...more, predict: false, onDelta() {} })
    await accumulate([piece], { onDelta: undefined, only: 'usage' })
    await accumulate([piece], { dialect: { ...anthropic } })
  })

  test('a timeout beyond the longest delay of a timer does not end the stream', async () => {
    const later = async function* (): AsyncGenerator<object> {
      await new Promise((resolve) => setTimeout(resolve, 20))
      yield piece
    }
    for (const options of [{ idleTimeout: 2 ** 31 }, { tokenTimeout: 2 ** 40 }]) {
      const { choices } = await accumulate(later(), options)
      expect(choices[0]?.message.content).toBe('Hi')
    }
  })
})

test('parseArguments and parseContent ask for a schema', async () => {
  const call = { function: { name: 'f', arguments: '{}' } }
  for (const parse of [
    () => openai.parseArguments(call, undefined as never),
    () => openai.parseContent({ content: '{}' }, {} as never),
    () => responses.parseArguments({ arguments: '{}' }, undefined as never),
  ]) {
    const error = await reason(parse)
    expect(error).toBeInstanceOf(TypeError)
    expect(error.message).toContain('Expected a Standard Schema')
  }
})

test('toEvents of a completion says that it must be split', async () => {
  const completion = { object: 'chat.completion', choices: [] }
  const writes: ((events: never) => unknown)[] = [toEvents, responses.toEvents]
  for (const write of writes) {
    const error = await reason(() => write(completion as never))
    expect(error).toBeInstanceOf(TypeError)
    expect(error.message).toContain('pass the result of `split`')
  }
})

test('push refuses an event', () => {
  const accumulator = createAccumulator()
  expect(() => accumulator.push({ event: 'message', data: '{}' })).toThrow(
    'Expected a chunk, received an event: push `JSON.parse(event.data)`',
  )
  accumulator.push({ ...piece, data: 'of the server' })
  expect(accumulator.finish().message).toMatchObject({ data: 'of the server' })
})

describe('an answer of another type, as an error of a client', () => {
  const failing = (excerpt: string): AsyncIterable<object> => ({
    async *[Symbol.asyncIterator]() {
      throw Object.assign(new Error('x'), { code: 'bad-content-type', status: 200, excerpt })
    },
  })
  const ollama = '{"model":"m","message":{"content":"a"},"done":false}\n'
  const answers: [string, string, object][] = [
    ['lines of another protocol', ollama, { code: 'wrong-protocol' }],
    ['such lines, cut', `${ollama}{"mod`, { code: 'wrong-protocol' }],
    [
      'a page',
      '<!doctype html><p>Hi',
      { code: 'bad-response', status: 200, data: '<!doctype html><p>Hi' },
    ],
    ['an error', '{"error":{"message":"no"}}', { code: 'server-error', error: { message: 'no' } }],
    ['a list of errors', '[{"error":{"message":"no"}}]', { code: 'server-error' }],
  ]
  test.each(answers)('%s', async (_name, excerpt, expected) => {
    const direct = await reason(() => accumulate(new Response(excerpt)))
    const failure = await reason(() => accumulate(failing(excerpt)))
    expect(failure).toMatchObject({ ...expected, cause: { message: 'x' } })
    expect(direct).toMatchObject(excerpt.endsWith('"mod') ? {} : expected)
    const reading = await reason(() => readChunks(failing(excerpt)).next())
    expect(reading).toMatchObject(expected)
  })

  test('is judged by the protocol that is read', async () => {
    const answer = '{"object":"response","status":"completed","output":[]}'
    expect(await reason(() => accumulate(failing(answer)))).toMatchObject({
      code: 'wrong-protocol',
    })
    expect(await reason(() => responses.accumulate(failing(answer)))).toMatchObject({
      code: 'bad-response',
    })
    expect(await reason(() => responses.accumulate(failing('{"choices":[]}')))).toMatchObject({
      code: 'wrong-protocol',
    })
  })
})
