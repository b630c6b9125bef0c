import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import path from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { startPlayground } from '../server/start.ts'
import { HELLO, post } from './asking.ts'

const main = path.resolve(import.meta.dirname, '../dist/server/main.js')
const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

interface Started {
  readonly child: ChildProcess
  readonly output: () => string
  readonly ended: Promise<readonly [number | null, NodeJS.Signals | null]>
  readonly url: Promise<string>
}

/** Runs it as `npm start` does, with a pipe for a terminal. */
function start(...args: string[]): Started {
  const child = spawn(process.execPath, [main, ...args])
  children.push(child)
  let output = ''
  const url = new Promise<string>((resolve) => {
    const add = (text: string): void => {
      output += text
      const found = /http:\/\/\S+/.exec(output)
      if (found) resolve(found[0])
    }
    child.stdout.setEncoding('utf8').on('data', add)
    child.stderr.setEncoding('utf8').on('data', add)
  })
  const ended = new Promise<[number | null, NodeJS.Signals | null]>((resolve) =>
    child.once('close', (code, signal) => resolve([code, signal])),
  )
  return { child, output: () => output, ended, url }
}

test('prints one line with its address, and serves there', async () => {
  const started = start('--port', '0')
  const url = await started.url
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  expect(started.output()).toMatch(/^[^\n]+\n$/)
  expect((await fetch(`${url}/playground/scenes`)).status).toBe(200)
})

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s ends it in order, in the middle of streams',
  async (signal) => {
    const started = start('--port', '0')
    const url = await started.url
    const body = { messages: HELLO, stream: true, playground: { speed: 1 } }
    const response = await post(`${url}/v1/chat/completions`, body)
    const reading = response.text()
    reading.catch(() => {})
    started.child.kill(signal)
    expect(await started.ended).toEqual([0, null])
    await expect(reading).rejects.toThrow('terminated')
    expect(started.output()).not.toMatch(/\n {4}at /)
  },
)

test('takes the next port when that one is taken', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => other.once('listening', resolve))
  const { port } = other.address() as { port: number }
  const started = start('--port', String(port))
  const taken = Number(new URL(await started.url).port)
  expect(taken).toBeGreaterThan(port)
  expect(taken).toBeLessThan(port + 50)
  expect(started.output()).toContain(`Port ${port} is in use; using ${taken}.`)
  other.close()
})

test('--help says how it is used, and serves nothing', async () => {
  const started = start('--help')
  expect(await started.ended).toEqual([0, null])
  expect(started.output()).toMatch(/npm start -- --port/)
})

test.each([
  ['--port', 'web'],
  ['--port', '65536'],
  ['--port', '-1'],
  ['--port', '1.5'],
  ['--port'],
  ['--prot', '1'],
  ['9000'],
])('%s %s is refused in a sentence', async (...args) => {
  const started = start(...args)
  expect(await started.ended).toEqual([2, null])
  expect(started.output()).not.toMatch(/\n {4}at /)
  expect(started.output().trim()).not.toBe('')
})

test('only this machine can reach it', async () => {
  const playground = await startPlayground({ port: 0 })
  const { hostname, port } = new URL(playground.url)
  expect(hostname).toBe('127.0.0.1')
  // Another address of this machine's own network: bound to all, it would answer there too.
  const refused = await new Promise((resolve) => {
    const socket = connect(Number(port), '127.0.0.2', () => resolve(socket.destroy() && false))
    socket.once('error', () => resolve(true))
  })
  expect(refused).toBe(true)
  await playground.close()
})

test('closing ends what is being played', async () => {
  const playground = await startPlayground({ port: 0 })
  const body = { messages: HELLO, stream: true, playground: { fault: 'stall', stallMs: 0 } }
  const response = await post(`${playground.url}/v1/chat/completions`, body)
  const reading = response.text()
  reading.catch(() => {})
  await playground.close()
  await expect(reading).rejects.toThrow('terminated')
})
