import { describe, expect, test } from 'vitest'
import { ModelStreamError as RootError } from '@tesserae/openai'
import {
  accumulate,
  ModelStreamError,
  outputTextOf,
  readDeltas,
  readEvents,
  readSnapshots,
  reasoningOf,
  split,
  toEvents,
} from '@tesserae/openai/responses'
import { responseEvent } from '@tesserae/openai/responses/schema'
import { createChecker } from '@tesserae/openai/schema'

type Wire = Record<string, unknown>

const content = [{ type: 'output_text', text: 'Hello, world!', annotations: [] }]
const whole = {
  id: 'resp_1',
  object: 'response' as const,
  status: 'completed' as const,
  model: 'tiny-chat',
  output: [{ type: 'message', id: 'msg_1', role: 'assistant', status: 'completed', content }],
}
const events = [...split(whole as never)] as unknown as Wire[]
const frames = (list: readonly object[]): string =>
  [...toEvents(list)].map(({ event, data }) => `event: ${event}\ndata: ${data}\n\n`).join('')
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const answer = (body: string, init: ResponseInit = {}): Response =>
  new Response(body, { headers: { 'content-type': 'text/event-stream' }, ...init })
const failing = async (source: Parameters<typeof accumulate>[0], options = {}) =>
  accumulate(source, options).then(
    () => undefined,
    (error: ModelStreamError) => error,
  )

describe('sources', () => {
  test.each([
    ['a `Response`', () => answer(frames(events))],
    ['a stream of bytes', () => answer(frames(events)).body as ReadableStream<Uint8Array>],
    ['bytes, one at a time', () => [...bytes(frames(events))].map((byte) => Uint8Array.of(byte))],
    ['events of a parser', () => [...toEvents(events)]],
    ['events of the official client', () => events],
    ['messages of a WebSocket', () => events.map((event) => JSON.stringify(event))],
    [
      'raw parts of the AI SDK among its own',
      () => [
        { type: 'stream-start', warnings: [] },
        ...events.flatMap((rawValue) => [
          { type: 'raw', rawValue },
          { type: 'text-delta', id: '0', delta: 'x' },
        ]),
      ],
    ],
    [
      'data without names',
      () => [bytes(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(''))],
    ],
    [
      'names without types',
      () =>
        events.map(({ type, ...event }) => ({
          event: type as string,
          data: JSON.stringify(event),
        })),
    ],
    [
      'the response itself, as JSON',
      () => answer(JSON.stringify(whole), { headers: { 'content-type': 'application/json' } }),
    ],
    [
      'the response itself, as JSON on many lines',
      () => [bytes(`\n ${JSON.stringify(whole, undefined, 2)}`)],
    ],
    ['a JSON list of events', () => [bytes(JSON.stringify(events))]],
    [
      'one JSON event a line',
      () => [bytes(events.map((event) => `${JSON.stringify(event)}\n`).join(''))],
    ],
    ['a print without blank lines', () => [bytes(frames(events).replaceAll('\n\n', '\n'))]],
  ])('%s', async (_, source) => {
    expect(await accumulate(source() as never)).toEqual(whole)
  })

  test('anything else is a `TypeError`', async () => {
    await expect(accumulate('text' as never)).rejects.toThrow(TypeError)
    await expect(accumulate(Promise.resolve(answer('')) as never)).rejects.toThrow(/await it first/)
  })

  test('reading stops at the terminal event, although the body stays open', async () => {
    let isCancelled = false
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(bytes(frames(events))),
      cancel: () => void (isCancelled = true),
    })
    expect(await accumulate(body)).toEqual(whole)
    expect(isCancelled).toBe(true)
  })

  test('nothing is read after `[DONE]`', async () => {
    const error = await failing([bytes(`data: [DONE]\n\n${frames(events)}`)])
    expect(error?.verdict?.reason).toBe('no-end')
  })
})

