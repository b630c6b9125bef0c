import { connect, type ConnectOptions } from '@tesserae/client'
import { watchedSignal } from '@tesserae/testkit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { broken } from './support/answers.ts'
import { eventually } from './support/eventually.ts'

const headers = { 'content-type': 'text/event-stream' }

test('connect() reconnects with the last event ID until the server answers 204', async () => {
  const answers = [
    new Response('id: 1\ndata: a\n\n', { headers }),
    new Response('busy', { status: 503 }),
    new Response('data: b\n\n', { headers }),
  ]
  const ids: unknown[] = []
  const connection = connect('/updates', {
    fetch: async (_, init) => {
      ids.push(new Headers(init?.headers).get('last-event-id'))
      return answers.shift() ?? new Response(null, { status: 204 })
    },
    delay: 1,
  })
  const events = []
  for await (const event of connection) events.push(event.data)
  expect(events).toEqual(['a', 'b'])
  expect(ids).toEqual([null, '1', '1', '1'])
  expect(connection.ending).toEqual({ reason: 'no-content', error: undefined })
})

test('closing a connection removes its listener from the signal', async () => {
  const { signal, listeners } = watchedSignal()
  const body = 'data: a\n\n'
  const connection = connect('/updates', {
    fetch: async () => new Response(body, { headers }),
    signal,
  })
  await connection.next()
  expect(listeners()).toBe(1)
  connection.close()
  expect(listeners()).toBe(0)
  expect(await connection.next()).toEqual({ done: true, value: undefined })
})

test('events are delivered in order for any number of connections', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(5), { maxLength: 5 }), async (sizes) => {
      let id = 0
      const answers = sizes.map((size) =>
        Array.from({ length: size }, () => `id: ${++id}\ndata: ${id}\n\n`).join(''),
      )
      const fetch = async (): Promise<Response> => {
        const body = answers.shift()
        return body === undefined
          ? new Response(null, { status: 204 })
          : new Response(body, { headers })
      }
      const received: string[] = []
      for await (const event of connect('/updates', { fetch, delay: 0 })) received.push(event.data)
      expect(received).toEqual(Array.from({ length: id }, (_, index) => `${index + 1}`))
    }),
  )
})

const opened = (body: string, init: ResponseInit = {}): Response =>
  new Response(body, { headers, ...init })

test('head() resolves with the head before any event is asked for', async () => {
  const connection = connect('/updates', { fetch: async () => opened('data: a\n\n') })
  expect((await connection.head()).status).toBe(200)
  expect(connection.state).toBe('open')
  expect((await connection.next()).value?.data).toBe('a')
  connection.close()
})

test('head() resolves while next() waits for an event', async () => {
  const body = new ReadableStream()
  const connection = connect('/updates', { fetch: async () => new Response(body, { headers }) })
  const next = connection.next()
  expect((await connection.head()).status).toBe(200)
  connection.close()
  expect(await next).toEqual({ done: true, value: undefined })
})

test('head() rejects with the error of the connection, each time, and so does next(), once', async () => {
  const connection = connect('/updates', { fetch: async () => new Response('', { status: 404 }) })
  await expect(connection.head()).rejects.toMatchObject({ code: 'bad-status' })
  await expect(connection.next()).rejects.toMatchObject({ code: 'bad-status' })
  await expect(connection.head()).rejects.toMatchObject({ code: 'bad-status' })
  expect(await connection.next()).toEqual({ done: true, value: undefined })
})

test('head() of a connection that was closed rejects', async () => {
  const connection = connect('/updates', { fetch: async () => opened('') })
  connection.close()
  await expect(connection.head()).rejects.toMatchObject({ name: 'AbortError' })
})

test('two calls of next() get two events', async () => {
  const connection = connect('/updates', { fetch: async () => opened('data: a\n\ndata: b\n\n') })
  const [first, second] = await Promise.all([connection.next(), connection.next()])
  expect([first.value?.data, second.value?.data]).toEqual(['a', 'b'])
  connection.close()
})

test('close() in onComment delivers nothing of the chunk', async () => {
  const connection = connect('/updates', {
    fetch: async () => opened(': stop\n\ndata: a\n\n'),
    onComment: () => connection.close(),
  })
  expect(await connection.next()).toEqual({ done: true, value: undefined })
})

