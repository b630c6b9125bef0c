import { once } from 'node:events'
import * as http from 'node:http'
import * as net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { createHub } from '@tesserae/encoder/hub'
import {
  sendEvents,
  type EventStreamOptions,
  type StreamSource,
  type StreamSummary,
} from '@tesserae/encoder/node'
import { afterEach, describe, expect, it } from 'vitest'

const closers: (() => unknown)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

async function serve(source: () => StreamSource, options: EventStreamOptions) {
  const ends: StreamSummary[] = []
  const server = http.createServer((request, response) => {
    void sendEvents(request, response, source(), {
      ...options,
      onClose: (end) => void ends.push(end),
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return { ends, port: (server.address() as net.AddressInfo).port }
}

/** A client that reads a piece, and then pauses. Returns how many bytes came. */
async function readSteadily(port: number, piece: number, pause: number): Promise<number> {
  const socket = net.connect(port, '127.0.0.1')
  socket.on('error', () => {})
  closers.push(() => socket.destroy())
  socket.write('GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n')
  let bytes = 0
  socket.pause()
  while (!socket.closed) {
    let taken = 0
    for (let chunk = socket.read(); chunk !== null; chunk = taken < piece ? socket.read() : null)
      taken += (chunk as Buffer).length
    bytes += taken
    await sleep(pause)
  }
  return bytes
}

const MEGABYTE = 1 << 20

// If this process gets no time for as long as `stallTimeout`, the client has stalled indeed.
const timed = { retry: 3, timeout: 60_000 }

// The client has to be slower than `stallTimeout` for a whole event, and faster for the 1.4 MB that Linux
// takes before it reports progress.
describe('a client that reads steadily, but slower than one write takes', () => {
  const large = { data: 'x'.repeat(24 * MEGABYTE) }

  it('gets an event of 24 MB', timed, async () => {
    const { ends, port } = await serve(() => [large, { data: 'last' }], { stallTimeout: 2500 })
    expect(await readSteadily(port, 64_000, 10)).toBeGreaterThan(24 * MEGABYTE)
    expect(ends).toMatchObject([{ reason: 'done' }])
  })

  it('gets an event of 24 MB from a hub', timed, async () => {
    const hub = createHub({ queueBytes: 32 * MEGABYTE })
    const { ends, port } = await serve(() => hub.source(), { stallTimeout: 2500 })
    const reading = readSteadily(port, 64_000, 10)
    while (hub.counters().clients === 0) await sleep(5)
    await hub.publish(large)
    await hub.drain({ grace: 60_000 })
    expect(await reading).toBeGreaterThan(24 * MEGABYTE)
    expect(ends).toMatchObject([{ reason: 'shutdown' }])
  })
})

it('a large event of a hub goes out whole where a connection takes more than one write', async () => {
  const hub = createHub()
  const server = http.createServer({ highWaterMark: MEGABYTE }, (request, response) => {
    void sendEvents(request, response, hub.source())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as net.AddressInfo
  const response = await fetch(`http://127.0.0.1:${port}`)
  const reader = response.body!.getReader()
  await hub.publish({ data: 'x'.repeat(200_000) })
  await hub.publish({ data: 'next' })
  const decoder = new TextDecoder()
  let text = ''
  while (!text.endsWith('data: next\n\n')) {
    const step = await Promise.race([reader.read(), sleep(5000)])
    if (!step?.value) break
    text += decoder.decode(step.value)
  }
  expect(text.length).toBeGreaterThan(200_000)
  expect(text.endsWith('data: next\n\n')).toBe(true)
  await reader.cancel()
})

describe('a stream whose source is done', () => {
  const source = () => async (stream: { send(event: { data: string }): Promise<void> }) => {
    for (let i = 0; i < 4; i++) void stream.send({ data: 'x'.repeat(MEGABYTE) })
  }

  it('is `done` only when the client has everything', timed, async () => {
    const { ends, port } = await serve(source, { stallTimeout: 500, highWaterMark: 8 * MEGABYTE })
    expect(await readSteadily(port, 50_000, 10)).toBeGreaterThan(4 * MEGABYTE)
    expect(ends).toMatchObject([{ reason: 'done' }])
  })

  it('is `slow`, and truncated, when the client stops reading', async () => {
    const { ends, port } = await serve(source, { stallTimeout: 500, highWaterMark: 8 * MEGABYTE })
    const socket = net.connect(port, '127.0.0.1')
    socket.on('error', () => {})
    socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n')
    socket.pause()
    for (let i = 0; i < 3000 && ends.length === 0; i++) await sleep(10)
    expect(ends).toMatchObject([{ reason: 'slow' }])
    socket.destroy()
  })

  it('is `client-gone` when the client hangs up before it has everything', async () => {
    const { ends, port } = await serve(source, { highWaterMark: 8 * MEGABYTE })
    const socket = net.connect(port, '127.0.0.1')
    socket.on('error', () => {})
    socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n')
    await once(socket, 'data')
    socket.resetAndDestroy()
    for (let i = 0; i < 3000 && ends.length === 0; i++) await sleep(10)
    expect(ends).toMatchObject([{ reason: 'client-gone' }])
  })
})