describe('failures', () => {
  const cut = events.slice(0, -1)

  test('a cut stream rejects with the response so far, and with where to resume', async () => {
    const error = await failing(answer(frames(cut)))
    expect(error).toBeInstanceOf(ModelStreamError)
    expect(error).toBeInstanceOf(RootError)
    expect(error).toMatchObject({
      code: 'incomplete',
      cursor: { responseId: 'resp_1', after: cut.length - 1 },
    })
    expect(outputTextOf(error?.partial ?? { output: [] })).toBe('Hello, world!')
  })

  test('`incomplete: return` resolves with the verdict and the failure', async () => {
    const { response, verdict, failure } = await accumulate(cut, { incomplete: 'return' })
    expect(response.status).toBe('in_progress')
    expect(verdict.notes).toEqual([{ code: 'all-items-done', count: 1 }])
    expect(failure?.code).toBe('incomplete')
  })

  test('`response.failed` rejects with the error of the server and the failed response', async () => {
    const failed = { ...whole, status: 'failed', error: { code: 'server_error', message: 'Sorry' } }
    const error = await failing([{ type: 'response.failed', response: failed }])
    expect(error).toMatchObject({
      code: 'server-error',
      error: { code: 'server_error', message: 'Sorry' },
    })
    expect(error?.partial).toEqual(failed)
  })

  test.each([
    [
      'an error answer',
      answer('{"error":{"message":"Slow","type":"rate"}}', { status: 429 }),
      { code: 'server-error', status: 429, error: { message: 'Slow' } },
    ],
    [
      'an error answer that is a page',
      answer('<html>', { status: 502 }),
      { code: 'bad-response', status: 502, data: '<html>' },
    ],
    [
      'an error answer without a body',
      new Response(undefined, { status: 503 }),
      { code: 'bad-response', status: 503 },
    ],
    ['a page', answer('<html>'), { code: 'bad-response', data: '<html>' }],
    ['another JSON document', answer('{"models":[]}'), { code: 'bad-response' }],
    [
      'a sentence',
      answer('Internal Server Error\n'),
      { code: 'bad-response', status: 200, data: 'Internal Server Error\n' },
    ],
    ['a chat completion', answer('{"choices":[]}'), { code: 'wrong-protocol' }],
    ['chunks', [{ choices: [{ index: 0, delta: { content: 'Hi' } }] }], { code: 'wrong-protocol' }],
    [
      'events of Anthropic',
      [{ event: 'message_start', data: '{"type":"message_start","message":{}}' }],
      { code: 'wrong-protocol', message: expect.stringContaining('anthropic') },
    ],
    [
      'parts of the AI SDK without the events',
      [{ type: 'start' }, { type: 'text-delta', id: '0', delta: 'Hi' }, { type: 'finish' }],
      { code: 'no-chunks', message: expect.stringContaining('includeRawChunks') },
    ],
    ['compressed bytes', [Uint8Array.of(0x1f, 0x8b, 8, 0)], { code: 'wrong-protocol' }],
    [
      'an error answer that asks to wait',
      answer('{"error":{"message":"Slow"}}', {
        status: 429,
        headers: { 'retry-after': '2', 'x-request-id': 'req_1' },
      }),
      { code: 'server-error', retryAfter: 2000, requestId: 'req_1', isRetryable: true },
    ],
    [
      'an error of a client that has the status and the beginning of the body',
      (async function* () {
        throw Object.assign(new Error('429'), {
          status: 429,
          excerpt: '{"error":{"message":"Slow"}}',
        })
      })(),
      { code: 'server-error', status: 429, error: { message: 'Slow' } },
    ],
    [
      'an error as JSON with status 200',
      answer('{"error":{"message":"Slow"}}'),
      { code: 'server-error', error: { message: 'Slow' } },
    ],
    ['an event that is not JSON', [{ data: 'Hello' }], { code: 'bad-json', data: 'Hello' }],
    [
      'an event called `error` that is not JSON',
      [{ event: 'error', data: 'Slow' }],
      { code: 'server-error', error: { message: 'Slow' } },
    ],
  ])('%s', async (_, source, expected) => {
    expect(await failing(source as never)).toMatchObject(expected)
  })

  test('a connection that fails rejects with its cause and the response so far', async () => {
    const cause = new Error('reset')
    const error = await failing(
      (async function* () {
        yield* cut
        throw cause
      })(),
    )
    expect(error).toMatchObject({ code: 'interrupted', cause, verdict: { reason: 'error' } })
    expect(error?.partial?.output).toHaveLength(1)
  })

  test('a signal ends a silent stream', async () => {
    const controller = new AbortController()
    const silent = new ReadableStream<Uint8Array>({
      start: (stream) => stream.enqueue(bytes(frames(cut))),
    })
    const reading = failing(silent, { signal: controller.signal })
    setTimeout(() => controller.abort('enough'), 5)
    expect(await reading).toMatchObject({
      code: 'aborted',
      cause: 'enough',
      verdict: { reason: 'aborted' },
    })
  })

  test('a stream that is silent for too long rejects, and is resumed', async () => {
    const silent = (): ReadableStream<Uint8Array> =>
      new ReadableStream({ start: (stream) => stream.enqueue(bytes(frames(cut))) })
    const error = await failing(silent(), { idleTimeout: 10 })
    expect(error).toMatchObject({ code: 'timeout', verdict: { reason: 'error' } })
    expect(error?.partial?.output).toHaveLength(1)
    const resume = ({ after }: { after: number }) => events.slice(after + 1)
    expect(await accumulate(silent(), { idleTimeout: 10, resume })).toEqual(whole)
  })

  test('heartbeats do not count as content for `tokenTimeout`', async () => {
    const beating = (): ReadableStream<Uint8Array> => {
      let beats: ReturnType<typeof setInterval>
      return new ReadableStream({
        start(stream) {
          stream.enqueue(bytes(frames(cut)))
          beats = setInterval(() => stream.enqueue(bytes(frames([{ type: 'keepalive' }]))), 5)
        },
        cancel: () => clearInterval(beats),
      })
    }
    for (const predict of [true, false]) {
      const error = await failing(beating(), { tokenTimeout: 60, idleTimeout: 10_000, predict })
      expect(error).toMatchObject({ code: 'timeout', message: expect.stringContaining('content') })
      expect(outputTextOf(error?.partial ?? { output: [] })).toBe('Hello, world!')
    }
    const read: Wire[] = []
    const reading = (async () => {
      for await (const event of readEvents<Wire>(beating(), { tokenTimeout: 60 })) read.push(event)
    })()
    await expect(reading).rejects.toMatchObject({ code: 'timeout' })
    expect(read.slice(0, cut.length)).toEqual(cut)
  })

  test('an event beyond the limit rejects with what came before, and is not asked for again', async () => {
    const long = { type: 'response.output_text.delta', delta: 'x'.repeat(4000) }
    const resume = (): never => {
      throw new Error('asked')
    }
    const source = [bytes(frames([...cut.slice(0, 6), long]))]
    const error = await failing(source, { maxEventBytes: 2000, resume })
    expect(error).toMatchObject({ code: 'interrupted', cause: { name: 'SseError' } })
    expect(error?.partial?.output).toHaveLength(1)
  })

  test('a strict checker rejects with its own error, which has the response so far', async () => {
    const checker = createChecker({ schema: responseEvent, mode: 'strict' })
    const bad = [...cut.slice(2, 6), { type: 'response.refusal.delta' }]
    const error = await failing(bad, { check: checker.check })
    expect(error).toMatchObject({ name: 'SchemaError', partial: { output: [{ id: 'msg_1' }] } })
  })

  test('an event that is cut at the end of the stream is noted', async () => {
    const { verdict } = await accumulate([bytes(`${frames(cut)}data: {"type":`)], {
      incomplete: 'return',
    })
    expect(verdict.notes).toContainEqual({ code: 'cut-event', count: 1 })
  })

  test('an event beyond the limit rejects, and so does a document', async () => {
    expect(await failing([bytes(frames(events))], { maxEventBytes: 64 })).toBeDefined()
    expect(await failing([bytes(JSON.stringify(whole))], { maxEventBytes: 64 })).toMatchObject({
      code: 'bad-response',
    })
  })

  test('the body of an error answer is read up to its bound', async () => {
    let pulls = 0
    const endless = new ReadableStream<Uint8Array<ArrayBuffer>>({
      async pull(controller) {
        // Nothing but the bound ends the reading.
        if (++pulls > 100) return controller.close()
        controller.enqueue(new Uint8Array(16_384).fill(0x78))
      },
    })
    const error = await failing(new Response(endless, { status: 502 }))
    expect(error).toMatchObject({ code: 'bad-response', status: 502 })
    expect(pulls).toBeLessThan(10)
  })

  test('a check that throws rejects with its error', async () => {
    const check = (): never => {
      throw new RangeError('no')
    }
    await expect(accumulate(events, { check })).rejects.toThrow(RangeError)
  })
})

