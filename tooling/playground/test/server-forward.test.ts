import { createServer, type IncomingMessage, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as after } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Playground, startPlayground } from '../server/start.ts'

let playground: Playground
let upstream: Server
let url: string
const asked: { method: string | undefined; headers: IncomingMessage['headers']; body: string }[] =
  []
const seen = { left: false, first: Promise.withResolvers<void>() }

beforeAll(async () => {
  playground = await startPlayground({ port: 0 })
  upstream = createServer((incoming, response) => {
    let body = ''
    incoming.setEncoding('utf8').on('data', (text: string) => (body += text))
    incoming.on('end', () => {
      asked.push({ method: incoming.method, headers: incoming.headers, body })
      response.writeHead(incoming.url === '/refuse' ? 401 : 200, {
        'content-type': 'text/event-stream',
        'x-request-id': '7',
      })
      response.write('data: one\n\n')
      if (incoming.url === '/slow') {
        response.once('close', () => (seen.left = true))
        return
      }
      if (incoming.url === '/broken') return void setTimeout(() => response.destroy(), 50)
      // Chunks that wait for their reader may come as one.
      void seen.first.promise.then(() => response.end('data: two\n\n'))
    })
  })
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`
})
afterAll(async () => {
  await playground.close()
  upstream.closeAllConnections()
  upstream.close()
})

function forward(
  body: unknown,
  headers: Record<string, string> = {},
  signal: AbortSignal | null = null,
): Promise<Response> {
  return fetch(`${playground.url}/playground/forward`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: playground.url, ...headers },
    body: JSON.stringify(body),
    signal,
  })
}

function headOf(response: Response): { status: number; headers: [string, string][] } {
  return JSON.parse(decodeURIComponent(response.headers.get('playground-head') ?? ''))
}

test('a request of the page is passed on, and its answer as it comes', async () => {
  const headers = { authorization: 'Bearer k', 'content-type': 'application/json' }
  const response = await forward({ url: `${url}/v1`, method: 'POST', headers, body: '{"a":1}' })
  expect(headOf(response).status).toBe(200)
  expect(headOf(response).headers).toContainEqual(['x-request-id', '7'])
  const reads: string[] = []
  for await (const chunk of response.body!) {
    reads.push(new TextDecoder().decode(chunk))
    seen.first.resolve()
  }
  expect(reads).toEqual(['data: one\n\n', 'data: two\n\n'])
  const got = asked.at(-1)
  expect(got).toMatchObject({ method: 'POST', body: '{"a":1}' })
  expect(got?.headers).toMatchObject({ authorization: 'Bearer k', 'accept-encoding': 'identity' })
  expect(got?.headers).not.toHaveProperty('origin')
})

test('a refusal of the server is passed on with its status', async () => {
  const response = await forward({ url: `${url}/refuse`, method: 'GET' })
  expect(headOf(response).status).toBe(401)
})

test('a server that breaks off breaks the answer off, and nothing is printed', async () => {
  const printed = vi.spyOn(console, 'error').mockImplementation(() => {})
  const response = await forward({ url: `${url}/broken`, method: 'GET' })
  await expect(response.text()).rejects.toThrow('terminated')
  expect(printed).not.toHaveBeenCalled()
  printed.mockRestore()
})

test('a page that leaves ends the request', async () => {
  const gone = new AbortController()
  await forward({ url: `${url}/slow`, method: 'GET' }, {}, gone.signal)
  gone.abort()
  for (let tries = 0; !seen.left && tries < 1500; tries++) await after(20)
  expect(seen.left).toBe(true)
})

test('an address where nothing listens is reported in a sentence', async () => {
  const free = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => free.once('listening', resolve))
  const { port } = free.address() as AddressInfo
  await new Promise((resolve) => free.close(resolve))
  const response = await forward({ url: `http://127.0.0.1:${port}/v1`, method: 'GET' })
  expect(response.status).toBe(502)
  expect(response.headers.has('playground-head')).toBe(false)
  expect(await response.json()).toMatchObject({
    error: {
      code: 'unreachable',
      message: `127.0.0.1:${port} cannot be reached: nothing listens there.`,
    },
  })
})

test.each([
  [{}, /"url"/],
  [{ url: 'file:///etc/passwd' }, /"url"/],
  [{ url: 'http://a', method: 'DELETE' }, /"method"/],
  [{ url: 'http://a', headers: { a: 1 } }, /"headers"/],
  [{ url: 'http://a', body: {} }, /"body"/],
])('%j is refused', async (body, words) => {
  const response = await forward(body)
  expect(response.status).toBe(400)
  expect((await response.json()).error.message).toMatch(words)
})

describe('any other page', () => {
  test.each(['http://evil.example', 'null', 'http://127.0.0.1:1'])(
    'from %s is refused',
    async (origin) => {
      const before = asked.length
      const response = await forward({ url, method: 'GET' }, { origin })
      expect(response.status).toBe(403)
      expect(asked).toHaveLength(before)
    },
  )

  test('gets no leave to ask', async () => {
    const response = await fetch(`${playground.url}/playground/forward`, {
      method: 'OPTIONS',
      headers: { origin: 'http://evil.example', 'access-control-request-method': 'POST' },
    })
    expect(response.ok).toBe(false)
  })

  test('that points a name of its own here is refused', async () => {
    const { port } = new URL(playground.url)
    const status = await new Promise((resolve, reject) => {
      const sent = request({
        host: '127.0.0.1',
        port,
        method: 'POST',
        path: '/playground/forward',
        headers: { host: `evil.example:${port}`, origin: `http://evil.example:${port}` },
      })
      sent
        .once('response', (response) => resolve(response.resume().statusCode))
        .once('error', reject)
      sent.end('{}')
    })
    expect(status).toBe(403)
  })
})
