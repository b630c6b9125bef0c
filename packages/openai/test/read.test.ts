import { describe, expect, test } from 'vitest'
import { byteByByte, cuts, sourceOf, watchedSignal } from '@tesserae/testkit'
import * as openai from '@tesserae/openai'
import {
  readChunks,
  readDeltas,
  split,
  ModelStreamError,
  toEvents,
  type Accumulated,
  type ChunkSource,
} from '@tesserae/openai'
import { createChecker, SchemaError, type ChatCompletion } from '@tesserae/openai/schema'
import { completionOf } from './support/completion.ts'

type Wire = Record<string, unknown>

const encode = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)
const streamType = { headers: { 'content-type': 'text/event-stream' } }
const responseOf = (text: string, init: ResponseInit = streamType): Response =>
  new Response(text, init)
const data = (...values: unknown[]): string =>
  values
    .map((value) => `data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`)
    .join('')
const say = (content: string, beside: Wire = {}): Wire => ({
  choices: [{ index: 0, delta: { content } }],
  ...beside,
})
const stop = { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }

const completion = completionOf(
  {
    content: 'Grüße, 世界 👋',
    tool_calls: [
      { id: 'a', type: 'function', function: { name: 'f', arguments: '{"a":"\\u00e9"}' } },
    ],
  },
  { finish_reason: 'tool_calls' },
  { usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 } },
)
const chunks = [...split(completion, { granularity: 3 })]
const events = [...toEvents(chunks)]
const stream = encode(data(...events.map((event) => event.data)))

const textOf = ({ message }: Accumulated): unknown => message.choices[0]?.message.content
const failureOf = async (promise: Promise<unknown>): Promise<ModelStreamError> => {
  try {
    await promise
  } catch (error) {
    expect(error).toBeInstanceOf(ModelStreamError)
    return error as ModelStreamError
  }
  throw new Error('It was expected to reject.')
}
async function all(chunks: AsyncIterable<unknown>): Promise<unknown[]> {
  const found = []
  for await (const chunk of chunks) found.push(chunk)
  return found
}
async function* later<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items
}
const streamOf = <T>(items: readonly T[]): ReadableStream<T> =>
  new ReadableStream({
    start(controller) {
      for (const item of items) controller.enqueue(item)
      controller.close()
    },
  })

