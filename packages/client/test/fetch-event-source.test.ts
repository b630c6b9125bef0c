import { ClientError } from '@tesserae/client'
import { EventStreamContentType, fetchEventSource } from '@tesserae/client/fetch-event-source'
import { watchedSignal } from '@tesserae/testkit'
import { describe, expect, test } from 'vitest'
import { broken } from './support/answers.ts'

const ADDRESS = 'https://example.test/answer'
const headers = { 'content-type': EventStreamContentType }

/** Answers in turn; the last answer stays. */
function serverOf(...answers: (() => Response)[]) {
  const ids: (string | null)[] = []
  const fetch = (async (_: unknown, init?: RequestInit) => {
    ids.push(new Headers(init?.headers).get('last-event-id'))
    return (answers.length > 1 ? answers.shift() : answers[0])!()
  }) as typeof globalThis.fetch
  return { fetch, ids }
}

describe('fetchEventSource()', () => {
  test('passes events to onmessage, and resolves after a clean end', async () => {
    const { fetch, ids } = serverOf(
      () => new Response('id: 1\nevent: e\ndata: a\n\ndata: b\n\n', { headers }),
    )
    const messages: unknown[] = []
    let closed = 0
    await fetchEventSource(ADDRESS, {
      fetch,
      onmessage: (message) => messages.push(message),
      onclose: () => void closed++,
    })
    expect(messages).toEqual([
      { id: '1', event: 'e', data: 'a' },
      { id: '', event: '', data: 'b' },
    ])
    expect(closed).toBe(1)
    expect(ids.length).toBe(1)
  })

  test('a POST that broke off rejects, and is not sent again', async () => {
    const { fetch, ids } = serverOf(() => broken('data: a\n\n'))
    const promise = fetchEventSource(ADDRESS, {
      method: 'POST',
      body: 'x',
      fetch,
      onerror: () => {},
    })
    await expect(promise).rejects.toMatchObject({ code: 'lost' })
    expect(ids.length).toBe(1)
  })

  test('a POST is sent again if onerror returns a number', async () => {
    const { fetch, ids } = serverOf(
      () => broken('id: 1\ndata: a\n\nid: 2\ndata: b'),
      () => new Response('data: c\n\n', { headers }),
    )
    const data: string[] = []
    await fetchEventSource(ADDRESS, {
      method: 'POST',
      fetch,
      onmessage: (message) => data.push(message.data),
      onerror: () => 1,
    })
    expect(data).toEqual(['a', 'c'])
    // The ID of the event that was cut off is not sent.
    expect(ids).toEqual([null, '1'])
  })

  test('a wait that is not a number is the usual one', async () => {
    const { fetch, ids } = serverOf(
      () => broken('retry: 1\ndata: a\n\n'),
      () => new Response('data: b\n\n', { headers }),
    )
    await fetchEventSource(ADDRESS, { fetch, onerror: () => NaN })
    expect(ids.length).toBe(2)
    const answer = serverOf(() => broken('data: a\n\n'))
    const post = { method: 'POST', fetch: answer.fetch, onerror: () => NaN }
    await expect(fetchEventSource(ADDRESS, post)).rejects.toMatchObject({ code: 'lost' })
  })

  test('a GET that broke off is sent again by itself', async () => {
    const { fetch, ids } = serverOf(
      () => broken('retry: 1\nid: 1\ndata: a\n\n'),
      () => new Response('data: b\n\n', { headers }),
    )
    const data: string[] = []
    await fetchEventSource(ADDRESS, { fetch, onmessage: (message) => data.push(message.data) })
    expect(data).toEqual(['a', 'b'])
    expect(ids).toEqual([null, '1'])
  })

  test('an error that onerror throws rejects', async () => {
    const { fetch, ids } = serverOf(() => broken('data: a\n\n'))
    const fatal = new Error('fatal')
    const promise = fetchEventSource(ADDRESS, {
      fetch,
      onerror: (error) => {
        expect(error).toBeInstanceOf(ClientError)
        throw fatal
      },
    })
    await expect(promise).rejects.toBe(fatal)
    expect(ids.length).toBe(1)
  })

  test('an error that onopen throws reaches onerror as it is', async () => {
    const { fetch } = serverOf(
      () => new Response('{}', { headers: { 'content-type': 'application/json' } }),
    )
    const refused = new Error('refused')
    const seen: unknown[] = []
    const promise = fetchEventSource(ADDRESS, {
      fetch,
      onopen: async () => {
        throw refused
      },
      onerror: (error) => {
        seen.push(error)
        throw error
      },
    })
    await expect(promise).rejects.toBe(refused)
    expect(seen).toEqual([refused])
  })

  test.each([404, 401])('status %i rejects without onerror', async (status) => {
    const { fetch, ids } = serverOf(() => new Response('x', { status }))
    await expect(fetchEventSource(ADDRESS, { fetch })).rejects.toMatchObject({ status })
    expect(ids.length).toBe(1)
  })

  test('another type rejects without onopen', async () => {
    const { fetch } = serverOf(
      () => new Response('{}', { headers: { 'content-type': 'text/event-streams' } }),
    )
    await expect(fetchEventSource(ADDRESS, { fetch })).rejects.toMatchObject({
      code: 'bad-content-type',
    })
  })

  test('an error that onmessage throws rejects, and is not a lost connection', async () => {
    const { fetch, ids } = serverOf(() => new Response('data: a\n\ndata: b\n\n', { headers }))
    const own = new Error('own')
    let calls = 0
    const promise = fetchEventSource(ADDRESS, {
      fetch,
      onmessage: () => {
        calls++
        throw own
      },
      onerror: () => expect.unreachable(),
    })
    await expect(promise).rejects.toBe(own)
    expect([calls, ids.length]).toEqual([1, 1])
  })

  test('an aborted signal makes no request, and no listener stays on a signal', async () => {
    const { fetch, ids } = serverOf(() => new Response('data: a\n\n', { headers }))
    await fetchEventSource(ADDRESS, { fetch, signal: AbortSignal.abort() })
    expect(ids).toEqual([])
    const { signal, listeners } = watchedSignal()
    await fetchEventSource(ADDRESS, { fetch, signal })
    expect(ids.length).toBe(1)
    expect(listeners()).toBe(0)
  })

  test('an abort in onmessage stops the rest of the chunk, and resolves', async () => {
    const { fetch } = serverOf(() => new Response('data: a\n\ndata: b\n\n', { headers }))
    const abort = new AbortController()
    const data: string[] = []
    await fetchEventSource(ADDRESS, {
      fetch,
      signal: abort.signal,
      onmessage: (message) => {
        data.push(message.data)
        abort.abort()
      },
    })
    expect(data).toEqual(['a'])
  })

  test('an error that onclose throws reaches onerror', async () => {
    const { fetch, ids } = serverOf(
      () => new Response('data: a\n\n', { headers }),
      () => new Response(null, { status: 204 }),
    )
    let closed = 0
    await fetchEventSource(ADDRESS, {
      fetch,
      onclose: () => {
        if (closed++ === 0) throw new Error('come back')
      },
      onerror: () => 1,
    })
    // 204 to the second request ends it without `onclose`.
    expect([closed, ids.length]).toEqual([1, 2])
  })
})
