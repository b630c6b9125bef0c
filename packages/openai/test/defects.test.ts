import { describe, expect, test } from 'vitest'
import {
  accumulate,
  createAccumulator,
  type Delta,
  type Finished,
  ModelStreamError,
  readDeltas,
  readChunks,
  split,
} from '@tesserae/openai'
import { sourceOf } from '@tesserae/testkit'

// Streams and messages that were read wrong once.

type Wire = Record<string, unknown>
const head = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm' }
const say = (delta: unknown, choice: Wire = {}): Wire => ({
  ...head,
  choices: [{ index: 0, delta, finish_reason: null, ...choice }],
})
const stop = say({}, { finish_reason: 'stop' })
const call = (...entries: Wire[]): Wire => say({ tool_calls: entries })
const fn = (name: string, args: unknown, more: Wire = {}): Wire => ({
  index: 0,
  function: { name, arguments: args },
  ...more,
})
const events = (...values: unknown[]): string =>
  values.map((value) => `data: ${JSON.stringify(value)}\n\n`).join('')
const body = (text: string, type = 'text/event-stream', status = 200, headers = {}): Response =>
  new Response(text, { status, headers: { 'content-type': type, ...headers } })

const failureOf = async (promise: Promise<unknown>): Promise<ModelStreamError> => {
  const error: unknown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  )
  expect(error).toBeInstanceOf(ModelStreamError)
  return error as ModelStreamError
}

function read(chunks: readonly unknown[], done = true): Finished & { deltas: Delta[] } {
  const deltas: Delta[] = []
  const accumulator = createAccumulator({ onDelta: (delta) => deltas.push(delta) })
  for (const chunk of chunks) accumulator.push(chunk)
  return { ...accumulator.finish({ done }), deltas }
}

const messageOf = (chunks: readonly unknown[]): Wire =>
  read(chunks).message.choices[0]?.message as unknown as Wire
const callsOf = (chunks: readonly unknown[]): string[] =>
  ((messageOf(chunks)['tool_calls'] ?? []) as { id: string; function: Wire }[]).map(
    ({ id, function: { name, arguments: args } }) => `${id} ${name}(${args})`,
  )

const completion = {
  id: 'c',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: 'Hello', refusal: null },
      logprobs: null,
      finish_reason: 'stop',
    },
  ],
}

describe('a completion that was not streamed', () => {
  test.each<[string, string, string]>([
    [
      'as an event stream, with [DONE] after it',
      `${JSON.stringify(completion)}\n\ndata: [DONE]\n\n`,
      'text/event-stream',
    ],
    ['in one event', `${events(completion)}data: [DONE]\n\n`, 'text/event-stream'],
    ['as JSON', JSON.stringify(completion), 'application/json'],
  ])('is read %s', async (_, text, type) => {
    expect(await accumulate(body(text, type))).toEqual(completion)
  })

  test('keeps what only such an answer has', async () => {
    const message = {
      role: 'assistant',
      content: [
        { type: 'text', text: 'a' },
        { type: 'text', text: 'b' },
      ],
      refusal: null,
      tool_calls: [],
      reasoning: null,
    }
    const whole = { ...completion, choices: [{ ...completion.choices[0], message }] }
    expect(await accumulate(body(JSON.stringify(whole), 'application/json'))).toEqual(whole)
  })

  test('has its text in deltas', async () => {
    const deltas: Delta[] = []
    for await (const delta of readDeltas(body(JSON.stringify(completion), 'application/json')))
      deltas.push(delta)
    expect(deltas).toContainEqual({ type: 'content', choice: 0, delta: 'Hello' })
  })

  test('has tool calls with arguments as text, whatever the server sent', async () => {
    const calls = [
      { id: 'a', type: 'function', function: { name: 'f', arguments: { city: 'Paris' } } },
      { id: 'b', type: 'function', function: { name: 'g' } },
      { id: 'c', type: 'mcp', server: 's' },
    ]
    const message = { role: 'assistant', content: null, refusal: null, tool_calls: calls }
    const whole = { ...completion, choices: [{ ...completion.choices[0], message }] }
    const expected = [
      { id: 'a', type: 'function', function: { name: 'f', arguments: '{"city":"Paris"}' } },
      { id: 'b', type: 'function', function: { name: 'g', arguments: '' } },
      { id: 'c', type: 'mcp', server: 's' },
    ]
    const found = await accumulate(body(JSON.stringify(whole), 'application/json'))
    expect(found.choices[0]?.message.tool_calls).toEqual(expected)
    expect(messageOf([...split(whole as never)])['tool_calls']).toEqual(expected)
  })
})