test('`json` is sent as a POST with its type, and the last event ID is left to the header', async () => {
  const seen: unknown[] = []
  const connection = connect('/answer', {
    json: { stream: true },
    fetch: async (_, init) => {
      const sent = new Headers(init?.headers)
      seen.push(init?.method, init?.body, sent.get('content-type'), sent.get('accept'))
      return opened('data: a\n\n')
    },
  })
  await connection.next()
  connection.close()
  expect(seen).toEqual(['POST', '{"stream":true}', 'application/json', 'text/event-stream'])
})

test('options of this package are not passed to fetch', async () => {
  let names: string[] = []
  const connection = connect('/answer', {
    json: {},
    delay: 1,
    onOpen: () => {},
    credentials: 'include',
    fetch: async (_, init) => {
      names = Object.keys(init ?? {}).filter((name) => name !== 'cache')
      return opened('')
    },
  })
  await connection.next()
  expect(names.toSorted()).toEqual(['body', 'credentials', 'headers', 'method', 'signal'])
})

test('a POST with a stream as body is not sent again, though it may be repeated', async () => {
  let requests = 0
  const connection = connect('/answer', {
    method: 'POST',
    body: new ReadableStream(),
    repeat: true,
    headers: () => ({ authorization: `${requests}` }),
    fetch: async () => {
      requests++
      return new Response('busy', { status: 503 })
    },
  })
  await expect(connection.next()).rejects.toMatchObject({
    code: 'cannot-repeat',
    cause: { code: 'bad-status', status: 503 },
  })
  expect(requests).toBe(1)
})

test('401 is not asked again with `repeat: false`', async () => {
  let requests = 0
  const connection = connect('/answer', {
    repeat: false,
    headers: () => ({ authorization: `${requests}` }),
    fetch: async () => {
      requests++
      return new Response('', { status: 401 })
    },
  })
  await expect(connection.next()).rejects.toMatchObject({ status: 401 })
  expect(requests).toBe(1)
})

test.each<[string, ConnectOptions, string]>([
  ['a negative delay', { delay: -1 }, '`delay` must be a number from 0 up.'],
  [
    'a timeout that is not a number',
    { idleTimeout: NaN },
    '`idleTimeout` must be a number from 0 up.',
  ],
  ['a jitter above 1', { jitter: 2 }, '`jitter` must be from 0 to 1.'],
  ['a factor below 1', { factor: 0.5 }, '`factor` must be at least 1.'],
  ['no attempts', { attempts: 0 }, '`attempts` must be at least 1.'],
  ['a body beside `json`', { json: {}, body: 'x' }, 'Pass `json` or `body`, not both.'],
])('%s throws at once', (_, options, message) => {
  expect(() => connect('/updates', options)).toThrow(message)
})

test('a Request is used as it is, and one with a body throws', async () => {
  const sent: unknown[] = []
  const abort = new AbortController()
  const request = new Request('https://example.test/', {
    headers: { 'x-token': 't' },
    signal: abort.signal,
  })
  const connection = connect(request, {
    fetch: async (input, init) => {
      sent.push(input === request, new Headers(init?.headers).get('x-token'))
      return opened('data: a\n\n')
    },
  })
  await connection.next()
  expect(sent).toEqual([true, 't'])
  const withBody = new Request('https://example.test/', { method: 'POST', body: 'x' })
  // Firefox does not say whether a request has a body: there its `fetch` rejects the second attempt.
  if ('body' in withBody) expect(() => connect(withBody)).toThrow('can be sent only once')
  const reason = new Error('enough')
  abort.abort(reason)
  await expect(connection.next()).rejects.toBe(reason)
})

test('an address that fetch can never take rejects at once', async () => {
  const connection = connect('ftp://example.test/')
  await expect(connection.next()).rejects.toBeInstanceOf(TypeError)
  expect(connection.attempts).toBe(1)
})

test('restarts counts the responses that may have begun anew', async () => {
  const answers = ['data: a\n\n', 'data: a\n\nid: 1\ndata: b\n\n', 'data: c\n\n']
  const connection = connect('/updates', {
    fetch: async () => {
      const body = answers.shift()
      return body === undefined ? new Response(null, { status: 204 }) : opened(body)
    },
    delay: 0,
  })
  const restarts: number[] = []
  for await (const { data } of connection) restarts.push(data === 'c' ? 10 : connection.restarts)
  expect(restarts).toEqual([0, 1, 1, 10])
  // The third request carried the ID.
  expect(connection.restarts).toBe(1)
})

