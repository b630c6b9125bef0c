import { connect, type ConnectOptions } from '@tesserae/client'
import { describe, expect, test } from 'vitest'
import { broken, fetchOf, whole } from './support/answers.ts'

/** The error that a connection ends with. */
async function failureOf(address: string, options: ConnectOptions): Promise<Error> {
  try {
    for await (const _ of connect(address, { delay: 0, ...options }));
  } catch (error) {
    return error as Error
  }
  throw new Error('The connection ended without an error.')
}

describe('an option with a wrong value throws at once', () => {
  const none = undefined as unknown
  test.each<[string, Record<string, unknown>, string]>([
    ['until', { until: '[DONE]' }, '`until` must be a function.'],
    ['resume', { resume: '/rest' }, '`resume` must be a function, or a strategy.'],
    ['signal', { signal: new AbortController() }, '`signal` must be an `AbortSignal`.'],
    ['fetch', { fetch: 'x' }, '`fetch` must be a function.'],
    ['onRetry', { onRetry: console }, '`onRetry` must be a function.'],
    ['random', { random: 0.5 }, '`random` must be a function.'],
    ['clock', { clock: Date }, '`clock` must be a clock.'],
    ['repeat', { repeat: 'always' }, "`repeat` must be 'safe', true or false."],
    ['onEnd', { onEnd: 'stop' }, "`onEnd` must be 'reconnect' or 'close'."],
    ['contentType', { contentType: 'json' }, "`contentType` must be 'strict' or 'any'."],
    [
      'incomplete',
      { incomplete: 'ignore' },
      "`incomplete` must be 'discard', 'dispatch' or 'error'.",
    ],
    ['statuses', { statuses: 500 }, '`statuses` must be an array.'],
    ['attempts', { attempts: '3' }, '`attempts` must be at least 1.'],
    ['factor', { factor: '2' }, '`factor` must be at least 1.'],
    ['idleTimeout', { idleTimeout: '5s' }, '`idleTimeout` must be a number from 0 up.'],
    ['delay', { delay: null }, '`delay` must be a number from 0 up.'],
    ['lastEventId', { lastEventId: 7 }, '`lastEventId` must be a string.'],
  ])('%s', (_, options, message) => {
    expect(() => connect('/updates', options)).toThrow(new RangeError(message))
  })

  test.each([[none], [null], [7], [{}]])('the address %s', (address) => {
    expect(() => connect(address as string)).toThrow(
      '`address` must be a string, a URL or a Request.',
    )
  })
})

describe('a misspelt option throws at once, with the name that was meant', () => {
  test.each([
    ['idleTimout', 'idleTimeout'],
    ['idelTimeout', 'idleTimeout'],
    ['lastEventID', 'lastEventId'],
    ['header', 'headers'],
    ['untill', 'until'],
    ['onopen', 'onOpen'],
    ['MINDELAY', 'minDelay'],
    ['maxdelay', 'maxDelay'],
    ['maxDelya', 'maxDelay'],
    ['resunme', 'resume'],
  ])('%s', (name, meant) => {
    expect(() => connect('/updates', { [name]: undefined })).not.toThrow()
    expect(() => connect('/updates', { [name]: 1 })).toThrow(
      new TypeError(`Unknown option \`${name}\`: did you mean \`${meant}\`?`),
    )
  })

  test.each(['tutil', 'rpeaet'])('%s is near none of them', (name) => {
    expect(() => connect('/updates', { [name]: 1 })).not.toThrow()
  })

  test('options that `fetch` implementations know are passed on', async () => {
    const names =
      'adAuctionHeaders agent attributionReporting browsingTopics ca cache cf client compress connection credentials data ' +
      'decompress dispatcher duplex follow highWaterMark hooks host integrity keepalive maxRedirects mode next params path ' +
      'port priority privateToken protocol proxy query redirect referrer referrerPolicy retries retry retryDelay size ' +
      'targetAddressSpace textStreaming timeout tls unix url verbose window'
    const options = Object.fromEntries(names.split(' ').map((name) => [name, name]))
    let passed: RequestInit | undefined
    const connection = connect('/updates', {
      ...(options as object),
      fetch: async (_, init) => {
        passed = init
        return whole('')
      },
    })
    await connection.head()
    connection.close()
    expect(passed).toMatchObject(options)
  })
})

describe('a `fetch` that resolves with something else than a `Response` rejects at once', () => {
  const incoming = { statusCode: 200, headers: { 'content-type': 'text/event-stream' } }
  test.each([[undefined], [null], ['data: a'], [{}], [incoming]])('%j', async (answer) => {
    let calls = 0
    const fetch = async (): Promise<Response> => {
      calls++
      return answer as unknown as Response
    }
    const error = await failureOf('/updates', { fetch, attempts: 3 })
    expect(error).toEqual(
      new TypeError('`fetch` must resolve with a `Response`: return the promise of the request.'),
    )
    expect(calls).toBe(1)
  })
})

test('an option that is `undefined`, and a signal that is `null`, have no effect', async () => {
  const names = ['attempts', 'clock', 'fetch', 'onEnd', 'repeat', 'resume', 'statuses', 'until']
  const unset = Object.fromEntries(names.map((name) => [name, undefined]))
  const connection = connect('/updates', {
    ...unset,
    signal: null,
    fetch: async () => whole('data: a\n\n'),
  })
  expect((await connection.next()).value?.data).toBe('a')
  connection.close()
})

