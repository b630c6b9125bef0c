import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { play } from '../server/play.ts'
import { type Handler, listenerOf } from '../server/serve.ts'

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
  vi.restoreAllMocks()
})

async function serve(handle: Handler): Promise<string> {
  const server = createServer(listenerOf(handle)).listen(0, '127.0.0.1')
  closers.push(
    () => server.close(),
    () => server.closeAllConnections(),
  )
  await new Promise((resolve) => server.once('listening', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

describe('an error in the middle of an answer', () => {
  const failing = (fail: () => Error) =>
    function* beats() {
      yield { at: 0, pause: 0, bytes: new TextEncoder().encode('data: 1\n\n') }
      throw fail()
    }
  const show = (beats: () => Generator<{ at: number; pause: number; bytes: Uint8Array }>) => ({
    contentType: 'text/event-stream',
    headAt: 0,
    beats: beats(),
    end: { at: 0, isCut: false },
  })

  test('is printed, and breaks the connection', async () => {
    const printed = vi.spyOn(console, 'error').mockImplementation(() => {})
    const error = new Error('a bug in the cuts')
    const url = await serve(({ over }) => play(show(failing(() => error)), over))
    await expect((await fetch(url)).text()).rejects.toThrow('terminated')
    expect(printed.mock.calls).toEqual([[error]])
  })

  test('is not printed when the client has left', async () => {
    const printed = vi.spyOn(console, 'error').mockImplementation(() => {})
    const gone = Promise.withResolvers<void>()
    const url = await serve(({ over }) => {
      const body = new ReadableStream<Uint8Array>({
        start: (controller) => controller.enqueue(new Uint8Array([65])),
        pull: (controller) =>
          new Promise((resolve) =>
            over.signal.addEventListener('abort', () => {
              controller.error(new Error('the client has left'))
              resolve()
              setImmediate(gone.resolve)
            }),
          ),
      })
      return new Response(body)
    })
    const leaving = new AbortController()
    const response = await fetch(url, { signal: leaving.signal })
    await response.body?.getReader().read()
    leaving.abort()
    await gone.promise
    expect(printed).not.toHaveBeenCalled()
  })
})

test('playing to a client that has left starts no timer', async () => {
  const timers = (): number =>
    process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
  const over = new AbortController()
  over.abort()
  const before = timers()
  const playing = play(
    { contentType: 'text/plain', headAt: 0, beats: [], end: { at: 0, isCut: false } },
    over,
  )
  expect(timers()).toBe(before)
  await playing
})