test('a choice with deltas keeps its message when a `text` without a delta follows', () => {
  const last = { ...head, choices: [{ index: 0, delta: null, text: null, finish_reason: 'stop' }] }
  expect(messageOf([say({ content: 'Hello' }), last])).toMatchObject({ content: 'Hello' })
})

describe('what a body is, whatever its type says', () => {
  test.each<[string, Response]>([
    ['events called JSON', body(events(say({ content: 'Hello' }), stop), 'application/json')],
    ['events called a page', body(events(say({ content: 'Hello' }), stop), 'text/html')],
    [
      'a chunk in each line',
      body(
        [say({ content: 'Hello' }), stop].map((chunk) => JSON.stringify(chunk)).join('\n'),
        'application/x-ndjson',
      ),
    ],
    [
      'a list of chunks',
      body(JSON.stringify([say({ content: 'Hello' }), stop]), 'application/json'),
    ],
    [
      'a chunk',
      body(
        JSON.stringify(say({ content: 'Hello' }, { finish_reason: 'stop' })),
        'application/json',
      ),
    ],
  ])('reads %s', async (_, response) => {
    expect((await accumulate(response)).choices[0]?.message.content).toBe('Hello')
  })

  test.each([
    ['after its first line', ''],
    ['in its second line', JSON.stringify(stop).slice(0, 40)],
  ])('a stream of lines that is cut %s is not taken for a whole message', async (_, rest) => {
    const response = body(`${JSON.stringify(say({ content: 'Hel' }))}\n${rest}`)
    const failure = await failureOf(accumulate(response))
    expect(failure).toMatchObject({ code: 'incomplete', verdict: { reason: 'no-end' } })
    expect(failure.partial?.choices[0]?.message.content).toBe('Hel')
  })

  test.each<[string, string, RegExp]>([
    ['Responses', events({ type: 'response.created', response: {} }), /Responses API/],
    [
      'Anthropic',
      'event: message_start\ndata: {"type":"message_start","message":{}}\n\n',
      /Anthropic/,
    ],
    ['Gemini', events({ candidates: [{ content: {} }] }), /Gemini/],
    [
      'Ollama',
      '{"model":"m","message":{"content":"a"},"done":false}\n{"done":true,"message":{}}\n',
      /Ollama/,
    ],
  ])('names another protocol: %s', async (_, text, says) => {
    const failure = await failureOf(accumulate(body(text)))
    expect(failure.code).toBe('wrong-protocol')
    expect(failure.message).toMatch(says)
  })

  test('names gzip and strings', async () => {
    const gzip = [Uint8Array.of(0x1f, 0x8b, 8, 0)]
    expect((await failureOf(accumulate(gzip))).message).toMatch(/gzip/)
    expect((await failureOf(accumulate(['data: {}\n\n'] as never))).message).toMatch(/strings/)
  })

  test.each<[string, Wire, string]>([
    ['detail', { detail: 'Not Found' }, 'Not Found'],
    ['code and message', { code: 'X', message: 'No' }, 'No'],
    ['errors', { errors: [{ message: 'No' }] }, 'No'],
  ])('reads an error with status 200: %s', async (_, value, message) => {
    const failure = await failureOf(accumulate(body(JSON.stringify(value), 'application/json')))
    expect(failure).toMatchObject({ code: 'server-error', error: { message } })
  })

  test('stops reading a body without an end when the signal aborts', async () => {
    const controller = new AbortController()
    const source = sourceOf([new TextEncoder().encode('{"a":')], { ending: 'stall' })
    const response = new Response(source.stream() as ReadableStream<Uint8Array<ArrayBuffer>>, {
      headers: { 'content-type': 'application/json' },
    })
    const reading = accumulate(response, { signal: controller.signal })
    queueMicrotask(() => controller.abort())
    expect((await failureOf(reading)).code).toBe('aborted')
  })

  test.each([200, 500])(
    'reads a body without an end up to its bound, with status %s',
    async (status) => {
      let pulls = 0
      const endless = new ReadableStream<Uint8Array<ArrayBuffer>>({
        pull(controller) {
          pulls++
          controller.enqueue(new TextEncoder().encode(`{"a":"${'a'.repeat(65_536)}`))
        },
      })
      const response = new Response(endless, { status })
      const failure = await failureOf(accumulate(response, { maxEventBytes: 1 << 20 }))
      expect(failure).toMatchObject({ code: 'bad-response', status })
      expect(pulls).toBeLessThan(32)
    },
  )
})

