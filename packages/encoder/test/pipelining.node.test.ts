import { once } from 'node:events'
import * as http from 'node:http'
import * as net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { createHub } from '@tesserae/encoder/hub'
import {
  type EventStreamOptions,
  sendEvents,
  type StreamSource,
  type StreamSummary,
  webRequest,
} from '@tesserae/encoder/node'
import { eventStream } from '@tesserae/encoder/web'
import { afterEach, describe, expect, it } from 'vitest'

const closers: (() => unknown)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

type Handler = (
  request: http.IncomingMessage,
  response: http.ServerResponse,
  source: StreamSource,
  options: EventStreamOptions,
) => Promise<unknown>

/** As frameworks on Node do, it sends a `Response`, and before Node 24 does not notice that its client has gone. */
const framework: Handler = async (request, response, source, options) => {
  const { body } = await eventStream(source, { ...options, request: webRequest(request) })
  for await (const chunk of body!) response.write(chunk)
}

async function serve(handler: Handler = sendEvents) {
  const hub = createHub()
  const ends: StreamSummary[] = []
  const state = { begun: 0 }
  const server = http.createServer((request, response) => {
    state.begun++
    const options = { onClose: (end: StreamSummary) => void ends.push(end) }
    handler(request, response, hub.source(), options).catch(() => {})
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return { hub, ends, state, port: (server.address() as net.AddressInfo).port }
}

async function connect(port: number): Promise<net.Socket> {
  const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  socket.on('error', () => {})
  closers.push(() => socket.destroy())
  await once(socket, 'connect')
  return socket
}

async function until(isMet: () => boolean): Promise<void> {
  for (let i = 0; i < 3000 && !isMet(); i++) await sleep(10)
}

const requests = (count: number) => 'GET / HTTP/1.1\r\nhost: a\r\n\r\n'.repeat(count)

describe('requests that are pipelined on one connection', () => {
  const ways: Record<string, (socket: net.Socket) => unknown> = {
    closes: (socket) => socket.destroy(),
    resets: (socket) => socket.resetAndDestroy(),
    'half-closes': (socket) => socket.end(),
  }
  const handlers: Record<string, Handler> = { sendEvents, 'eventStream and webRequest': framework }
  for (const [by, handler] of Object.entries(handlers))
    for (const [name, leave] of Object.entries(ways))
      it(`leave no stream of ${by} when the client ${name}`, async () => {
        const { hub, ends, state, port } = await serve(handler)
        const socket = await connect(port)
        socket.resume().write(requests(500))
        await until(() => state.begun === 500)
        expect(hub.counters().clients).toBe(500)
        leave(socket)
        // A client that has half-closed can still read, so the server ends the streams.
        if (name === 'half-closes') await hub.drain({ grace: 2000 })
        await until(() => ends.length === 500)
        expect(hub.counters().clients).toBe(0)
        expect(ends).toHaveLength(500)
      })

  it('leave no stream that was ended before its turn', async () => {
    const { hub, ends, state, port } = await serve()
    const socket = await connect(port)
    socket.resume().write(requests(50))
    await until(() => state.begun === 50)
    const drained = hub.drain()
    socket.destroy()
    await drained
    await until(() => ends.length === 50)
    expect(ends).toHaveLength(50)
  })

  it('leave no stream when the client closes before the requests are handled', async () => {
    const { hub, ends, state, port } = await serve()
    const socket = await connect(port)
    socket.write(requests(50))
    socket.destroy()
    await sleep(300)
    await until(() => ends.length === state.begun)
    expect(hub.counters().clients).toBe(0)
    expect(ends).toHaveLength(state.begun)
  })

  it('warn about no leak of listeners', async () => {
    const warnings: Error[] = []
    const onWarning = (warning: Error) => void warnings.push(warning)
    process.on('warning', onWarning)
    const { ends, state, port } = await serve()
    const socket = await connect(port)
    socket.resume().write(requests(50))
    await until(() => state.begun === 50)
    socket.destroy()
    await until(() => ends.length === 50)
    process.off('warning', onWarning)
    expect(warnings).toEqual([])
  })
})