// With and without prediction: nothing may depend on it.
describe.each([true, false])('predict: %s', (predict) => {
  const accumulate = (
    source: ChunkSource,
    options: openai.AccumulateOptions = {},
  ): Promise<ChatCompletion> => openai.accumulate(source, { ...options, predict })
  const accumulated = (source: ChunkSource): Promise<Accumulated> =>
    openai.accumulate(source, { incomplete: 'return', predict })

  describe('from anything that chunks can come from', () => {
    test.each<[string, () => ChunkSource]>([
      ['a response', () => new Response(stream, streamType)],
      ['a response that names no type', () => new Response(stream)],
      ['a stream of bytes', () => sourceOf([stream]).stream()],
      ['bytes, as they come', () => sourceOf(byteByByte(stream)).iterable()],
      ['bytes in an array', () => [stream]],
      ['events, as they come', () => later(events)],
      ['a stream of events', () => streamOf(events)],
      ['chunks, as they come', () => later(chunks)],
      ['chunks in an array', () => chunks],
    ])('%s', async (_, source) => {
      expect(await accumulate(source())).toEqual(completion)
      expect(await all(readChunks(source()))).toEqual(chunks)
    })

    test('wherever the bytes are cut', async () => {
      for (const { name, chunks: pieces } of cuts(stream)) {
        expect(await accumulate(pieces), name).toEqual(completion)
      }
    })

    test('every prefix gives what it has, and a verdict', async () => {
      let longest = 0
      for (let end = 0; end < stream.length; end++) {
        const result = await accumulated([stream.subarray(0, end)])
        const text = String(textOf(result) ?? '')
        expect(completion.choices[0]?.message.content).toContain(text.replace(/\ufffd*$/, ''))
        expect(text.length).toBeGreaterThanOrEqual(longest)
        longest = text.length
        const hasEnded = result.message.choices[0]?.finish_reason === 'tool_calls'
        expect(result.verdict.complete).toBe(hasEnded)
      }
    })

    test('an event that the stream broke off in is read, if it is whole JSON', async () => {
      const result = await accumulated([encode(data(say('a'), stop).trimEnd())])
      expect(textOf(result)).toBe('a')
      expect(result.verdict.complete).toBe(true)
      const cut = await accumulated([encode(`${data(say('a'))}data: {"choi`)])
      expect(cut.verdict).toMatchObject({
        reason: 'no-end',
        notes: [{ code: 'cut-event', count: 1 }],
      })
    })
  })

  describe('each oddity of a stream has its answer', () => {
    test.each<[string, string, string | null, string[]]>([
      [
        'white space around [DONE]',
        `${data(say('a'))}data:  [DONE] \n\n${data(say('b'))}`,
        'a',
        [],
      ],
      [
        'something after [DONE] in its event',
        `${data(say('a'))}data: [DONE]Each chunk\n\n`,
        'a',
        [],
      ],
      ['chunks after [DONE]', data(say('a'), '[DONE]', say('b')), 'a', []],
      ['empty data', data(say('a'), '', say('b'), '[DONE]'), 'ab', []],
      ['null', data(say('a'), 'null', say('b'), '[DONE]'), 'ab', ['not-a-chunk']],
      ['a number and a text', data('1', '"a"', say('a'), '[DONE]'), 'a', ['not-a-chunk']],
      ['a list of chunks', data([say('a'), say('b')], '[DONE]'), 'ab', []],
      [
        'comments and CRLF',
        `: hi\r\n\r\n${data(say('a'), stop).replaceAll('\n', '\r\n')}`,
        'a',
        [],
      ],
      [
        'a named event that is not a chunk',
        `event: ping\ndata: {"type":"ping"}\n\n${data(say('a'), stop)}`,
        'a',
        ['unknown-event'],
      ],
      [
        'a named event that is not JSON',
        `event: ping\ndata: now\n\n${data(say('a'), stop)}`,
        'a',
        ['unknown-event'],
      ],
      ['a named event that is a chunk', `event: chunk\n${data(say('a'), stop)}`, 'a', []],
      [
        'several chunks in one event',
        `data: ${JSON.stringify(say('a}'))}\ndata: ${JSON.stringify(say('"b'))}\ndata: [DONE]\n\n`,
        'a}"b',
        ['glued-json'],
      ],
      [
        'several chunks in one line',
        data(JSON.stringify(say('a')) + JSON.stringify(stop)),
        'a',
        ['glued-json'],
      ],
      [
        'a chunk over several lines',
        `data: {"choices":\ndata: [{"delta":{"content":"a"},\ndata: "finish_reason":"stop"}]}\n\n`,
        'a',
        [],
      ],
    ])('%s', async (_, text, content, notes) => {
      const result = await accumulated(responseOf(text))
      expect(textOf(result)).toBe(content)
      expect(result.verdict.complete).toBe(true)
      expect(result.verdict.notes.map(({ code }) => code)).toEqual(notes)
      const told: string[] = []
      await all(readChunks(responseOf(text), { onNote: (code) => told.push(code) }))
      expect([...new Set(told)]).toEqual(notes)
    })

    test('data that is not JSON is an error, with the data and what came before', async () => {
      const failure = await failureOf(
        accumulate(responseOf(data(say('a'), '{"choices"', say('b')))),
      )
      expect(failure).toMatchObject({
        code: 'bad-json',
        data: '{"choices"',
        verdict: { reason: 'error' },
      })
      expect(failure.partial?.choices[0]?.message.content).toBe('a')
      expect(failure.message).not.toContain('choices')
    })
  })

  describe('errors', () => {
    const error = { message: 'Slow down', type: 'rate_limit_error', code: 429 }
    test.each<[string, string, Wire]>([
      ['in a chunk of its own', data(say('a'), { error }), { message: 'Slow down', status: 429 }],
      [
        'in an event that is named error',
        `${data(say('a'))}event: error\n${data({ error })}`,
        { message: 'Slow down' },
      ],
      [
        'in an event that is named error, bare',
        `${data(say('a'))}event: error\n${data(error)}`,
        { message: 'Slow down' },
      ],
      [
        'in an event that is named error, as text',
        `${data(say('a'))}event: error\ndata: boom\n\n`,
        { message: 'boom' },
      ],
      [
        'with a number as its code and a word as its status',
        data(say('a'), { error: { code: 503, message: 'Busy', status: 'UNAVAILABLE' } }),
        { message: 'Busy', code: 503, status: 503 },
      ],
      ['as a sentence', data(say('a'), { error: 'boom' }), { message: 'boom' }],
      [
        'as an object that is one',
        data(say('a'), { object: 'error', message: 'm' }),
        { message: 'm' },
      ],
      ['beside choices', data(say('a', { error })), { message: 'Slow down' }],
      [
        'as a finish reason',
        data(say('a'), { choices: [{ delta: {}, finish_reason: 'error' }] }),
        { type: 'error' },
      ],
      [
        'in a line called error',
        `${data(say('a'))}error: {"detail":"failed to decode"}\n\n`,
        { message: 'failed to decode' },
      ],
      ['in a line called error, as text', `${data(say('a'))}error: boom\n`, { message: 'boom' }],
    ])('%s', async (_, text, expected) => {
      const after = text + data(say('b'), '[DONE]')
      const failure = await failureOf(accumulate(responseOf(after)))
      expect(failure).toMatchObject({
        code: 'server-error',
        error: expected,
        verdict: { reason: 'error', error: expected },
      })
      expect(failure.partial?.choices[0]?.message.content).toBe('a')

      const seen: unknown[] = []
      const reading = (async () => {
        for await (const chunk of readChunks(responseOf(after))) seen.push(chunk)
      })()
      expect(await failureOf(reading)).toMatchObject({ code: 'server-error', error: expected })
      expect(seen[0]).toMatchObject({ choices: [{ delta: { content: 'a' } }] })

      const returned = await accumulated(responseOf(after))
      expect(returned.failure?.code).toBe('server-error')
      expect(textOf(returned)).toBe('a')
    })

    test('the documented events of an error end the stream of toEvents', async () => {
      function* failing(): Generator<object> {
        yield say('a')
        throw new Error('overloaded')
      }
      const sent = toEvents(failing(), { onError: () => ({ error: { message: 'Try later' } }) })
      expect(await failureOf(accumulate([...sent]))).toMatchObject({
        error: { message: 'Try later' },
      })
    })

    test('a stream that ends too early', async () => {
      const failure = await failureOf(accumulate(responseOf(data(say('a')))))
      expect(failure).toMatchObject({
        code: 'incomplete',
        verdict: { complete: false, reason: 'no-end' },
      })
      expect(failure.partial?.choices[0]?.message.content).toBe('a')
      expect(await failureOf(all(readChunks(responseOf(data(say('a'))))))).toMatchObject({
        code: 'incomplete',
      })
      expect(await all(readChunks(responseOf(data(say('a'))), { incomplete: 'return' }))).toEqual([
        say('a'),
      ])
    })

    test('a connection that breaks', async () => {
      const broken = (): ReadableStream<Uint8Array> =>
        sourceOf([encode(data(say('a')))], { ending: new Error('reset') }).stream()
      const failure = await failureOf(accumulate(broken()))
      expect(failure).toMatchObject({ code: 'interrupted', cause: { message: 'reset' } })
      expect(failure.partial?.choices[0]?.message.content).toBe('a')
      expect(await accumulated(broken())).toMatchObject({ verdict: { reason: 'error' }, failure })
    })

    test('an event that is too large', async () => {
      const options = { maxEventBytes: 100 }
      const failure = await failureOf(
        accumulate(responseOf(data(say('a'), say('b'.repeat(200)))), options),
      )
      expect(failure).toMatchObject({ code: 'interrupted', cause: { code: 'event-too-large' } })
      expect(failure.partial?.choices[0]?.message.content).toBe('a')
    })
  })

  describe('a document in the place of a stream', () => {
    const json = (body: unknown, status = 200): Response =>
      responseOf(JSON.stringify(body), {
        status,
        headers: { 'content-type': 'application/json; charset=utf-8' },
      })

    test('a message that was not streamed makes no difference', async () => {
      expect(await accumulate(json(completion))).toEqual(completion)
      const [first] = await all(readChunks(json(completion)))
      expect(first).toMatchObject({ object: 'chat.completion.chunk' })
    })

    test.each<[string, () => ChunkSource, Wire]>([
      [
        'an error with status 200',
        () => json({ error: { message: 'm' } }),
        { code: 'server-error', error: { message: 'm' } },
      ],
      [
        'an error with its status',
        () => json({ error: { message: 'm' } }, 429),
        { code: 'server-error', status: 429 },
      ],
      [
        'an error of another shape',
        () => json({ detail: 'Not Found' }, 404),
        { code: 'server-error', error: { message: 'Not Found' } },
      ],
      [
        'an error in a list',
        () => json([{ error: { code: 503, message: 'm' } }]),
        { code: 'server-error', status: 503 },
      ],
      [
        'JSON that says nothing',
        () => json({ ok: true }),
        { code: 'bad-response', data: '{"ok":true}', status: 200 },
      ],
      [
        'a page',
        () => responseOf('<html>Sign in</html>', { headers: { 'content-type': 'text/html' } }),
        { code: 'bad-response', data: '<html>Sign in</html>', status: 200 },
      ],
      [
        'a page with a status',
        () => responseOf('Bad gateway', { status: 502 }),
        { code: 'bad-response', data: 'Bad gateway', status: 502 },
      ],
      [
        'an error that is called a stream',
        () => responseOf('{"error":{"message":"m"}}'),
        { code: 'server-error', error: { message: 'm' } },
      ],
      [
        'an error over several lines',
        () => responseOf('{\n  "error": {\n    "message": "m"\n  }\n}\n'),
        { code: 'server-error', error: { message: 'm' } },
      ],
      ['a page that is called a stream', () => responseOf('<html>\n'), { code: 'bad-response' }],
    ])('%s', async (_, source, expected) => {
      expect(await failureOf(accumulate(source()))).toMatchObject(expected)
      expect(await failureOf(all(readChunks(source())))).toMatchObject(expected)
    })

    test("{ incomplete: 'return' } also returns for an error in place of a stream", async () => {
      const { failure, verdict, message } = await accumulated(json({ error: 'no' }, 429))
      expect(failure).toMatchObject({ code: 'server-error', status: 429 })
      expect(verdict).toMatchObject({ complete: false, reason: 'error' })
      expect(message.choices).toEqual([])
    })

    test('no content is a stream that ended', async () => {
      expect(await failureOf(accumulate(new Response(null, { status: 204 })))).toMatchObject({
        code: 'incomplete',
      })
    })
  })

  describe('while it comes', () => {
    test('what each chunk adds, then the message', async () => {
      const deltas = readDeltas(responseOf(data(say('a'), say('b'), stop)))
      const seen = []
      let step = await deltas.next()
      for (; !step.done; step = await deltas.next()) seen.push(step.value)
      expect(seen).toEqual([
        { type: 'content', choice: 0, delta: 'a' },
        { type: 'content', choice: 0, delta: 'b' },
        { type: 'finish', choice: 0, reason: 'stop' },
      ])
      expect(step.value).toMatchObject({ verdict: { complete: true }, failure: undefined })
    })

    test('a failure comes after what was added before it', async () => {
      const seen: unknown[] = []
      const reading = (async () => {
        for await (const delta of readDeltas(responseOf(data(say('a'))))) seen.push(delta)
      })()
      expect((await failureOf(reading)).code).toBe('incomplete')
      expect(seen).toHaveLength(1)
    })

    test('each chunk is there as soon as it is', async () => {
      const source = sourceOf([encode(data(say('a')))], { ending: 'stall' })
      for await (const chunk of readChunks(source.stream())) {
        expect(chunk).toEqual(say('a'))
        break
      }
      expect(await source.over).toBe('cancelled')
    })

    test('leaving the loop lets go of the source, and so does [DONE]', async () => {
      const left = sourceOf([encode(data(say('a')))], { ending: 'stall' })
      for await (const _ of readChunks(left.iterable())) break
      expect(await left.over).toBe('returned')
      const done = sourceOf([encode(data(say('a'), '[DONE]'))], { ending: 'stall' })
      await accumulate(done.stream())
      expect(await done.over).toBe('cancelled')
    })

    test('a signal ends the wait, and is let go of', async () => {
      const controller = new AbortController()
      const source = sourceOf([encode(data(say('a')))], { ending: 'stall' })
      const options = {
        signal: controller.signal,
        onDelta: () => queueMicrotask(() => controller.abort(new Error('enough'))),
      }
      const failure = await failureOf(accumulate(source.stream(), options))
      expect(failure).toMatchObject({
        code: 'aborted',
        cause: { message: 'enough' },
        verdict: { reason: 'aborted' },
      })
      expect(failure.partial?.choices[0]?.message.content).toBe('a')
      expect(await source.over).toBe('cancelled')

      const { signal, listeners } = watchedSignal()
      await accumulate(responseOf(data(say('a'), stop)), { signal })
      expect(listeners()).toBe(0)
    })

    test('a signal that was aborted before', async () => {
      const signal = AbortSignal.abort(new Error('never'))
      expect(await failureOf(accumulate(responseOf(data(stop)), { signal }))).toMatchObject({
        code: 'aborted',
      })
    })

    test('chunks are checked before they are used', async () => {
      const checker = createChecker()
      await accumulate(responseOf(data(say('a'), stop)), { check: checker.check })
      expect(checker.issues.map(({ chunk }) => chunk)).toContain(1)
      const strict = createChecker({ mode: 'strict' })
      const failure: unknown = await accumulate(responseOf(data(say('a'))), {
        check: strict.check,
      }).catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(SchemaError)
      await expect(all(readChunks([say('a')], { check: strict.check }))).rejects.toThrow(
        SchemaError,
      )
    })

    test('rules of the caller count here too', async () => {
      const rules = { delta: { mood: 'concat' as const } }
      const mood = { choices: [{ index: 0, delta: { mood: 'so' }, finish_reason: 'stop' }] }
      const { choices } = await accumulate([mood, mood], { rules })
      expect(choices[0]?.message).toMatchObject({ mood: 'soso' })
    })
  })
})