describe('resumption', () => {
  const first = events.slice(0, 5)
  const lost = async function* (): AsyncGenerator<Wire> {
    yield* first
    throw new Error('reset')
  }

  test.each([
    ['failed', lost],
    ['ended', () => first],
  ])('a stream that %s goes on where `resume` says', async (_, source) => {
    const asked: unknown[] = []
    const response = await accumulate(source(), {
      resume(cursor, attempt) {
        asked.push([cursor, attempt])
        return events.slice(cursor.after + 1)
      },
    })
    expect(response).toEqual(whole)
    expect(asked).toEqual([[{ responseId: 'resp_1', after: 4 }, 1]])
  })

  test('cutting after every event gives the same response and the same deltas', async () => {
    const read = async (step: number): Promise<unknown[]> => {
      const deltas: unknown[] = []
      const reading = readDeltas(events.slice(0, step), {
        resume: ({ after }) => answer(frames(events.slice(after + 1, after + 1 + step))),
      })
      for await (const delta of reading) deltas.push(delta)
      return deltas
    }
    expect(await read(1)).toEqual(await read(events.length))
    expect(await read(3)).toEqual(await read(events.length))
  })

  test('events that a resumed stream repeats are left out', async () => {
    const { response, verdict } = await accumulate(first, {
      incomplete: 'return',
      resume: () => events.slice(2),
    })
    expect(response).toEqual(whole)
    expect(verdict.notes).toEqual([{ code: 'repeated', count: 3 }])
  })

  test('a stream that begins again from the first event is a replay', async () => {
    const { response, verdict } = await accumulate(first, {
      incomplete: 'return',
      resume: () => events,
    })
    expect(response).toEqual(whole)
    expect(verdict.notes).toEqual([{ code: 'replay', count: 1 }])
  })

  test('the answer to a plain GET is the end', async () => {
    expect(await accumulate(first, { resume: () => answer(JSON.stringify(whole)) })).toEqual(whole)
  })

  test('an error answer rejects with the response so far', async () => {
    const body = '{"error":{"message":"can no longer be streamed"}}'
    const error = await failing(first, { resume: () => answer(body, { status: 400 }) })
    expect(error).toMatchObject({ code: 'server-error', status: 400, cursor: { after: 4 } })
    expect(error?.partial?.output).toHaveLength(1)
  })

  test('`undefined` gives up, and a `resume` that throws rejects with its error', async () => {
    expect(await failing(first, { resume: () => undefined })).toMatchObject({ code: 'incomplete' })
    const cause = new Error('offline')
    const resume = (): never => {
      throw cause
    }
    expect(await failing(first, { resume })).toMatchObject({ code: 'interrupted', cause })
  })

  test('a resumed stream that never brings anything new is given up', async () => {
    const attempts: number[] = []
    const error = await failing(first, {
      resume(_: unknown, attempt: number) {
        attempts.push(attempt)
        return []
      },
    })
    expect(error).toMatchObject({ code: 'incomplete' })
    expect(attempts).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  })

  test('ends are not resumed: `failed`, an error, `[DONE]`, and a stream without numbers', async () => {
    const resume = (): never => {
      throw new Error('asked')
    }
    const failed = { type: 'response.failed', response: { status: 'failed' }, sequence_number: 5 }
    const unnumbered = first.map(({ sequence_number: _, ...event }) => event)
    for (const source of [
      [...first, failed],
      [...first, { type: 'error', message: 'Slow' }],
      [...first, { data: '[DONE]' }],
      unnumbered,
    ])
      expect((await failing(source as never, { resume }))?.code).not.toBe('interrupted')
  })
})

