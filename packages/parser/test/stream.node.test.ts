import { EventDecoderStream, parseStream, ResponseError } from '@tesserae/parser/stream'
import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { PassThrough, Readable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { collect } from './support/collect.ts'

// No rejection may stay unhandled.
const unhandled: unknown[] = []
const note = (reason: unknown): void => void unhandled.push(reason)
beforeEach(() => {
  unhandled.length = 0
  process.on('unhandledRejection', note)
  process.on('uncaughtException', note)
})
afterEach(async () => {
  await wait(20)
  process.off('unhandledRejection', note)
  process.off('uncaughtException', note)
  expect(unhandled).toEqual([])
})

const timers = (): number =>
  process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length

describe('a stream of Node', () => {
  test('is a source', async () => {
    const source = Readable.from([Buffer.from('data: a\n\nda'), Buffer.from('ta: 漢\n\n')])
    expect(await collect(parseStream(source))).toEqual({ data: ['a', '漢'], error: undefined })
  })

  test('is destroyed where its consumer leaves', async () => {
    for (const leave of ['break', 'return'] as const) {
      const source = new PassThrough()
      source.write('data: a\n\ndata: b\n\n')
      const events = parseStream(source)
      if (leave === 'break') for await (const _event of events) break
      else {
        await events.next()
        await events.return()
      }
      if (!source.closed) await once(source, 'close')
      expect(source.destroyed).toBe(true)
    }
  })

  test('is destroyed before anything was asked for', async () => {
    const source = new PassThrough()
    await parseStream(source).return()
    expect(source.destroyed).toBe(true)
  })

  test('is destroyed by a signal while it is idle', async () => {
    const source = new PassThrough()
    source.write('data: a\n\n')
    const controller = new AbortController()
    const events = parseStream(source, { signal: controller.signal })
    expect((await events.next()).value?.data).toBe('a')
    const waiting = collect(events)
    await wait(10)
    controller.abort('enough')
    expect(await waiting).toEqual({ data: [], error: 'enough' })
    expect(source.destroyed).toBe(true)
  })

  test('is destroyed by a clock, and no timer is left', async () => {
    const before = timers()
    const source = new PassThrough()
    source.write('data: a\n\n')
    const events = parseStream(source, { idleTimeout: 50, eventTimeout: 10_000 })
    const { data, error } = await collect(events)
    expect(data).toEqual(['a'])
    expect(error).toMatchObject({ code: 'idle-timeout', limit: 50 })
    expect(source.destroyed).toBe(true)
    // The runner has timers of its own, which come and go.
    expect(timers()).toBeLessThanOrEqual(before)
  })

  test('that fails does so after its events', async () => {
    const source = new PassThrough()
    source.write('data: a\n\ndata: b\n\ndata: c')
    const events = parseStream(source)
    expect((await events.next()).value?.data).toBe('a')
    const error = new Error('reset')
    const rest = collect(events)
    await wait(5)
    source.destroy(error)
    expect(await rest).toEqual({ data: ['b'], error })
    expect(events.verdict).toEqual({ complete: false, bytes: 7, fields: [] })
  })

  test('is read no further than its consumer, if it is not read ahead', async () => {
    let made = 0
    const source = new Readable({
      highWaterMark: 1,
      read() {
        made++
        this.push(Buffer.from('data: a\n\n'))
      },
    })
    const events = parseStream(source, { readAhead: 0 })
    for (let count = 0; count < 3; count++) await events.next()
    await wait(10)
    expect(made).toBeLessThanOrEqual(6)
    await events.return()
  })

  test('of strings is a TypeError', async () => {
    const source = Readable.from(['data: a\n\n'])
    expect(
      (await collect(parseStream(source as unknown as Iterable<Uint8Array>))).error,
    ).toBeInstanceOf(TypeError)
    expect(source.destroyed).toBe(true)
  })

  test('goes through EventDecoderStream', async () => {
    const source = Readable.from([Buffer.from('data: a\n\nda'), Buffer.from('ta: b\n\n')])
    const stream = Readable.toWeb(source) as ReadableStream<Uint8Array>
    const seen: string[] = []
    for await (const { data } of stream.pipeThrough(new EventDecoderStream())) seen.push(data)
    expect(seen).toEqual(['a', 'b'])
  })
})

describe('a server', () => {
  const open = new Set<http.ServerResponse>()
  const server = http.createServer((request, response) => {
    const path = request.url ?? ''
    // Counted by responses: a client may hold a connection for the next request, or make one in advance.
    open.add(response)
    response.on('close', () => open.delete(response))
    if (path === '/not-found') {
      response.writeHead(404, { 'content-type': 'application/json' })
      response.end('{"error":"no such model"}')
      return
    }
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
    if (path === '/whole') return void response.end('data: a\n\nid: 1\ndata: 漢\n\n')
    response.write('data: a\n\ndata: b\n\nid: 1\ndata: c')
    if (path === '/dies') setTimeout(() => request.socket.destroy(), 30)
    // And otherwise it is silent from now on.
  })
  let address = ''
  beforeAll(async () => {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })

  /** When the server sees its clients gone. */
  const gone = async (): Promise<number> => {
    for (let round = 0; round < 200 && open.size > 0; round++) await wait(10)
    return open.size
  }
  const get = async (path: string): Promise<http.IncomingMessage> => {
    const request = http.get(address + path, { agent: false })
    const [message] = (await once(request, 'response')) as [http.IncomingMessage]
    // What breaks off is an error of the request too.
    request.on('error', () => {})
    return message
  }

  const clients = {
    fetch: (path: string, signal?: AbortSignal) => fetch(address + path, signal ? { signal } : {}),
    'http.get': (path: string) => get(path),
  }

  test.each(Object.entries(clients))('that finishes, by %s', async (_name, client) => {
    const events = parseStream(await client('/whole'))
    expect(await collect(events)).toEqual({ data: ['a', '漢'], error: undefined })
    expect([events.verdict, events.lastEventId]).toEqual([{ complete: true }, '1'])
  })

  test.each(Object.entries(clients))(
    'that dies in the middle of an event, by %s',
    async (_name, client) => {
      const events = parseStream(await client('/dies'))
      const { data, error } = await collect(events)
      expect(data).toEqual(['a', 'b'])
      expect(error).toBeInstanceOf(Error)
      expect(events.verdict).toEqual({ complete: false, bytes: 13, fields: ['id'] })
      expect(events.lastEventId).toBe('')
    },
  )

  test.each(Object.entries(clients))(
    'that falls silent is let go of by a clock, by %s',
    async (_name, client) => {
      const events = parseStream(await client('/silent'), { idleTimeout: 100 })
      const { data, error } = await collect(events)
      expect(data).toEqual(['a', 'b'])
      expect(error).toMatchObject({ code: 'idle-timeout' })
      expect(await gone()).toBe(0)
    },
  )

  test.each(Object.entries(clients))(
    'that falls silent is let go of by a signal, by %s',
    async (_name, client) => {
      const controller = new AbortController()
      const events = parseStream(await client('/silent'), { signal: controller.signal })
      await events.next()
      await events.next()
      const waiting = collect(events)
      await wait(20)
      controller.abort()
      expect(((await waiting).error as Error).name).toBe('AbortError')
      expect(await gone()).toBe(0)
    },
  )

  test.each(Object.entries(clients))('is let go of by break, by %s', async (_name, client) => {
    for await (const _event of parseStream(await client('/silent'))) break
    expect(await gone()).toBe(0)
  })

  test.each(Object.entries(clients))(
    'is let go of by return() before anything, by %s',
    async (_name, client) => {
      await parseStream(await client('/silent')).return()
      expect(await gone()).toBe(0)
    },
  )

  test('that refuses says why', async () => {
    const { error } = await collect(parseStream(await clients.fetch('/not-found')))
    expect(error).toBeInstanceOf(ResponseError)
    expect(error).toMatchObject({
      status: 404,
      contentType: 'application/json',
      excerpt: '{"error":"no such model"}',
    })
  })

  test('and a signal that fetch has too', async () => {
    const controller = new AbortController()
    const { signal } = controller
    const events = parseStream(await clients.fetch('/silent', signal), { signal })
    await events.next()
    await events.next()
    const waiting = collect(events)
    await wait(20)
    const reason = new Error('enough')
    controller.abort(reason)
    expect((await waiting).error).toBe(reason)
    expect(await gone()).toBe(0)
  })
})