test('a GET with a body, which `fetch` always refuses, rejects at once', async () => {
  const url = 'http://127.0.0.1:9/'
  const connection = connect(url, { json: {}, method: 'GET', delay: 0, attempts: 3 })
  await expect(connection.next()).rejects.toBeInstanceOf(TypeError)
  expect(connection.attempts).toBe(1)
})

test('a `fetch` of the caller that refuses a GET with a body is called once', async () => {
  const refusal = new TypeError('no body')
  const { fetch, sent } = fetchOf(refusal)
  const connection = connect('/updates', { body: 'x', method: 'get', delay: 0, attempts: 3, fetch })
  await expect(connection.next()).rejects.toBe(refusal)
  expect(sent.length).toBe(1)
})

test('an option that `fetch` always refuses rejects at once', async () => {
  const mode = 'all' as RequestMode
  const isChecked = (() => {
    try {
      return !new Request('http://127.0.0.1:9/', { mode })
    } catch {
      return true
    }
  })()
  const connection = connect('http://127.0.0.1:9/', { mode, delay: 0, attempts: 2 })
  await expect(connection.next()).rejects.toBeInstanceOf(Error)
  expect(connection.attempts).toBe(isChecked ? 1 : 2)
})

test('a POST with a stream as body that got no answer is not taken for a mistake', async () => {
  const body = new ReadableStream()
  body.getReader()
  const { fetch } = fetchOf(new TypeError('fetch failed'))
  const error = await failureOf('/answer', { method: 'POST', body, fetch })
  expect(error).toMatchObject({ code: 'no-answer' })
})

describe('the message of an error', () => {
  const lost = 'The response broke off'

  test('does not advise `repeat` where the answer is continued', async () => {
    const messages: (string | undefined)[] = []
    const { fetch } = fetchOf(broken('id: 1\ndata: a\n\n'), new Response(null, { status: 204 }))
    const connection = connect('/answer', {
      json: {},
      repeat: true,
      delay: 0,
      onRetry: ({ error }) => messages.push(error?.message),
      fetch,
    })
    for await (const _ of connection);
    expect(messages).toEqual([`${lost} (terminated).`])
  })

  test.each<[string, ConnectOptions, string]>([
    ['a POST', {}, `${lost}: pass \`repeat\` or \`resume\` to continue it (terminated).`],
    [
      'a POST with `repeat: true`, without IDs',
      { repeat: true },
      `${lost}: let the server send IDs, or pass \`resume\`, to continue it (terminated).`,
    ],
    [
      'a POST whose `resume` has nothing to continue',
      { resume: () => undefined },
      `${lost} (terminated).`,
    ],
  ])('says what continues %s that broke off', async (_, options, message) => {
    const { fetch } = fetchOf(broken('data: a\n\n'))
    const error = await failureOf('/answer', { json: {}, ...options, fetch })
    expect(error).toMatchObject({ code: 'lost', message, cause: { message: 'terminated' } })
  })

  test('says why no response arrived, and keeps the cause', async () => {
    const refused = new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') })
    const { fetch } = fetchOf(refused)
    const error = await failureOf('/answer', { json: {}, fetch })
    expect(error.message).toBe(
      'No response arrived, though the request may have been carried out (fetch failed: connect ECONNREFUSED).',
    )
    expect(error.cause).toBe(refused)
  })

  test('says after how many attempts it gave up, and why', async () => {
    const refused = new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') })
    const silent = fetchOf(refused, refused)
    const busy = fetchOf(whole('data: a\n\n'), new Response('busy', { status: 503 }))
    const later = fetchOf(new Response('', { status: 503, headers: { 'retry-after': '9' } }))
    expect(await failureOf('/updates', { attempts: 2, fetch: silent.fetch })).toMatchObject({
      code: 'gave-up',
      message: 'Gave up after 2 failed attempts (fetch failed: connect ECONNREFUSED).',
    })
    expect((await failureOf('/updates', { attempts: 1, fetch: busy.fetch })).message).toBe(
      'Gave up after 1 failed attempt (status 503: busy).',
    )
    const options = { maxRetryAfter: 5_000, fetch: later.fetch }
    expect((await failureOf('/updates', options)).message).toBe(
      'Gave up: `Retry-After` is longer than `maxRetryAfter` (status 503).',
    )
  })
})

describe('a connection with `mayRestart = false`', () => {
  const oneAnswer = (options: ConnectOptions) => {
    const connection = connect('/answer', { delay: 0, ...options })
    connection.mayRestart = false
    return connection
  }

  test.each([['data: a\n\n'], ['']])('closes after the clean end of a GET: %j', async (body) => {
    const { fetch, sent } = fetchOf(whole(body))
    const connection = oneAnswer({ fetch })
    for await (const _ of connection);
    expect(connection.ending?.reason).toBe('end')
    expect(sent.length).toBe(1)
  })

  test('rejects where a GET broke off that has no IDs', async () => {
    const { fetch, sent } = fetchOf(broken('data: a\n\n'))
    const connection = oneAnswer({ fetch })
    await connection.next()
    await expect(connection.next()).rejects.toMatchObject({ code: 'lost' })
    expect(sent.length).toBe(1)
  })

  test('continues with a last event ID, and asks again if nothing arrived', async () => {
    const { fetch, sent } = fetchOf(
      new TypeError('fetch failed'),
      broken('id: 1\ndata: a\n\n'),
      whole('id: 2\ndata: b\n\n'),
      new Response(null, { status: 204 }),
    )
    const data: string[] = []
    for await (const event of oneAnswer({ fetch })) data.push(event.data)
    expect(data).toEqual(['a', 'b'])
    expect(sent.map(({ headers }) => headers.get('last-event-id'))).toEqual([null, null, '1', '2'])
  })
})