test('head() during a failure does not send the request a second time', async () => {
  let requests = 0
  const connection = connect('/answer', {
    method: 'POST',
    delay: 0,
    resume: async () => {
      await new Promise((resolve) => setTimeout(resolve, 20))
      return '/answer/rest'
    },
    fetch: async () => {
      requests++
      return requests === 1 ? broken('data: a\n\n') : opened('data: b\n\n')
    },
  })
  expect((await connection.next()).value?.data).toBe('a')
  const next = connection.next()
  await new Promise((resolve) => setTimeout(resolve, 5))
  await connection.head()
  expect((await next).value?.data).toBe('b')
  expect(requests).toBe(2)
  connection.close()
})

test('close() in onRetry and in onOpen is final', async () => {
  for (const name of ['onRetry', 'onOpen'] as const) {
    const connection = connect('/updates', {
      fetch: async () => opened(name === 'onOpen' ? 'data: a\n\n' : ''),
      delay: 0,
      [name]: () => connection.close(),
    })
    expect(await connection.next()).toEqual({ done: true, value: undefined })
    expect(connection.state).toBe('closed')
  }
})

test.each<[string, (response: Response) => unknown]>([
  ['was read by `fetch`', (response) => response.text()],
  ['is locked', ({ body }) => body?.getReader()],
  [
    'is not a `ReadableStream`',
    (response) => Object.defineProperty(response, 'body', { value: {} }),
  ],
])('a refusal whose body %s is reported with its status, and retried', async (_, use) => {
  const statuses: unknown[] = []
  const connection = connect('/updates', {
    async fetch() {
      if (statuses.length > 0) return new Response('data: a\n\n', { headers })
      const response = new Response('busy', { status: 503 })
      await use(response)
      return response
    },
    delay: 0,
    onRetry: ({ error }) => statuses.push(error?.status),
  })
  expect((await connection.next()).value?.data).toBe('a')
  expect(statuses).toEqual([503])
  connection.close()
})

test('a body with chunks that are nothing is read on', async () => {
  const body = new ReadableStream({
    start(controller) {
      for (const chunk of [null, undefined, new TextEncoder().encode('data: a\n\n')])
        controller.enqueue(chunk)
    },
  })
  const connection = connect('/updates', { fetch: async () => new Response(body, { headers }) })
  expect((await connection.next()).value?.data).toBe('a')
  connection.close()
})

test('close() in the clean-up of a body that broke off ends the loop', async () => {
  const connection = connect('/updates', {
    async fetch(_, init) {
      init?.signal?.addEventListener('abort', () => connection.close())
      return broken('data: a\n\n')
    },
  })
  const received: string[] = []
  for await (const { data } of connection) received.push(data)
  expect(received).toEqual(['a'])
  expect(connection.ending).toEqual({ reason: 'closed', error: undefined })
  // A rejection that has no handler would fail the run.
  await new Promise((resolve) => setTimeout(resolve, 5))
})

test('a response without a stream, as of a `fetch` that has none, rejects at once', async () => {
  const response = { status: 200, headers: new Headers(headers) } as Response
  const connection = connect('/updates', { fetch: async () => response })
  await expect(connection.next()).rejects.toThrow('pass a `fetch` that streams')
  expect(connection.attempts).toBe(1)
})

test('a slow consumer holds the server back at `readAhead` and one chunk', async () => {
  let sent = 0
  const chunk = new TextEncoder().encode(`data: ${'x'.repeat(992)}\n\n`)
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        sent += chunk.length
        controller.enqueue(chunk)
      },
    },
    { highWaterMark: 0 },
  )
  const connection = connect('/updates', {
    fetch: async () => new Response(body, { headers }),
    readAhead: 10_000,
  })
  let received = 0
  for await (const _ of connection) {
    received += chunk.length
    await new Promise((resolve) => setTimeout(resolve, 2))
    expect(sent - received).toBeLessThanOrEqual(10_000 + chunk.length)
    if (received >= 100 * chunk.length) break
  }
  await eventually(() => sent - received >= 10_000)
})
