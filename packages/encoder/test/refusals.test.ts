import { encode, StreamError } from '@tesserae/encoder'
import { createHub } from '@tesserae/encoder/hub'
import { eventStream, type StreamSummary, type WebStreamOptions } from '@tesserae/encoder/web'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const tooLong = new Request('http://localhost/', {
  headers: { 'last-event-id': 'x'.repeat(1025) },
})

describe('a client that is refused with `refusal: "status"`', () => {
  const full = createHub({ maxClients: 1 })
  const cases = [
    [
      'last-event-id-too-long',
      400,
      '`Last-Event-ID` must be at most 1024 bytes.',
      () => [{ data: 'a' }],
      { request: tooLong },
    ],
    [
      'too-many-clients',
      503,
      'The server could not continue this stream. Try again later.',
      () => full.source(),
      {},
    ],
  ] as const
  beforeAll(async () => void (await eventStream(full.source())))
  afterAll(() => full.drain({ grace: 0 }))

  for (const [code, status, text, source, options] of cases)
    it(`is answered with ${status} for ${code}, and reported`, async () => {
      const errors: unknown[] = []
      const ends: StreamSummary[] = []
      const response = await eventStream(source(), {
        ...(options as WebStreamOptions),
        refusal: 'status',
        headers: { 'access-control-allow-origin': '*' },
        onError: (error) => void errors.push(error),
        onClose: (end) => void ends.push(end),
      })
      expect(response.status).toBe(status)
      expect(await response.text()).toBe(text)
      // Without it, a page of another origin sees no status, and its EventSource reconnects.
      const { 'retry-after': retryAfter, ...headers } = Object.fromEntries(response.headers)
      expect(retryAfter ?? '0').toMatch(status === 503 ? /^[3-6]$/ : /^0$/)
      expect(headers).toEqual({
        'access-control-allow-origin': '*',
        'cache-control': 'no-cache, no-transform',
        'content-type': 'text/plain; charset=utf-8',
        'x-accel-buffering': 'no',
      })
      expect(errors).toMatchObject([{ code, status }])
      expect(ends).toMatchObject([{ reason: 'error', error: { code }, events: 0, bytes: 0 }])
    })

  it('answers 204 with the headers of the caller', async () => {
    const headers = { 'last-event-id': 'tesserae:final' }
    const response = await eventStream([], {
      request: new Request('http://localhost/', { headers }),
      headers: { 'access-control-allow-origin': '*' },
    })
    expect(response.status).toBe(204)
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    expect(response.headers.has('content-type')).toBe(false)
  })

  it('rejects for errors of the server, whatever their status', async () => {
    const source = () => {
      throw Object.assign(new Error('no such thing'), { status: 404 })
    }
    await expect(eventStream(source)).rejects.toMatchObject({ status: 404 })
    await expect(eventStream([], { heartbeat: -1 })).rejects.toMatchObject({ code: 'bad-option' })
    await expect(eventStream(5 as never)).rejects.toMatchObject({ code: 'bad-source' })
  })
})

describe('a header that misdescribes an event stream', () => {
  const cases: Record<string, string>[] = [
    { 'content-type': 'text/plain' },
    { 'content-type': 'text/event-streams' },
    { 'content-encoding': 'gzip' },
  ]
  for (const headers of cases)
    it(`is refused: ${JSON.stringify(headers)}`, async () => {
      await expect(eventStream([], { headers })).rejects.toMatchObject({ code: 'forbidden-header' })
    })
  it('is not a content-type with a parameter, or in capitals', async () => {
    for (const type of ['text/event-stream;charset=utf-8', 'Text/Event-Stream']) {
      const response = await eventStream([], { headers: { 'content-type': type } })
      expect(response.headers.get('content-type')).toBe(type)
      await response.text()
    }
  })
})

describe('a mistake rejects where it was made', () => {
  it('createHub checks its options', () => {
    expect(() => createHub({ policy: 'drop' as never })).toThrow('`policy` must be one of')
    expect(() => createHub({ queueBytes: -1 })).toThrow('`queueBytes` must be a number')
  })

  it('a value that is not an event gets an error that describes an event', async () => {
    const sentence = '`data` must be a string: an event is { data: string }'
    expect(() => encode(null as never)).toThrow(sentence)
    expect(() => encode({ data: 5 } as never)).toThrow(sentence)
    await expect(createHub().publish('hello' as never)).rejects.toThrow(sentence)
    await expect(eventStream('hello' as never)).rejects.toThrow(sentence)
  })
})

describe('a StreamError of another library', () => {
  class LookupError extends StreamError {}

  const message = 'This stream does not exist: é漢😀.'
  const now = 'The server could not continue this stream. Try again later.'
  const type = 'text/plain; charset=utf-8'
  for (const [status, text, contentType] of [
    [400, message, type],
    [404, message, type],
    [412, message, type],
    [499, message, type],
    [501, now, type],
    [599, now, type],
    [204, null, null],
    [205, null, null],
    [304, null, null],
  ] as const)
    it(`answers the client with status ${status} if the sequence throws it first`, async () => {
      const cause = new Error('not in the log')
      const errors: unknown[] = []
      const response = await eventStream(
        async function* () {
          throw new LookupError('not-found', message, status, { cause })
        },
        { onError: (error) => void errors.push(error) },
      )
      expect([response.status, response.body && (await response.text())]).toEqual([status, text])
      expect(response.headers.get('content-type')).toBe(contentType)
      expect(errors).toMatchObject([{ code: 'not-found', status, cause }])
    })
})