describe('events', () => {
  const collect = async (source: unknown, options = {}) => {
    const read: Wire[] = []
    let error: unknown
    try {
      for await (const event of readEvents<Wire>(source as never, options)) read.push(event)
    } catch (thrown) {
      error = thrown
    }
    return { read, error }
  }

  test('come as they were sent, under their current names', async () => {
    expect(await collect(answer(frames(events)))).toEqual({ read: events, error: undefined })
    const { read } = await collect([{ type: 'response.mcp_call.arguments_delta', delta: '{}' }])
    expect(read).toEqual([{ type: 'response.mcp_call_arguments.delta', delta: '{}' }])
  })

  test('come before the error that ends the stream', async () => {
    const { read, error } = await collect([
      ...events.slice(0, 3),
      { type: 'error', message: 'Slow' },
    ])
    expect(read).toHaveLength(4)
    expect(error).toMatchObject({ code: 'server-error' })
    const cut = await collect([bytes(`${frames(events.slice(0, 3))}data: x\n\n`)])
    expect(cut.read).toHaveLength(3)
    expect(cut.error).toMatchObject({ code: 'bad-json' })
  })

  test('a stream without a terminal event throws, unless `incomplete` says otherwise', async () => {
    expect((await collect(events.slice(0, 3))).error).toMatchObject({ code: 'incomplete' })
    expect((await collect(events.slice(0, 3), { incomplete: 'return' })).error).toBeUndefined()
  })

  test.each([
    ['readEvents', readEvents],
    ['readDeltas', readDeltas],
    ['readSnapshots', readSnapshots],
  ])('leaving %s takes effect at once, also while the source is silent', async (_, readWith) => {
    let isCancelled = false
    const silent = new ReadableStream<Uint8Array>({
      start: (stream) => stream.enqueue(bytes(frames(events.slice(0, 5)))),
      cancel: () => void (isCancelled = true),
    })
    const reading = readWith(silent, { resume: () => events })
    await reading.next()
    const pending = (async () => {
      for (;;) if ((await reading.next()).done) return 'done'
    })()
    await reading.return(undefined as never)
    expect(await pending).toBe('done')
    expect(isCancelled).toBe(true)
  })

  test('leaving the loop cancels the source', async () => {
    let isCancelled = false
    const source = (async function* () {
      try {
        yield* events
      } finally {
        isCancelled = true
      }
    })()
    for await (const _ of readEvents(source)) break
    await new Promise((resolve) => setTimeout(resolve))
    expect(isCancelled).toBe(true)
  })
})