describe('objects of a client that wrap chunks', () => {
  const langchain = (raw?: unknown): object => ({
    content: 'a',
    additional_kwargs: raw === undefined ? {} : { __raw_response: raw },
  })
  const parts = (...raws: unknown[]): object[] => [
    { type: 'start' },
    { type: 'start-step', request: {} },
    ...raws.flatMap((rawValue) => [
      { type: 'raw', rawValue },
      { type: 'text-delta', id: '0', text: 'a' },
    ]),
    { type: 'finish', finishReason: 'stop' },
  ]

  test.each([
    ['LangChain', [langchain(say('a')), langchain(stop), langchain()]],
    ['the AI SDK', parts(say('a'), stop)],
  ])('are unwrapped: %s', async (_, wrappers) => {
    const { message, verdict } = await openai.accumulate(wrappers, { incomplete: 'return' })
    expect(message.choices[0]?.message.content).toBe('a')
    expect(verdict).toEqual({ complete: true, partialToolCalls: [], notes: [] })
  })

  test.each([
    ['LangChain', [langchain(), langchain()]],
    ['the AI SDK', parts()],
  ])('are refused if they do not: %s', async (_, wrappers) => {
    expect(await failureOf(openai.accumulate(wrappers))).toMatchObject({ code: 'no-chunks' })
    const read = async (): Promise<void> => {
      for await (const _ of readChunks(wrappers));
    }
    expect(await failureOf(read())).toMatchObject({ code: 'no-chunks' })
  })

  test('an error among them is one', async () => {
    const error = { type: 'error', error: { message: 'no' } }
    const failure = await failureOf(openai.accumulate([...parts(say('a')), error]))
    expect(failure).toMatchObject({ code: 'server-error', error: { message: 'no' } })
  })

  test('a chunk of no client is left alone, whatever its type', async () => {
    const chunk = { type: 'completion.chunk', ...say('a') }
    const { choices } = await openai.accumulate([chunk, stop])
    expect(choices[0]?.message.content).toBe('a')
  })
})

