import { getEventListeners, once } from 'node:events'
import * as http from 'node:http'
import * as http2 from 'node:http2'
import * as net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { SseEventInit } from '@tesserae/encoder'
import {
  type StreamSource,
  sendEvents,
  type StreamClosed,
  type EventStreamOptions,
  type StreamSummary,
} from '@tesserae/encoder/node'
import { afterEach, describe, expect, it } from 'vitest'
import { untilStill } from './support/until-still.ts'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

type Handler = (request: http.IncomingMessage, response: http.ServerResponse) => unknown

async function serve(
  handler: Handler,
): Promise<{ url: string; port: number; server: http.Server }> {
  const server = http.createServer((request, response) => void handler(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as net.AddressInfo
  closers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${port}`, port, server }
}

/** A server for one source, and what became of its streams. */
async function serveSource(source: () => StreamSource, options: EventStreamOptions = {}) {
  const ends: StreamSummary[] = []
  const results: (StreamClosed | Error)[] = []
  const onClose = (end: StreamSummary) => void ends.push(end)
  const served = await serve((request, response) =>
    sendEvents(request, response, source(), { ...options, onClose }).then(
      (end) => void results.push(end),
      (error: Error) => {
        results.push(error)
        response.statusCode = (error as { statusCode?: number }).statusCode ?? 500
        response.end(error.message)
      },
    ),
  )
  return { ...served, ends, results }
}

/** A client that sends a request, and reads only what the test asks for. */
async function connect(port: number, head = ''): Promise<net.Socket> {
  const socket = net.connect(port, '127.0.0.1')
  socket.on('error', () => {})
  closers.push(() => socket.destroy())
  await once(socket, 'connect')
  socket.pause()
  socket.write(`GET / HTTP/1.1\r\nhost: a\r\n${head}\r\n`)
  return socket
}

async function until(condition: () => boolean, what: string): Promise<void> {
  for (let i = 0; i < 3000; i++) {
    if (condition()) return
    await sleep(10)
  }
  throw new Error(`It took more than 30 seconds until ${what}.`)
}

describe('sendEvents over HTTP/1.1', () => {
  it('sends the head and what is ready in one packet, each turn in one write', async () => {
    const { port } = await serveSource(
      () =>
        async function* () {
          yield { data: 'a' }
          yield { data: 'b' }
          await sleep(50)
          yield { data: 'c' }
        },
    )
    const socket = await connect(port)
    const packets: string[] = []
    socket.on('data', (chunk) => packets.push(chunk.toString())).resume()
    await until(() => packets.join('').endsWith('0\r\n\r\n'), 'the stream ended')
    expect(packets[0]).toMatch(/^HTTP\/1.1 200 OK\r\n/)
    expect(packets[0]).toMatch(/\r\n\r\n12\r\ndata: a\n\ndata: b\n\n\r\n$/)
    expect(packets.slice(1).join('')).toBe('9\r\ndata: c\n\n\r\n0\r\n\r\n')
  })

  it('keeps the headers and cookies that were set on the response before', async () => {
    const { url } = await serve((request, response) => {
      response.setHeader('x-before', '1')
      const headers = new Headers({ 'x-mine': '2' })
      headers.append('set-cookie', 'a=1')
      headers.append('set-cookie', 'b=2')
      return sendEvents(request, response, [], { headers })
    })
    const { headers } = await fetch(url)
    expect([headers.get('x-before'), headers.get('x-mine'), headers.getSetCookie()]).toEqual([
      '1',
      '2',
      ['a=1', 'b=2'],
    ])
  })

  it('leaves the response alone when the source throws first', async () => {
    const { url, results } = await serveSource(() => () => {
      throw Object.assign(new Error('no such thing'), { statusCode: 404 })
    })
    const response = await fetch(url)
    expect(response.status).toBe(404)
    expect(response.headers.get('content-type')).toBe(null)
    expect(await response.text()).toBe('no such thing')
    expect(results).toMatchObject([{ message: 'no such thing' }])
  })

  it('refuses a response whose head was sent', async () => {
    const errors: unknown[] = []
    const { url } = await serve(async (request, response) => {
      response.writeHead(200).flushHeaders()
      await sendEvents(request, response, []).catch((error: unknown) => errors.push(error))
      response.end()
    })
    await (await fetch(url)).text()
    expect(errors).toMatchObject([{ code: 'head-sent' }])
  })

  it('answers HEAD with a head, and 204 to a client that must not come back', async () => {
    const { url, results } = await serveSource(() => [{ data: 'a' }])
    const head = await fetch(url, { method: 'HEAD' })
    expect([head.status, head.headers.get('content-type')]).toEqual([200, 'text/event-stream'])
    const last = await fetch(url, { headers: { 'last-event-id': 'tesserae:final' } })
    expect(last.status).toBe(204)
    expect(results.map((end) => (end as StreamClosed).reason)).toEqual(['done', 'done'])
  })

  it('survives a request body that is still arriving, and one that has been read', async () => {
    const { url } = await serve(async (request, response) => {
      request.resume()
      await once(request, 'end')
      await sendEvents(request, response, async function* () {
        yield { data: 'a' }
        await sleep(50)
        yield { data: 'b' }
      })
    })
    const response = await fetch(url, { method: 'POST', body: 'x'.repeat(100_000) })
    expect(await response.text()).toBe('data: a\n\ndata: b\n\n')
  })

  it('flushes compression middleware once for each write', async () => {
    let flushes = 0
    const { url } = await serve((request, response) =>
      sendEvents(
        request,
        Object.assign(response, { flush: () => void flushes++ }),
        async function* () {
          for (let i = 0; i < 3; i++) {
            yield { data: 'a' }
            yield { data: 'b' }
            await sleep(10)
          }
        },
      ),
    )
    await (await fetch(url)).text()
    expect(flushes).toBe(3)
  })
})

describe('sendEvents over HTTP/2', () => {
  async function h2(source: () => StreamSource, options: EventStreamOptions = {}) {
    const ends: StreamSummary[] = []
    const server = http2.createServer((request, response) => {
      void sendEvents(request, response, source(), {
        ...options,
        onClose: (end) => void ends.push(end),
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const client = http2.connect(`http://127.0.0.1:${(server.address() as net.AddressInfo).port}`)
    closers.push(() => {
      client.destroy()
      server.close()
    })
    return { client, ends }
  }

  it('sends the events, and no field that HTTP/2 forbids', async () => {
    const warnings: unknown[] = []
    const onWarning = (warning: unknown) => void warnings.push(warning)
    process.on('warning', onWarning)
    const { client } = await h2(() => [{ data: 'a' }, { data: 'é' }])
    const stream = client.request({ ':path': '/' })
    const [head] = await once(stream, 'response')
    let text = ''
    for await (const chunk of stream.setEncoding('utf8')) text += chunk
    expect(text).toBe('data: a\n\ndata: é\n\n')
    expect(head[':status']).toBe(200)
    expect(Object.keys(head).sort()).toEqual([
      ':status',
      'cache-control',
      'content-type',
      'date',
      'x-accel-buffering',
    ])
    process.off('warning', onWarning)
    expect(warnings).toEqual([])
  })

  it('stops the source of a stream that is not read, and returns it when the stream is reset', async () => {
    let taken = 0
    let returned = false
    const { client, ends } = await h2(
      () =>
        async function* () {
          try {
            for (;;) {
              taken++
              yield { data: 'x'.repeat(1000) }
            }
          } finally {
            returned = true
          }
        },
    )
    const stream = client.request({ ':path': '/' })
    stream.on('error', () => {})
    await once(stream, 'response')
    await untilStill(() => taken)
    expect(taken).toBeLessThan(1500)
    stream.close(http2.constants.NGHTTP2_CANCEL)
    await until(() => ends.length === 1, 'the stream was closed')
    expect(ends[0]?.reason).toBe('client-gone')
    await until(() => returned, 'the source was returned')
  })

  it('does not run a source for a stream that is gone already', async () => {
    let called = false
    const ends: StreamSummary[] = []
    const server = http2.createServer(async (request, response) => {
      await once(response, 'close')
      await sendEvents(request, response, async () => void (called = true), {
        onClose: (end) => void ends.push(end),
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const client = http2.connect(`http://127.0.0.1:${(server.address() as net.AddressInfo).port}`)
    closers.push(() => {
      client.destroy()
      server.close()
    })
    const stream = client.request({ ':path': '/' })
    stream.on('error', () => {})
    await sleep(50)
    stream.close(http2.constants.NGHTTP2_CANCEL)
    await until(() => ends.length === 1, 'the stream was closed')
    expect([ends[0]?.reason, called]).toEqual(['client-gone', false])
  })
})

describe('a response that throws', () => {
  /** What `sendEvents` asks of a response, with one thing that goes wrong. */
  const broken = (method: 'writeHead' | 'write' | 'end', fault: Error) => ({
    headersSent: false,
    writeHead: () => {},
    write: (_bytes: Uint8Array) => true,
    end: () => {},
    destroy: () => {},
    on: () => {},
    [method]: () => {
      throw fault
    },
  })
  const fault = new Error('of the platform')
  const request = { method: 'GET', headers: {} }

  it('in writeHead() makes sendEvents reject', async () => {
    await expect(sendEvents(request, broken('writeHead', fault), [{ data: 'a' }])).rejects.toBe(
      fault,
    )
    await expect(
      sendEvents(request, broken('writeHead', fault), async () => sleep(20)),
    ).rejects.toBe(fault)
    const controller = new AbortController()
    const sending = sendEvents(request, broken('writeHead', fault), ({ closed }) => closed, {
      signal: controller.signal,
    })
    controller.abort()
    await expect(sending).rejects.toBe(fault)
  })

  it('in write() ends the stream, and stops its source', async () => {
    const told: unknown[] = []
    let reason: unknown
    const end = await sendEvents(
      request,
      broken('write', fault),
      async ({ send, closed }) => {
        await send({ data: 'a' })
        reason = (await closed).reason
      },
      { onError: (error) => void told.push(error) },
    )
    expect([end.reason, end.cause, reason, told]).toEqual([
      'client-gone',
      fault,
      'client-gone',
      [fault],
    ])
  })

  it('in end() makes sendEvents reject', async () => {
    await expect(sendEvents(request, broken('end', fault), [{ data: 'a' }])).rejects.toBe(fault)
  })
})

describe('sendEvents and a faulty client', () => {
  const big: SseEventInit = { data: 'x'.repeat(1000) }

  it('ends the stream of a client that vanishes while it is stalled', async () => {
    let settled: unknown
    let returned = 0
    const { port, ends, results } = await serveSource(() => async ({ send, signal }) => {
      try {
        for (;;) await send(big)
      } catch (error) {
        settled = error === signal.reason
      }
    })
    const generators = await serveSource(
      () =>
        async function* () {
          try {
            for (;;) yield big
          } finally {
            returned++
          }
        },
    )
    const sockets = [await connect(port), await connect(generators.port)]
    await sleep(200)
    expect([ends.length, generators.ends.length]).toEqual([0, 0])
    for (const socket of sockets) socket.resetAndDestroy()
    await until(
      () => results.length === 1 && generators.results.length === 1,
      'both streams were over',
    )
    expect([ends[0]?.reason, generators.ends[0]?.reason]).toEqual(['client-gone', 'client-gone'])
    await until(() => settled === true && returned === 1, 'both sources were stopped')
  })

  it('does not call the source for a client that vanished before', async () => {
    let called = false
    const ends: StreamSummary[] = []
    const { port } = await serve(async (request, response) => {
      await once(response, 'close')
      const end = await sendEvents(request, response, async () => void (called = true), {
        onClose: (it) => void ends.push(it),
      })
      expect(end.reason).toBe('client-gone')
    })
    const socket = await connect(port)
    await sleep(50)
    socket.resetAndDestroy()
    await until(() => ends.length === 1, 'the stream was closed')
    expect([ends[0]?.reason, called]).toEqual(['client-gone', false])
  })

  it('drops a client that never reads, also when the source is done, and never calls that done', async () => {
    const { port, ends } = await serveSource(
      () =>
        async function* () {
          for (;;) yield big
        },
      { stallTimeout: 200 },
    )
    const finished = await serveSource(
      () =>
        async ({ send }) => {
          for (let i = 0; i < 20_000; i++) {
            if (i % 100 === 0) await Promise.race([send(big), sleep(50)])
            else void send(big)
          }
        },
      { stallTimeout: 300, highWaterMark: 30_000_000 },
    )
    const stalled = [await connect(port), await connect(finished.port)]
    const closed = stalled.map((socket) => once(socket, 'close'))
    await until(() => ends.length === 1, 'the stalled client was dropped')
    expect(ends[0]?.reason).toBe('slow')
    await until(() => finished.ends.length === 1, 'the other stream ended')
    expect(finished.ends[0]?.reason).toBe('slow')
    await sleep(1000)
    for (const socket of stalled) socket.resume()
    await Promise.all(closed)
  })

  it('takes no more from the source for a client that never reads, while 100 MB are offered', async () => {
    let taken = 0
    const { port, ends } = await serveSource(
      () =>
        async function* () {
          for (; taken < 100_000; taken++) yield big
        },
    )
    globalThis.gc?.()
    const before = process.memoryUsage().rss
    const socket = await connect(port)
    await untilStill(() => taken)
    expect(taken).toBeLessThan(20_000)
    expect(process.memoryUsage().rss - before).toBeLessThan(32 * 1024 * 1024)
    socket.resetAndDestroy()
    await until(() => ends.length === 1, 'the stream was closed')
  })

  it('ends the stream of a source that never settles when the client goes', async () => {
    const { port, results } = await serveSource(() => async () => new Promise(() => {}))
    const socket = await connect(port)
    await sleep(50)
    socket.resetAndDestroy()
    await until(() => results.length === 1, 'sendEvents settled')
  })

  it('has nothing left after 1,000 clients came and went at once', async () => {
    const unhandled: unknown[] = []
    const onUnhandled = (error: unknown) => void unhandled.push(error)
    process.on('unhandledRejection', onUnhandled)
    const shutdown = new AbortController()
    let open = 0
    let began = 0
    const { port, ends, results, server } = await serveSource(
      () =>
        async function* () {
          open++
          began++
          try {
            for (;;) {
              yield big
              await sleep(5)
            }
          } finally {
            open--
          }
        },
      { signal: shutdown.signal },
    )
    const timers = () =>
      process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
    const timersBefore = timers()
    for (let round = 0; round < 10; round++) {
      const sockets = await Promise.all(Array.from({ length: 100 }, () => connect(port)))
      await sleep(20)
      // Some are gone before anything began, some in mid-stream, some having read.
      sockets.forEach((socket, index) =>
        index % 2 === 0 ? socket.resetAndDestroy() : socket.resume().end(),
      )
      for (const socket of sockets) socket.destroy()
    }
    // A connection may still be on its way to the server when its client is gone.
    let connected = 1
    await until(() => {
      server.getConnections((_, count) => (connected = count))
      return connected === 0
    }, 'all connections were gone')
    await until(
      () => results.length === began && ends.length === began && open === 0,
      'all was over',
    )
    expect(began).toBeGreaterThan(500)
    expect(new Set(ends.map(({ reason }) => reason))).toEqual(new Set(['client-gone']))
    expect(getEventListeners(shutdown.signal, 'abort')).toHaveLength(0)
    await sleep(50)
    expect(timers()).toBeLessThanOrEqual(timersBefore)
    process.off('unhandledRejection', onUnhandled)
    expect(unhandled).toEqual([])
  })
})
