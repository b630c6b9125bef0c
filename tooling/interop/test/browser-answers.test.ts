import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createHub } from '@tesserae/encoder/hub'
import { sendEvents } from '@tesserae/encoder/node'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPage, stopBrowser } from '../src/browser.ts'

// The table "When a client is refused, or the source fails" in the encoder's README: each row, in a browser.

type Answer = (request: IncomingMessage, response: ServerResponse, count: number) => unknown

const headers = { 'access-control-allow-origin': '*' }
const stream = { ...headers, 'content-type': 'text/event-stream' }
const full = createHub({ maxClients: 0 })

const status = (code: number): Answer => {
  return (_, response) => response.writeHead(code, { ...headers, 'retry-after': '1' }).end()
}
const redirect = (code: number): Answer => {
  return (_, response) => response.writeHead(code, { ...headers, location: '/served' }).end()
}
async function* failing() {
  yield { data: 'a' }
  throw new Error('broken')
}

/** For each answer, what a browser does: it connects again, or it gives up. */
const answers: Record<string, [does: 'reconnects' | 'gives up', Answer]> = {
  '200 that ends': [
    'reconnects',
    (_, response) => response.writeHead(200, stream).end('retry: 20\n\n'),
  ],
  'a refusal of a hub': [
    'reconnects',
    (request, response) => sendEvents(request, response, full.source(), { headers }),
  ],
  'a refusal of a Last-Event-ID that is too long': [
    'reconnects',
    (request, response, count) =>
      count === 0
        ? response.writeHead(200, stream).end(`retry: 20\nid: ${'x'.repeat(2000)}\ndata: a\n\n`)
        : sendEvents(request, response, [], { headers }),
  ],
  'a source that fails after the head': [
    'reconnects',
    (request, response) => sendEvents(request, response, failing, { headers }),
  ],
  'a connection that breaks': [
    'reconnects',
    (_, response) =>
      response.writeHead(200, stream).write('retry: 20\n\n', () => response.destroy()),
  ],
  'a connection that is closed without an answer': [
    'reconnects',
    (_, response) => response.destroy(),
  ],
  'a reconnection that is closed without an answer': [
    'reconnects',
    (_, response, count) =>
      count === 0 ? response.writeHead(200, stream).end('retry: 20\n\n') : response.destroy(),
  ],
  '204': [
    'gives up',
    (request, response) =>
      sendEvents(request, response, [], { headers, lastEventId: 'tesserae:final' }),
  ],
  'another content-type': [
    'gives up',
    (_, response) => response.writeHead(200, { ...headers, 'content-type': 'text/plain' }).end(),
  ],
  'no permission by CORS': [
    'gives up',
    (request, response) => sendEvents(request, response, [{ data: 'a' }]),
  ],
  'a refusal of a hub with `refusal: status`': [
    'gives up',
    (request, response) =>
      sendEvents(request, response, full.source(), { headers, refusal: 'status' }),
  ],
  ...Object.fromEntries(
    [400, 401, 403, 404, 429, 500, 502, 503].map((code) => [code, ['gives up', status(code)]]),
  ),
  // The first answer is a redirection to one that ends, from which the browser comes back to the first address.
  ...Object.fromEntries([301, 302, 307, 308].map((code) => [code, ['reconnects', redirect(code)]])),
}

let page: Page
let origin: string
const requests = new Map<string, number>()
const server = createServer((request, response) => {
  const path = decodeURIComponent(request.url!.slice(1))
  const count = requests.get(path) ?? 0
  requests.set(path, count + 1)
  if (path === 'served') response.writeHead(200, stream).end('retry: 20\ndata: served\n\n')
  else void answers[path]![1](request, response, count)
})

beforeAll(async () => {
  page = await openPage()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(async () => {
  await stopBrowser()
  server.close()
})

describe('a browser’s EventSource', () => {
  for (const [name, [does]] of Object.entries(answers))
    it(`${does} after ${name}`, async () => {
      const seen = await page.evaluate(observe, `${origin}/${encodeURIComponent(name)}`)
      expect(seen).toMatchObject(
        does === 'gives up' ? { gaveUp: true, errors: 1, opened: 0 } : { gaveUp: false },
      )
      if (does === 'gives up') expect(requests.get(name)).toBe(1)
      if (name.startsWith('3')) expect(seen.data).toBe('served')
      if (name.startsWith('a source')) expect(seen.failed).toBe(2)
    })

  it('reconnects while no server listens', async () => {
    const server = createServer((_, response) => {
      response.writeHead(200, stream).end('retry: 20\n\n')
      response.on('close', () => {
        server.close()
        server.closeAllConnections()
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const seen = await page.evaluate(observe, `http://127.0.0.1:${port}/`)
    expect(seen).toMatchObject({ gaveUp: false, opened: 1 })
  })
})

/** In the page: connects, and waits until the browser has given up, or comes back for the third time. */
function observe(url: string) {
  return new Promise<{
    gaveUp: boolean
    opened: number
    errors: number
    failed: number
    data: string
  }>((resolve) => {
    const seen = { gaveUp: false, opened: 0, errors: 0, failed: 0, data: '' }
    const source = new EventSource(url)
    source.onopen = () => void seen.opened++
    source.onmessage = ({ data }) => void (seen.data = data)
    source.addEventListener('stream-error', () => void seen.failed++)
    source.onerror = () => {
      seen.errors++
      seen.gaveUp = source.readyState === 2
      if (!seen.gaveUp && seen.errors < 2) return
      source.close()
      resolve(seen)
    }
  })
}
