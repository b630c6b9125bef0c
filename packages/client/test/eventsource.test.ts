import { ErrorEvent, EventSource, type EventSourceInit } from '@tesserae/client/eventsource'
import { describe, expect, test } from 'vitest'
import { eventually } from './support/eventually.ts'

const ADDRESS = 'https://example.test/updates'

/** Answers in turn with the bodies, and with 204 after them. */
function serverOf(...bodies: (string | Response | Error)[]) {
  const requests: Record<string, string>[] = []
  const fetch: NonNullable<EventSourceInit['fetch']> = async (_, init) => {
    requests.push(init.headers)
    const body = bodies.shift()
    if (body instanceof Error) throw body
    if (body instanceof Response) return body
    if (body === undefined) return new Response(null, { status: 204 })
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  }
  return { fetch, requests }
}

/** What an EventSource dispatches until it is closed. */
async function record(
  init: EventSourceInit,
  onEvent: (source: EventSource, event: Event) => void = () => {},
): Promise<string[]> {
  const source = new EventSource(ADDRESS, init)
  const log: string[] = []
  const types = ['open', 'message', 'error', 'named']
  for (const type of types)
    source.addEventListener(type, (event) => {
      const data = event instanceof MessageEvent ? `:${event.data}` : ''
      log.push(`${type}${data} ${source.readyState}`)
      onEvent(source, event)
    })
  while (source.readyState !== EventSource.CLOSED)
    await new Promise((resolve) => setTimeout(resolve, 10))
  return log
}

describe('EventSource', () => {
  test('dispatches open, messages and errors in the order of the standard', async () => {
    const { fetch } = serverOf('retry: 0\n\ndata: a\n\nevent: named\ndata: b\n\n')
    expect(await record({ fetch })).toEqual([
      'open 1',
      'message:a 1',
      'named:b 1',
      'error 0',
      'error 2',
    ])
  })

  test('sends the headers under the names of the npm package, and the last event ID', async () => {
    const { fetch, requests } = serverOf('retry: 0\nid: 7\ndata: a\n\n')
    await record({ fetch })
    expect(requests.map(({ Accept, 'Last-Event-ID': id }) => [Accept, id])).toEqual([
      ['text/event-stream', undefined],
      ['text/event-stream', '7'],
    ])
  })

  test('a message has its data, its origin and its last event ID', async () => {
    const { fetch } = serverOf('id: 1\ndata: a\n\ndata: b\n\n')
    const messages: unknown[] = []
    await record({ fetch }, (source, event) => {
      if (!(event instanceof MessageEvent)) return
      messages.push([event.data, event.origin, event.lastEventId])
      if (messages.length === 2) source.close()
    })
    expect(messages).toEqual([
      ['a', 'https://example.test', '1'],
      ['b', 'https://example.test', '1'],
    ])
  })

  test('close() in a listener stops the rest of the chunk', async () => {
    const { fetch } = serverOf('data: a\n\ndata: b\n\n')
    const log = await record({ fetch }, (source, { type }) => type === 'message' && source.close())
    expect(log).toEqual(['open 1', 'message:a 1'])
  })

  test.each([
    [404, 404],
    [503, 503],
    [204, 204],
  ])(
    'a response with status %i fails the connection, with the status as code',
    async (status, code) => {
      const body = status === 204 ? null : 'x'
      const { fetch, requests } = serverOf(new Response(body, { status }))
      const codes: unknown[] = []
      const log = await record({ fetch }, (_, event) => {
        if (event instanceof ErrorEvent) codes.push(event.code)
      })
      expect(log).toEqual(['error 2'])
      expect(codes).toEqual([code])
      expect(requests.length).toBe(1)
    },
  )

  test('a response of another type fails the connection', async () => {
    const { fetch } = serverOf(
      new Response('data: a\n\n', { headers: { 'content-type': 'text/plain' } }),
    )
    expect(await record({ fetch })).toEqual(['error 2'])
  })

  test('a fetch that the caller aborts fails the connection with an error event', async () => {
    const { fetch } = serverOf(new DOMException('deadline', 'AbortError'))
    expect(await record({ fetch })).toEqual(['error 2'])
  })

  test('an ID that no header can hold does not stop the reconnection', async () => {
    const { fetch, requests } = serverOf('retry: 0\nid: \u0001\ndata: a\n\n', 'data: b\n\n')
    const log = await record({ fetch }, (source, event) => {
      if (event instanceof MessageEvent && event.data === 'b') source.close()
    })
    expect(log).toEqual(['open 1', 'message:a 1', 'error 0', 'open 1', 'message:b 1'])
    expect(requests[1]?.['Last-Event-ID']).toBeUndefined()
  })

  test('`retry: 0` does not ask more often than four times a second', async () => {
    const requests: number[] = []
    const source = new EventSource(ADDRESS, {
      fetch: async () => {
        requests.push(performance.now())
        return new Response('retry: 0\n\n', { headers: { 'content-type': 'text/event-stream' } })
      },
    })
    await eventually(() => requests.length === 4)
    source.close()
    // On a busy machine each wait may be longer. Timers may be a millisecond early, by this clock.
    for (const [index, at] of requests.slice(1).entries())
      expect(at - requests[index]!).toBeGreaterThanOrEqual(249)
  })

  test('a handler attribute is null, a function, or null again for anything else', async () => {
    const { fetch } = serverOf('data: a\n\n')
    const source = new EventSource(ADDRESS, { fetch })
    expect(source.onmessage).toBeNull()
    const first = (): void => void log.push('first')
    const log: string[] = []
    source.onmessage = first
    source.addEventListener('message', () => log.push('second'))
    // The handler keeps the place of the first one.
    source.onmessage = () => log.push('replaced')
    await new Promise((resolve) => source.addEventListener('message', resolve))
    source.onmessage = 'no function' as never
    expect(source.onmessage).toBeNull()
    source.close()
    expect(log).toEqual(['replaced', 'second'])
  })

  test('has its constants on the class and on each instance', () => {
    const source = new EventSource(ADDRESS, {
      fetch: async () => new Response(null, { status: 204 }),
    })
    source.close()
    expect([EventSource.CONNECTING, EventSource.OPEN, EventSource.CLOSED]).toEqual([0, 1, 2])
    expect([source.CONNECTING, source.OPEN, source.CLOSED]).toEqual([0, 1, 2])
    expect(source.url).toBe(ADDRESS)
    expect(source.withCredentials).toBe(false)
    expect(Reflect.get(EventSource, Symbol.for('eventsource.supports-fetch-override'))).toBe(true)
  })

  test('an address that is not a URL throws a SyntaxError', () => {
    expect(() => new EventSource('http://[/')).toThrow(
      expect.objectContaining({ name: 'SyntaxError' }),
    )
  })
})