describe('the end of a message', () => {
  test('[DONE] alone is not a message', async () => {
    const failure = await failureOf(accumulate(body('data: [DONE]\n\n')))
    expect(failure.verdict).toMatchObject({ complete: false, reason: 'empty' })
  })

  test.each(['abort', 'network_error', 'insufficient_system_resource', 'cancelled'])(
    'the finish reason %s means that the server gave up',
    (reason) => {
      expect(read([say({ content: 'a' }, { finish_reason: reason })]).verdict.reason).toBe(
        'gave-up',
      )
    },
  )

  test.each(['length', 'max_tokens', 'model_length'])('%s shows as cut', (reason) => {
    const { verdict } = read([call(fn('f', '{"a"')), say({}, { finish_reason: reason })])
    expect(verdict).toMatchObject({ complete: true, cut: 'length' })
    expect(verdict.partialToolCalls).toHaveLength(1)
  })

  test("a gateway's stop with the server's own reason shows as cut", () => {
    const beside = { finish_reason: 'stop', native_finish_reason: 'MAX_TOKENS' }
    expect(read([say({ content: 'a' }, beside)]).verdict.cut).toBe('length')
  })

  test('a function_call that is cut inside its arguments is incomplete, and has deltas', () => {
    const { verdict, deltas } = read([
      say({ function_call: { name: 'f', arguments: '{"a":' } }),
      say({}, { finish_reason: 'function_call' }),
    ])
    expect(verdict.reason).toBe('open-json')
    expect(deltas.map(({ type }) => type)).toEqual([
      'function-call-begin',
      'function-call-arguments',
      'finish',
      'function-call-end',
    ])
  })

  test('a tool call of a stream that then fails is partial', () => {
    const { deltas, verdict } = read([
      call(fn('f', '{}', { id: 'a' })),
      say({}, { finish_reason: 'tool_calls' }),
      { error: { message: 'no' } },
    ])
    expect(deltas.at(-1)).toMatchObject({ type: 'tool-call-end', partial: true })
    expect(verdict.partialToolCalls).toEqual([{ choice: 0, toolCall: 0, position: 0 }])
  })

  test('finish() again returns the same and reports no end twice', () => {
    const deltas: Delta[] = []
    const accumulator = createAccumulator({ onDelta: (delta) => deltas.push(delta) })
    accumulator.push(call(fn('f', '{}')))
    expect(accumulator.finish()).toBe(accumulator.finish())
    expect(deltas.filter(({ type }) => type === 'tool-call-end')).toHaveLength(1)
  })

  test('the last finish delta is the reason in the message', () => {
    const { deltas, message } = read([stop, say({}, { finish_reason: 'length' })])
    expect(deltas.at(-1)).toMatchObject({ type: 'finish', reason: 'length' })
    expect(message.choices[0]?.finish_reason).toBe('length')
  })

  test('usage after an error is read', async () => {
    const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 }
    const text = events(
      say({ content: 'a' }),
      { error: { message: 'no' } },
      { ...head, choices: [], usage },
    )
    expect((await failureOf(accumulate(body(text)))).partial?.usage).toEqual(usage)
  })
})

