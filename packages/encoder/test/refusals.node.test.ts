import { getEventListeners, once } from 'node:events'
import * as http from 'node:http'
import type { AddressInfo } from 'node:net'
import { createHub } from '@tesserae/encoder/hub'
import {
  sendEvents,
  type StreamClosed,
  type EventStreamOptions,
  StreamError,
  type StreamSource,
} from '@tesserae/encoder/node'
import { afterEach, expect, it } from 'vitest'

const servers: http.Server[] = []
const unhandled: unknown[] = []
const onUnhandled = (error: unknown) => void unhandled.push(error)
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
  process.off('unhandledRejection', onUnhandled)
})

/** A server whose handler, like most handlers, does nothing about a rejection. */
async function serve(source: () => StreamSource, options: EventStreamOptions = {}) {
  process.on('unhandledRejection', onUnhandled)
  unhandled.length = 0
  const ends: StreamClosed[] = []
  const server = http.createServer(async (request, response) => {
    ends.push(await sendEvents(request, response, source(), options))
  })
  server.listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, ends }
}

it('answers a Last-Event-ID that is too long with 400 if asked to, whatever the handler does', async () => {
  const { url, ends } = await serve(() => [{ data: 'a' }], {
    refusal: 'status',
    headers: { 'access-control-allow-origin': '*' },
  })
  const response = await fetch(url, { headers: { 'last-event-id': 'x'.repeat(1025) } })
  expect([response.status, await response.text()]).toEqual([
    400,
    '`Last-Event-ID` must be at most 1024 bytes.',
  ])
  expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8')
  expect(response.headers.get('access-control-allow-origin')).toBe('*')
  expect(ends).toMatchObject([
    { reason: 'error', cause: { code: 'last-event-id-too-long', status: 400 } },
  ])
  expect(unhandled).toEqual([])
  // And the next one is served.
  expect(await (await fetch(url)).text()).toBe('data: a\n\n')
})

it('answers the client of a drained hub with 503 and Retry-After if asked to', async () => {
  const hub = createHub()
  await hub.drain()
  const { url, ends } = await serve(() => hub.source(), { refusal: 'status' })
  const response = await fetch(url)
  expect([response.status, await response.text()]).toEqual([
    503,
    'The server could not continue this stream. Try again later.',
  ])
  expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8')
  expect(response.headers.get('retry-after')).toMatch(/^[3-6]$/)
  expect(ends).toMatchObject([{ reason: 'error', cause: { code: 'draining' } }])
  expect(unhandled).toEqual([])
})

it.each([
  [404, 'This stream does not exist: é漢😀.', 'text/plain; charset=utf-8'],
  [304, '', null],
])('answers with status %i of a StreamError, and its message', async (status, text, type) => {
  const { url } = await serve(async function* () {
    throw new StreamError('not-found', 'This stream does not exist: é漢😀.', status)
  })
  const response = await fetch(url)
  expect([response.status, await response.text()]).toEqual([status, text])
  expect(response.headers.get('content-type')).toBe(type)
  expect(unhandled).toEqual([])
})

it('listens to a signal once, however many streams it ends', async () => {
  const warnings: Error[] = []
  const onWarning = (warning: Error) => void warnings.push(warning)
  process.on('warning', onWarning)
  const shutdown = new AbortController()
  const { url, ends } = await serve(
    () =>
      async ({ closed }) =>
        closed,
    {
      signal: shutdown.signal,
    },
  )
  const responses = await Promise.all(Array.from({ length: 12 }, () => fetch(url)))
  expect(getEventListeners(shutdown.signal, 'abort')).toHaveLength(1)
  shutdown.abort()
  for (const response of responses) expect(await response.text()).toBe(':\n\n')
  expect(ends.map(({ reason }) => reason)).toEqual(Array(12).fill('shutdown'))
  expect(getEventListeners(shutdown.signal, 'abort')).toHaveLength(0)
  process.off('warning', onWarning)
  expect(warnings).toEqual([])
})
