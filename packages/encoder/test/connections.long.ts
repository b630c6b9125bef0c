import { once } from 'node:events'
import * as http from 'node:http'
import * as net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { createHub } from '@tesserae/encoder/hub'
import { sendEvents, type StreamSummary } from '@tesserae/encoder/node'
import { expect, it } from 'vitest'

const CONNECTIONS = 10_000
/** How many are open at a time: fewer than the files that a process may have open. */
const AT_A_TIME = 200

const request = 'GET / HTTP/1.1\r\nhost: a\r\n\r\n'

/** What a client does with its connection, and how many requests it makes on it. */
const ways: readonly [requests: number, leave: (socket: net.Socket) => unknown][] = [
  [1, (socket) => socket.destroy()],
  [1, (socket) => socket.resetAndDestroy()],
  [1, (socket) => socket.end()],
  [8, (socket) => socket.destroy()],
  [8, (socket) => socket.resetAndDestroy()],
  [8, (socket) => socket.end()],
]

it(`has no stream left after ${CONNECTIONS} connections that were opened, pipelined, reset and half-closed`, async () => {
  const hub = createHub()
  let begun = 0
  const ends: StreamSummary[] = []
  const server = http.createServer((incoming, response) => {
    begun++
    void sendEvents(incoming, response, hub.source(), { onClose: (end) => void ends.push(end) })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as net.AddressInfo
  const publishing = setInterval(() => void hub.publish({ data: 'x'.repeat(100) }), 5)
  const halfClosed: net.Socket[] = []

  async function client(index: number): Promise<void> {
    const [count, leave] = ways[index % ways.length]!
    const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    socket.on('error', () => {})
    socket.resume().write(request.repeat(count))
    // Some leave before the server has seen them.
    if (index % 5 > 0) await once(socket, 'data')
    await sleep(index % 7)
    leave(socket)
    // A half-closed client could still read, so it is over when it closes the other half.
    if (socket.destroyed) return
    halfClosed.push(socket)
    if (halfClosed.length > AT_A_TIME) halfClosed.shift()!.destroy()
  }

  let next = 0
  await Promise.all(
    Array.from({ length: AT_A_TIME }, async () => {
      while (next < CONNECTIONS) await client(next++)
    }),
  )
  for (const socket of halfClosed) socket.destroy()
  clearInterval(publishing)
  for (let i = 0; i < 1000 && (hub.counters().clients > 0 || ends.length < begun); i++)
    await sleep(10)
  console.log(`${begun} streams of ${CONNECTIONS} connections`)
  expect(begun).toBeGreaterThan(CONNECTIONS)
  expect(hub.counters()).toMatchObject({ clients: 0, queued: 0 })
  expect(ends).toHaveLength(begun)
  server.closeAllConnections()
  server.close()
}, 300_000)
