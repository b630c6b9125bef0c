import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import path from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { eventStream } from '@tesserae/encoder/web'
import type { Beat } from '../server/perform.ts'
import { play } from '../server/play.ts'
import { type Handler, listenerOf } from '../server/serve.ts'
import { HELLO } from './asking.ts'

const MEGABYTE = 1 << 20
const end = { at: 0, isCut: false }
const head = { contentType: 'text/event-stream', headAt: 0, end }

describe('a client that does not read', () => {
  // What the sockets of the system hold is not ours to bound: some megabytes.
  const LEAST = 16 * MEGABYTE
  const SIZE = 64 * MEGABYTE
  let taken = 0

  function* bytes(): Generator<Beat> {
    const piece = new Uint8Array(1 << 16)
    for (let sum = 0; sum < SIZE; sum += piece.length) {
      taken += piece.length
      yield { at: 0, pause: 0, bytes: piece }
    }
  }
  function* events(): Generator<{ data: string }> {
    const data = 'x'.repeat((1 << 16) - 8)
    for (let sum = 0; sum < SIZE; sum += 1 << 16) {
      taken += 1 << 16
      yield { data }
    }
  }

  // What is played goes out as bytes, an answer of the chat as events.
  const answers: [string, Handler][] = [
    ['bytes', ({ over }) => play({ ...head, beats: bytes() }, over)],
    ['events', () => eventStream(events())],
  ]
  test.each(answers)('stops the making of %s, and gets all when it reads on', async (_, answer) => {
    taken = 0
    const server = createServer(listenerOf(answer)).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as AddressInfo
    const socket = connect(port, '127.0.0.1').pause()
    socket.write('GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n')

    await untilStill(() => taken)
    expect(taken).toBeGreaterThan(0)
    expect(taken).toBeLessThan(LEAST)

    let received = 0
    socket.on('data', (data: Buffer) => (received += data.length)).resume()
    await new Promise((resolve) => socket.once('close', resolve))
    expect(taken).toBe(SIZE)
    expect(received).toBeGreaterThan(SIZE)
    expect(received).toBeLessThan(SIZE + MEGABYTE)
    await new Promise((resolve) => server.close(resolve))
  })
})

/** Waits until something has changed, and then nothing for a while. */
async function untilStill(value: () => number): Promise<void> {
  let before = value()
  while (value() === before) await after(20)
  let since = performance.now()
  while (performance.now() - since < 500) {
    await after(20)
    if (value() === before) continue
    before = value()
    since = performance.now()
  }
}

test('nothing is played for longer than the limit, stalls that last for ever neither', async () => {
  function* stalled(): Generator<Beat> {
    yield { at: 0, pause: 0, bytes: Uint8Array.of(58) }
    yield { at: 0, pause: Infinity, bytes: Uint8Array.of(10) }
  }
  const server = createServer(
    listenerOf(({ over }) => play({ ...head, beats: stalled() }, over, 200)),
  ).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  const response = await fetch(`http://127.0.0.1:${port}`)
  await expect(response.text()).rejects.toThrow('terminated')
  await new Promise((resolve) => server.close(resolve))
})

test('who has gone before it begins is not played to', async () => {
  let taken = 0
  function* counted(): Generator<Beat> {
    for (;;) yield { at: taken++, pause: 0, bytes: Uint8Array.of(58) }
  }
  const begun = Promise.withResolvers<void>()
  const server = createServer(
    listenerOf(async ({ request, over }) => {
      request.socket.destroy()
      await once(over.signal, 'abort')
      begun.resolve()
      return play({ ...head, beats: counted() }, over)
    }),
  ).listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo
    fetch(`http://127.0.0.1:${port}`).catch(() => {})
  })
  await begun.promise
  await after(50)
  expect(taken).toBeLessThan(2)
  await new Promise((resolve) => server.close(resolve))
})

describe('a hundred clients', () => {
  // In a process of its own, which only ends by itself when no timer, socket or wait is left in it.
  test('open, vanish, and nothing is left', async () => {
    const main = path.resolve(import.meta.dirname, '../server/main.ts')
    const child = spawn(process.execPath, [main, '--port', '0'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let errors = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
    const line = await new Promise<string>((resolve) =>
      child.stdout.setEncoding('utf8').once('data', resolve),
    )
    const port = Number(/:(\d+) /.exec(line)?.[1])
    const answered = [
      { model: 'tesserae', playground: { speed: 1 } },
      { model: 'tesserae', playground: { speed: 1, cuts: 'byte' } },
      { model: 'tesserae', playground: { speed: 'max', fault: 'stall', stallMs: 0 } },
      { model: 'replay/llama-server-random-weights/pings' },
    ]
    const late = { fault: 'slow-start', delayMs: 60_000 }
    const waiting = [{ playground: late }, { stream: false, playground: late }]
    const sockets = await Promise.all([
      ...Array.from({ length: 68 }, (_, index) => open(port, answered[index % 4] ?? {}, 'data')),
      ...Array.from({ length: 32 }, (_, index) => open(port, waiting[index % 2] ?? {}, 'connect')),
    ])
    await after(200)
    expect(sockets.filter(({ bytesRead }) => bytesRead > 0)).toHaveLength(68)
    for (const socket of sockets) socket.destroy()
    await after(200)

    const asked = await fetch(`http://127.0.0.1:${port}/v1/models/echo`)
    expect(asked.status).toBe(200)
    await asked.text()
    const begin = performance.now()
    const ended = new Promise((resolve) => child.once('exit', (...how) => resolve(how)))
    child.kill('SIGINT')
    setTimeout(() => child.kill('SIGKILL'), 10_000).unref()
    expect(await ended).toEqual([0, null])
    expect(performance.now() - begin).toBeLessThan(5_000)
    expect(errors).toBe('')
  })
})

/** A client that has been answered, or has only asked. */
function open(port: number, asked: object, until: 'data' | 'connect'): Promise<Socket> {
  const body = JSON.stringify({ messages: HELLO, stream: true, ...asked })
  const head = `POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\ncontent-length: ${body.length}`
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`${head}\r\n\r\n${body}`))
    socket.once('error', reject).once(until, () => resolve(socket))
    if (until === 'connect') socket.on('data', () => {})
  })
}