describe('anything else as the source rejects', () => {
  const read: [string, (source: never) => Promise<unknown>][] = [
    ['accumulate', (source) => openai.accumulate(source)],
    ['readDeltas', (source) => readDeltas(source).next()],
    ['readChunks', (source) => openai.readChunks(source).next()],
  ]
  const sources: [string, unknown, string][] = [
    ['undefined', undefined, 'received Undefined: the source is missing'],
    ['null', null, 'received Null: the source is missing'],
    ['a string', 'data: {}', 'received String: pass `new Response(text)`'],
    ['an object', {}, 'received Object: put'],
    ['bytes', new Uint8Array(3), 'received Uint8Array: put one chunk in an array'],
    ['a promise', Promise.resolve([]), 'received Promise: await it first'],
  ]
  test.each(read)('%s', async (_name, reading) => {
    for (const [name, source, says] of sources) {
      const error = await reading(source as never).catch((error: unknown) => error)
      expect(error, name).toBeInstanceOf(TypeError)
      expect((error as TypeError).message, name).toContain(says)
    }
  })
})

describe('a connection that began its answer anew', () => {
  const chunk = (content: string): object => ({ choices: [{ index: 0, delta: { content } }] })
  /** As a connection of `@tesserae/client`, without IDs: the server answers twice. */
  const source = {
    restarts: 0,
    async *[Symbol.asyncIterator]() {
      yield chunk('Hel')
      this.restarts++
      yield chunk('Hello')
    },
  }

  test('rejects with the message of the first response', async () => {
    source.restarts = 0
    await expect(openai.accumulate(source)).rejects.toMatchObject({
      code: 'interrupted',
      partial: { choices: [{ message: { content: 'Hel' } }] },
      cause: { message: expect.stringContaining('began its answer anew') },
    })
  })

  test('does not send its request again', async () => {
    const connection = { ...source, restarts: 0, mayRestart: true }
    await openai.accumulate(connection).catch(() => {})
    expect(connection.mayRestart).toBe(false)
  })

  test('ends the deltas before the second response', async () => {
    source.restarts = 0
    const text: string[] = []
    const read = async (): Promise<void> => {
      for await (const delta of readDeltas(source))
        if (delta.type === 'content') text.push(delta.delta)
    }
    await expect(read()).rejects.toMatchObject({ code: 'interrupted' })
    expect(text).toEqual(['Hel'])
  })
})
