import { once } from 'node:events'
import * as http from 'node:http'
import * as net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createHub } from '@tesserae/encoder/hub'
import { sendEvents } from '@tesserae/encoder/node'
import { expect, it } from 'vitest'

const CLIENTS = 500

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

async function heap(): Promise<number> {
  for (let i = 0; i < 4; i++) {
    collect()
    await sleep(20)
  }
  return process.memoryUsage().heapUsed
}

/** How much of the heap each of many connections keeps when its client has got the first bytes and waits. */
async function bytesOfEach(
  handler: (request: http.IncomingMessage, response: http.ServerResponse) => unknown,
): Promise<number> {
  const server = http.createServer((request, response) => void handler(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as net.AddressInfo
  const connect = async (): Promise<net.Socket> => {
    const socket = net.connect(port, '127.0.0.1')
    socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n')
    await once(socket, 'data')
    return socket
  }
  const sockets = [await connect()]
  const before = await heap()
  for (let i = 0; i < CLIENTS; i++) sockets.push(await connect())
  const after = await heap()
  for (const socket of sockets) socket.destroy()
  server.close()
  await once(server, 'close')
  return (after - before) / CLIENTS
}

it('an idle connection takes less than 2 kB more than a bare response', async () => {
  const hub = createHub()
  const sources = {
    sequence: { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) },
    function: ({ closed }: { closed: Promise<unknown> }) => closed,
    hub: hub.source(),
  }
  const bare = (_: unknown, response: http.ServerResponse) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
    response.write(':\n\n')
  }
  // The first of all pays for what is made once.
  await bytesOfEach(bare)
  const least = await bytesOfEach(bare)
  for (const [name, source] of Object.entries(sources)) {
    const more = (await bytesOfEach((...both) => sendEvents(...both, source))) - least
    console.log(
      `${name}: ${Math.round(more)} bytes more than the ${Math.round(least)} of a bare response`,
    )
    expect(more, name).toBeGreaterThan(200)
    expect(more, name).toBeLessThan(2000)
  }
}, 120_000)
