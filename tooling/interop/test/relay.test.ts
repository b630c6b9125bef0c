import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { expect, it } from 'vitest'
import { startRelay } from './support/chat/between/relay.ts'

/** A server that sends `text` to each connection, and then resets it. */
async function resetting(text: string): Promise<{ server: Server; url: string }> {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => {
      if (text === '') socket.resetAndDestroy()
      else socket.write(text, () => setTimeout(() => socket.resetAndDestroy(), 20))
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

it('the relay answers 502 when its upstream resets the connection before it answers', async () => {
  const { server, url } = await resetting('')
  const relay = await startRelay(url, { name: 'plain' })
  const response = await fetch(relay.url, { method: 'POST', body: 'a' })
  expect(response.status).toBe(502)
  expect(await response.text()).toContain('The relay cannot read the upstream')
  await relay.stop()
  server.close()
})

it('the relay breaks the stream when its upstream does, and ends nothing else', async () => {
  const head =
    'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n'
  const { server, url } = await resetting(`${head}9\r\ndata: a\n\n\r\n`)
  const relay = await startRelay(url, { name: 'plain' })
  const response = await fetch(relay.url, { method: 'POST', body: 'a' })
  await expect(response.text()).rejects.toThrow('terminated')
  await relay.stop()
  server.close()
})