describe('the way back', () => {
  test('`toEvents` names each event, and sends `[DONE]` only if asked', async () => {
    expect([...toEvents([{ type: 'a' }, {}])]).toEqual([
      { event: 'a', data: '{"type":"a"}' },
      { data: '{}' },
    ])
    expect([...toEvents([], { done: true })]).toEqual([{ data: '[DONE]' }])
    const source = (async function* () {
      yield { type: 'a' }
      throw new Error('no')
    })()
    const sent: unknown[] = []
    for await (const event of toEvents(source, { onError: () => ({ type: 'error' }) }))
      sent.push(event)
    expect(sent).toEqual([
      { event: 'a', data: '{"type":"a"}' },
      { event: 'error', data: '{"type":"error"}' },
    ])
    expect(() => [...toEvents(failingList())]).toThrow('no')
  })

  function* failingList(): Generator<object> {
    throw new Error('no')
  }

  test('splitting something else is a `TypeError`', () => {
    expect(() => [...split({ choices: [] } as never)]).toThrow(TypeError)
  })

  test('texts of a response', () => {
    expect(outputTextOf(whole)).toBe('Hello, world!')
    const summary = [
      { type: 'summary_text', text: 'a' },
      { type: 'summary_text', text: 'b' },
    ]
    expect(reasoningOf({ output: [{ type: 'reasoning', summary }] })).toBe('a\n\nb')
    expect(
      reasoningOf({
        output: [{ type: 'reasoning', summary, content: [{ type: 'reasoning_text', text: 'c' }] }],
      }),
    ).toBe('c')
  })
})
