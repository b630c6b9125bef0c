import { resumingFetch } from '@tesserae/client/fetch'
import { resumeResponse } from '@tesserae/client/resume'
import { describe, expect, test } from 'vitest'
import { broken, fetchOf, whole } from './support/answers.ts'

describe('resumingFetch()', () => {
  test('continues a GET by the last event ID, after whole events', async () => {
    const { fetch, sent } = fetchOf(
      broken('id: 1\ndata: a\n\nid: 2\ndata: b'),
      whole('event: e\ndata: b\ndata: c\n\n'),
    )
    const response = await resumingFetch({ fetch, delay: 0 })('https://app.test/')
    expect(await response.text()).toBe('id: 1\ndata: a\n\nevent: e\ndata: b\ndata: c\n\n')
    expect(sent.map(({ headers }) => headers.get('last-event-id'))).toEqual([null, '1'])
  })

  test('does not send a POST again', async () => {
    const { fetch, sent } = fetchOf(broken('data: a\n\n'))
    const response = await resumingFetch({ fetch })('https://app.test/', {
      method: 'POST',
      body: 'x',
    })
    const reader = response.body!.getReader()
    expect(new TextDecoder().decode((await reader.read()).value)).toBe('data: a\n\n')
    await expect(reader.read()).rejects.toMatchObject({ code: 'lost' })
    expect(sent.length).toBe(1)
  })

  test('continues a POST by `resume`', async () => {
    const { fetch } = fetchOf(
      broken('data: {"type":"response.created","sequence_number":0,"response":{"id":"r"}}\n\n'),
      whole('data: {"type":"response.completed","sequence_number":1}\n\n'),
    )
    const resume = resumeResponse({ baseUrl: 'https://app.test' })
    const response = await resumingFetch({ fetch, resume, delay: 0 })(
      'https://app.test/responses',
      {
        method: 'post',
      },
    )
    expect(await response.text()).toContain('response.completed')
  })

  test.each([
    ['JSON', Response.json({ a: 1 })],
    ['an error', new Response('busy', { status: 503 })],
    [
      'an error that is an event stream',
      new Response('data: a\n\n', {
        status: 500,
        headers: { 'content-type': 'text/event-stream' },
      }),
    ],
  ])('passes %s as it is', async (_, answer) => {
    const { fetch, sent } = fetchOf(answer)
    expect(await resumingFetch({ fetch })('https://app.test/')).toBe(answer)
    expect(sent.length).toBe(1)
  })

  test.each<[string, object]>([
    ['an error', { ok: false, status: 404, text: async () => 'none' }],
    ['JSON', { ok: true, status: 200, json: async () => ({}) }],
  ])('passes %s without headers, from a `fetch` of a test, as it is', async (_, answer) => {
    const fetch = resumingFetch({ fetch: async () => answer as Response })
    expect(await fetch('https://app.test/')).toBe(answer)
  })

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['text', 'data: a'],
    ['a body whose headers are a plain object', { ok: true, body: {}, headers: {} }],
  ])('rejects if its `fetch` resolves with %s', async (_, answer) => {
    const fetch = resumingFetch({ fetch: async () => answer as Response })
    await expect(fetch('https://app.test/')).rejects.toThrow(
      new TypeError('`fetch` must resolve with a `Response`: return the promise of the request.'),
    )
  })

  test('throws at once for its own options, before anything is sent', () => {
    const { fetch, sent } = fetchOf(whole('data: a\n\n'))
    const misspelt = { fetch, idleTimout: 1_000 }
    expect(() => resumingFetch(misspelt)).toThrow('did you mean `idleTimeout`?')
    expect(() => resumingFetch({ fetch, attempts: 0 })).toThrow('`attempts` must be at least 1.')
    expect(sent.length).toBe(0)
  })

  test('cancels the response to a request whose options it refuses', async () => {
    let isCancelled = false
    const body = new ReadableStream({ cancel: () => void (isCancelled = true) })
    const { fetch } = fetchOf(
      new Response(body, { headers: { 'content-type': 'text/event-stream' } }),
    )
    const init = { method: 'POST', body: 'x', header: {} }
    await expect(resumingFetch({ fetch })('https://app.test/', init)).rejects.toThrow(
      'did you mean `headers`?',
    )
    expect(isCancelled).toBe(true)
  })

  test('passes a failure before the first response as it is', async () => {
    const failure = new TypeError('fetch failed')
    const { fetch } = fetchOf(failure)
    await expect(resumingFetch({ fetch })('https://app.test/')).rejects.toBe(failure)
  })

  test('keeps the head of the first response, without its length', async () => {
    const answer = whole('data: a\n\n')
    answer.headers.set('content-length', '9')
    answer.headers.set('x-request-id', '7')
    const { fetch } = fetchOf(answer)
    const response = await resumingFetch({ fetch })('https://app.test/')
    expect(response.headers.get('x-request-id')).toBe('7')
    expect(response.headers.get('content-length')).toBeNull()
    await response.body?.cancel()
  })

  test('cancelling the body closes the connection', async () => {
    let isCancelled = false
    const body = new ReadableStream({ cancel: () => void (isCancelled = true) })
    const { fetch } = fetchOf(
      new Response(body, { headers: { 'content-type': 'text/event-stream' } }),
    )
    const response = await resumingFetch({ fetch })('https://app.test/')
    const reader = response.body!.getReader()
    const reading = reader.read()
    await new Promise((resolve) => setTimeout(resolve, 0))
    await reader.cancel()
    await reading
    expect(isCancelled).toBe(true)
  })

  test('an aborted signal rejects the read with its reason', async () => {
    const body = new ReadableStream()
    const { fetch } = fetchOf(
      new Response(body, { headers: { 'content-type': 'text/event-stream' } }),
    )
    const abort = new AbortController()
    const response = await resumingFetch({ fetch })('https://app.test/', { signal: abort.signal })
    const reading = response.body!.getReader().read()
    const reason = new Error('enough')
    setTimeout(() => abort.abort(reason), 0)
    await expect(reading).rejects.toBe(reason)
  })

  test.each(['before it was read', 'while it is read'])(
    'cancelling the body %s cancels the response',
    async (when) => {
      let isCancelled = false
      const silent = new ReadableStream<Uint8Array>({ cancel: () => void (isCancelled = true) })
      const headers = { 'content-type': 'text/event-stream' }
      const fetch = async () => new Response(silent, { headers })
      const { body } = await resumingFetch({ fetch })('https://app.test/')
      const reader = body!.getReader()
      const reading = when === 'while it is read' ? reader.read() : undefined
      await reader.cancel()
      await reading
      await new Promise((resolve) => setTimeout(resolve, 0))
      expect(isCancelled).toBe(true)
    },
  )
})