describe('which call a fragment belongs to', () => {
  test.each<[string, Wire[], string[]]>([
    [
      "a known call's id with the index of another",
      [
        call(fn('f', '{"a":', { id: 'a' }), fn('g', '', { id: 'b', index: 1 })),
        call({ index: 1, id: 'a', function: { arguments: '1}' } }),
        call({ index: 1, id: 'b', function: { arguments: '{}' } }),
      ],
      ['a f({"a":1})', 'b g({})'],
    ],
    [
      'one index and name, no ids, in one chunk',
      [call(fn('f', '{"a":1}'), fn('f', '{"a":2}'))],
      [' f({"a":1})', ' f({"a":2})'],
    ],
    [
      'a call without arguments before the next',
      [
        call(fn('get_time', '', { type: 'function' })),
        call(fn('get_weather', '{}', { type: 'function' })),
      ],
      [' get_time()', ' get_weather({})'],
    ],
    [
      'an id and a name after the arguments',
      [call(fn('', '{"a":1}')), call(fn('f', null, { id: 'a' }))],
      ['a f({"a":1})'],
    ],
  ])('%s', (_, chunks, calls) => {
    expect(callsOf([...chunks, stop])).toEqual(calls)
  })

  test('a type that is not documented is kept', () => {
    const chunks = [call(fn('$web_search', '{}', { id: 'a', type: 'builtin_function' })), stop]
    expect(messageOf(chunks)['tool_calls']).toMatchObject([{ type: 'builtin_function' }])
  })
})

