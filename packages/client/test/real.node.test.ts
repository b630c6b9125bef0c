import { spawn } from 'node:child_process'
import { getEventListeners, once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect } from '@tesserae/client'
import { afterEach, expect, test } from 'vitest'
import { eventually } from './support/eventually.ts'

const cleanups: (() => void)[] = []
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup()
})

/** CommonJS, because it is passed as an argument. */
const COUNTER = `
  const server = require('node:http').createServer((request, response) => {
    let id = Number(request.headers['last-event-id'] ?? 0)
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const timer = setInterval(() => {
      id++
      response.write('id: ' + id + '\\ndata: ' + id + '\\n\\n')
    }, 20)
    response.on('close', () => clearInterval(timer))
  })
  server.listen(0, '127.0.0.1', () => process.send(server.address().port))
`

/** A server in a process of its own, that counts for ever: an event every 20 ms, from `Last-Event-ID` on. */
async function startCounter(): Promise<{ readonly url: string; readonly pid: number }> {
  const child = spawn(process.execPath, ['-e', COUNTER], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  cleanups.push(() => child.kill('SIGKILL'))
  const [port] = (await once(child, 'message')) as [number]
  return { url: `http://127.0.0.1:${port}/`, pid: child.pid! }
}

test('a server that is stopped and continued loses no event and repeats none', async () => {
  const { url, pid } = await startCounter()
  // What happens before the server is stopped is for a busy machine to say.
  let isStopped = false
  const codes: (string | undefined)[] = []
  const connection = connect(url, {
    idleTimeout: 400,
    headTimeout: 400,
    delay: 50,
    onRetry: ({ error }) => void (isStopped && codes.push(error?.code)),
  })
  const received: number[] = []
  for await (const { data } of connection) {
    received.push(Number(data))
    if (received.length === 20) {
      isStopped = true
      process.kill(pid, 'SIGSTOP')
      setTimeout(() => process.kill(pid, 'SIGCONT'), 1_500)
    }
    if (received.length === 60) break
  }
  expect(received).toEqual(Array.from({ length: 60 }, (_, index) => index + 1))
  expect(codes[0]).toBe('idle-timeout')
}, 30_000)

test('a server that is killed and started again is found again', async () => {
  const server = createServer((request, response) => {
    const from = Number(request.headers['last-event-id'] ?? 0)
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(`id: ${from + 1}\ndata: ${from + 1}\n\n`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  cleanups.push(() => {
    server.closeAllConnections()
    server.close()
  })
  const received: number[] = []
  for await (const { data } of connect(`http://127.0.0.1:${port}/`, { delay: 20 })) {
    received.push(Number(data))
    if (received.length === 3) break
    server.closeAllConnections()
    server.close()
    setTimeout(() => server.listen(port, '127.0.0.1'), 100)
  }
  expect(received).toEqual([1, 2, 3])
}, 30_000)

test('an ID that is too long for the server ends the connection with its status, after the event', async () => {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    // Node takes 16 KiB of headers.
    response.end(`id: ${'x'.repeat(20_000)}\ndata: a\n\n`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanups.push(() => void server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const connection = connect(url, { delay: 10 })
  expect((await connection.next()).value?.data).toBe('a')
  await expect(connection.next()).rejects.toMatchObject({ code: 'bad-status', status: 431 })
  expect(connection.attempts).toBe(2)
}, 30_000)

test('a thousand connections leave no socket, no timer and no listener', async () => {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write('data: a\n\n')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanups.push(() => void server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const { signal } = new AbortController()
  const timers = (): number =>
    process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
  const before = timers()
  for (let round = 0; round < 20; round++) {
    const connections = Array.from({ length: 50 }, () =>
      connect(url, { signal, idleTimeout: 60_000, headTimeout: 60_000, eventTimeout: 60_000 }),
    )
    const first = await Promise.all(connections.map((connection) => connection.next()))
    expect(first.map(({ value }) => value?.data)).toEqual(Array(50).fill('a'))
    for (const connection of connections) connection.close()
  }
  const open = (): Promise<number> =>
    new Promise((resolve) => server.getConnections((_, count) => resolve(count)))
  await eventually(async () => (await open()) === 0)
  await eventually(() => timers() <= before + 2)
  expect(getEventListeners(signal, 'abort')).toEqual([])
}, 60_000)

test('a flood is held back while the consumer sleeps', async () => {
  let written = 0
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const block = `data: ${'x'.repeat(16_384)}\n\n`
    const write = (): void => {
      while (written < 64 * 2 ** 20) {
        written += block.length
        if (!response.write(block)) return void response.once('drain', write)
      }
    }
    write()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanups.push(() => {
    server.closeAllConnections()
    server.close()
  })
  const connection = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  await connection.next()
  await new Promise((resolve) => setTimeout(resolve, 500))
  // The kernel and Node's own buffers hold some megabytes; the connection holds 64 KiB.
  expect(written).toBeLessThan(24 * 2 ** 20)
  connection.close()
}, 30_000)