describe('the `error` event of EventSource', () => {
  /** The first error that an EventSource with this `fetch` dispatches, and the state that it leaves. */
  async function errorOf(fetch: EventSourceInit['fetch']): Promise<unknown[]> {
    const source = new EventSource(ADDRESS, { fetch: fetch! })
    const error = await new Promise<ErrorEvent>((resolve) => {
      source.onerror = resolve
    })
    const { readyState } = source
    source.close()
    return [error.code, error.message, readyState]
  }

  test('has the reason that `fetch` hides in the cause of its error', async () => {
    const cause = new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') })
    expect(await errorOf(() => Promise.reject(cause))).toEqual([
      undefined,
      'fetch failed: connect ECONNREFUSED',
      EventSource.CONNECTING,
    ])
  })

  test.each([undefined, 'text'])('is final for a response whose body is %o', async (body) => {
    const headers = new Headers({ 'content-type': 'text/event-stream' })
    const response = { body, headers, status: 200, url: ADDRESS, redirected: false }
    const [code, message, state] = await errorOf(async () => response as never)
    expect([code, state]).toEqual([200, EventSource.CLOSED])
    expect(message).toContain('is not a `ReadableStream`')
  })
})

test('the listeners of an EventSource have the types that the platform gives them', async () => {
  const { fetch } = serverOf('event: named\ndata: a\n\n')
  const source = new EventSource(ADDRESS, { fetch })
  const data = await new Promise((resolve) => {
    const listener = (event: MessageEvent<string>): void => {
      source.removeEventListener('named', listener)
      resolve(event.data)
    }
    source.addEventListener('named', listener)
    source.addEventListener('error', ({ code }) => resolve(code))
  })
  source.close()
  expect(data).toBe('a')
})