describe('the message', () => {
  test('has no field that a program adds to all objects', () => {
    const chunks = [say({ content: 'a', extra: { deep: 1 } }), stop]
    const expected = JSON.stringify(read(chunks).message)
    // oxlint-disable-next-line eslint/no-extend-native -- what such a program does
    Object.defineProperty(Object.prototype, 'added', {
      value: 'x',
      enumerable: true,
      configurable: true,
    })
    const found = JSON.stringify(read(chunks).message)
    delete (Object.prototype as { added?: string }).added
    expect(found).toBe(expected)
  })

  test('is plain data', () => {
    const token = { token: 'a', logprob: -1, bytes: [97], top_logprobs: [] }
    const chunks = Array.from({ length: 20 }, () =>
      say(
        { content: 'a', annotations: [{ type: 'url_citation' }] },
        { logprobs: { content: [token], refusal: null } },
      ),
    )
    const { message } = read([...chunks, stop])
    const descriptors = [message.choices[0]?.logprobs, message.choices[0]?.message].flatMap(
      (value) => Object.values(Object.getOwnPropertyDescriptors(value ?? {})),
    )
    for (const descriptor of descriptors) expect(descriptor).toMatchObject({ writable: true })
    expect(structuredClone(message)).toEqual(message)
  })

  test('shares no object with snapshots or chunks', () => {
    const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 }
    const accumulator = createAccumulator()
    accumulator.push({ ...say({ annotations: [{ type: 'url_citation' }] }), usage })
    const [one, other] = [accumulator.snapshot(), accumulator.snapshot()]
    expect(one.usage).not.toBe(other.usage)
    expect(one.usage).not.toBe(usage)
    expect(one.choices[0]?.message.annotations?.[0]).not.toBe(
      other.choices[0]?.message.annotations?.[0],
    )
  })

  test('has no padding and no keep-alive in it', () => {
    const chunks = [
      say({ content: 'a', index: 0, token_id: 5 }, { obfuscation: 'x' }),
      { type: 'keepalive' },
      stop,
    ]
    const { message } = read(chunks)
    expect(message.choices[0]).toEqual({
      index: 0,
      logprobs: null,
      finish_reason: 'stop',
      message: { role: 'assistant', content: 'a', refusal: null },
    })
    expect(Object.keys(message).sort()).toEqual(['choices', 'created', 'id', 'model', 'object'])
  })

  test('has only choices that were sent, with prediction too', async () => {
    const chunks = Array.from({ length: 40 }, (_, at) => ({
      ...say({ content: `${at} ` }, { index: 1 }),
      id: `c${at}`,
      created: at + 1,
      usage: { total_tokens: at },
      obfuscation: 'x'.repeat(at % 5),
    }))
    const last = say({}, { index: 1, finish_reason: 'stop' })
    const found = await accumulate([new TextEncoder().encode(events(...chunks, last))])
    expect(found.choices.map(({ index }) => index)).toEqual([1])
  })

  test('has deltas for audio, annotations and images', () => {
    const { deltas } = read([
      say({ audio: { data: 'AA', transcript: 'a' }, annotations: [{ n: 1 }], images: [{ n: 2 }] }),
      stop,
    ])
    expect(deltas.slice(0, 3)).toEqual([
      { type: 'audio', choice: 0, data: 'AA', transcript: 'a' },
      { type: 'annotation', choice: 0, annotation: { n: 1 } },
      { type: 'image', choice: 0, image: { n: 2 } },
    ])
  })

  test('a field nested 5,000 deep is kept', async () => {
    const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`
    const text = JSON.stringify({ ...stop, deep: 'HERE' }).replace('"HERE"', deep)
    const found = await accumulate([{ data: text }])
    expect(found).toHaveProperty('deep')
  })
})

describe('errors', () => {
  test.each<[string, number, string, string]>([
    [
      '404',
      404,
      '{"error":{"message":"No such model","type":"not_found"}}',
      'ModelStreamError: The server sent an error (404, not_found): No such model',
    ],
    [
      '503',
      503,
      '{"error":{"message":"Busy"}}',
      'ModelStreamError: The server sent an error (503): Busy',
    ],
    [
      'control characters',
      500,
      '{"error":"a\\nb\\u001b[0m\\u2028"}',
      'ModelStreamError: The server sent an error (500): a\\nb\\u001b[0m\\u{2028}',
    ],
  ])('say what the server said: %s', async (_, status, text, says) => {
    const failure = await failureOf(accumulate(body(text, 'application/json', status)))
    expect(String(failure)).toBe(says)
  })

  test('say when a server said nothing', async () => {
    async function* source(): AsyncGenerator<object> {
      throw Object.assign(new Error('bad-status'), { status: 404, excerpt: '' })
    }
    const failure = await failureOf(accumulate(source()))
    expect(failure).toMatchObject({ code: 'server-error', error: { message: '', raw: '' } })
    expect(failure.message).toBe('The server sent an error (404): Its body is empty.')
  })

  test('hold at most 300 characters of the server', async () => {
    const text = JSON.stringify({ error: { message: 'x'.repeat(1000) } })
    const failure = await failureOf(accumulate(body(text, 'application/json', 400)))
    expect(failure.message).toMatch(/: x{299}…$/)
  })

  test('of a client with a status and an excerpt are errors of the server', async () => {
    const cause = Object.assign(new Error('bad-status'), {
      status: 429,
      excerpt: '{"error":{"message":"Slow down"}}',
      retryAfter: 1500,
    })
    async function* source(): AsyncGenerator<object> {
      throw cause
    }
    const failure = await failureOf(accumulate(source()))
    expect(failure).toMatchObject({
      code: 'server-error',
      status: 429,
      retryAfter: 1500,
      isRetryable: true,
      cause,
    })
    expect(failure.message).toContain('Slow down')
  })

  test('advise about a retry', async () => {
    const headers = { 'retry-after': '2', 'x-request-id': 'req_1' }
    const limited = await failureOf(
      accumulate(body('{"error":{"message":"m"}}', 'application/json', 429, headers)),
    )
    expect(limited).toMatchObject({ isRetryable: true, retryAfter: 2000, requestId: 'req_1' })
    const quota = '{"error":{"message":"m","code":"insufficient_quota"}}'
    expect(await failureOf(accumulate(body(quota, 'application/json', 429)))).toMatchObject({
      isRetryable: false,
    })
    expect(
      await failureOf(accumulate(body('{"error":"no"}', 'application/json', 401))),
    ).toMatchObject({ isRetryable: false })
  })

  test('of a listener reach the caller as they are', async () => {
    const error = new RangeError('mine')
    const onDelta = (): void => {
      throw error
    }
    await expect(accumulate(body(events(say({ content: 'a' }))), { onDelta })).rejects.toBe(error)
  })
})

describe('a source that falls silent', () => {
  test('ends in a timeout that carries the message', async () => {
    const source = sourceOf([new TextEncoder().encode(events(say({ content: 'a' })))], {
      ending: 'stall',
    })
    const failure = await failureOf(accumulate(source.stream(), { idleTimeout: 20 }))
    expect(failure).toMatchObject({ code: 'timeout', isRetryable: true })
    expect(failure.partial?.choices[0]?.message.content).toBe('a')
    expect(await source.over).toBe('cancelled')
  })

  test.each(['accumulate', 'readChunks', 'readDeltas'])(
    'ends in a timeout if it sends heartbeats alone: %s',
    async (name) => {
      const padding = { tool_calls: [], index: 0, p: 'x' }
      async function* heartbeats(): AsyncGenerator<Uint8Array> {
        yield new TextEncoder().encode(events(say({ content: 'a' })))
        for (let beat = 0; beat < 2000; beat++) {
          await new Promise((resolve) => setTimeout(resolve, 5))
          yield new TextEncoder().encode(
            `: ping\n\n${events(say({ role: 'assistant', content: '', ...padding }))}`,
          )
        }
      }
      const options = { tokenTimeout: 40 }
      const reading = async (): Promise<void> => {
        if (name === 'accumulate') await accumulate(heartbeats(), options)
        else if (name === 'readDeltas') for await (const _ of readDeltas(heartbeats(), options));
        else for await (const _ of readChunks(heartbeats(), options));
      }
      expect(await failureOf(reading())).toMatchObject({ code: 'timeout' })
    },
  )

  test.each(['accumulate', 'readChunks', 'readDeltas'])(
    'ends in no timeout while content comes in time: %s',
    async (name) => {
      async function* slow(): AsyncGenerator<object> {
        for (const chunk of [say({ content: 'a' }), say({ content: 'b' }), stop]) {
          await new Promise((resolve) => setTimeout(resolve, 120))
          yield chunk
        }
      }
      const options = { tokenTimeout: 200 }
      if (name === 'accumulate') await accumulate(slow(), options)
      else if (name === 'readDeltas') for await (const _ of readDeltas(slow(), options));
      else for await (const _ of readChunks(slow(), options));
    },
  )

  test('is left at once by return()', async () => {
    const source = sourceOf([new TextEncoder().encode(events(say({ content: 'a' })))], {
      ending: 'stall',
    })
    const deltas = readDeltas(source.stream())
    await deltas.next()
    const pending = deltas.next()
    await deltas.return(undefined as never)
    expect((await pending).done).toBe(true)
    expect(await source.over).toBe('cancelled')
  })

  test('is left when the signal aborts inside its own pull', async () => {
    const controller = new AbortController()
    let pulls = 0
    const stream = new ReadableStream<Uint8Array>(
      {
        pull(stream) {
          if (pulls++ === 0) stream.enqueue(new TextEncoder().encode(events(say({ content: 'a' }))))
          else controller.abort()
        },
      },
      { highWaterMark: 0 },
    )
    const failure = await failureOf(accumulate(stream, { signal: controller.signal }))
    expect(failure.code).toBe('aborted')
  })

  test('is left when its own pull aborts the signal; what fails later fails unheard', async () => {
    const controller = new AbortController()
    const source = {
      [Symbol.asyncIterator]: () => ({
        next() {
          controller.abort()
          return new Promise<IteratorResult<object>>((_, reject) =>
            setTimeout(() => reject(new Error('late')), 1),
          )
        },
      }),
    }
    const failure = await failureOf(accumulate(source, { signal: controller.signal }))
    expect(failure.code).toBe('aborted')
    // An unhandled rejection fails the run.
    await new Promise((resolve) => setTimeout(resolve, 10))
  })
})
