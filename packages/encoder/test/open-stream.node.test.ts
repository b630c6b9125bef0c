import { EventEmitter, once } from 'node:events'
import * as http from 'node:http'
import type { AddressInfo } from 'node:net'
import { createHub } from '@tesserae/encoder/hub'
import { type NodeResponse, openStream, type StreamSummary } from '@tesserae/encoder/node'
import { afterEach, describe, expect, it } from 'vitest'

const closers: (() => unknown)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

async function serve(handler: http.RequestListener): Promise<string> {
  const server = http.createServer(handler)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

describe('openStream', () => {
  it('sends what a listener hears, until the client goes', async () => {
    const emitter = new EventEmitter()
    const ends: StreamSummary[] = []
    const url = await serve((request, response) => {
      const { send, signal } = openStream(request, response, {
        onClose: (end) => void ends.push(end),
      })
      const onPrice = (price: number) => void send({ data: `${price}` })
      emitter.on('price', onPrice)
      signal.addEventListener('abort', () => emitter.off('price', onPrice))
    })
    const controller = new AbortController()
    const response = await fetch(url, { signal: controller.signal })
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
    let text = (await reader.read()).value!
    emitter.emit('price', 7)
    while (!text.includes('7')) text += (await reader.read()).value!
    expect(text).toBe(':\n\ndata: 7\n\n')
    controller.abort()
    for (let i = 0; i < 500 && ends.length === 0; i++)
      await new Promise((resolve) => setTimeout(resolve, 10))
    expect(ends).toMatchObject([{ reason: 'client-gone' }])
    expect(emitter.listenerCount('price')).toBe(0)
  })

  it('ends the response also if it fails before its head was sent', async () => {
    const hub = createHub()
    const errors: unknown[] = []
    const ends: StreamSummary[] = []
    const fault = new Error('no connection')
    const url = await serve((request, response) => {
      const stream = openStream(request, response, {
        onError: (error) => void errors.push(error),
        onClose: (end) => void ends.push(end),
      })
      void hub.join(stream, {
        replay() {
          throw fault
        },
      })
    })
    const response = await fetch(url, { signal: AbortSignal.timeout(5000) })
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    expect(await response.text()).toMatch(/^retry: \d+\n\nevent: stream-error\n/)
    expect(errors).toEqual([fault])
    expect(ends).toMatchObject([{ reason: 'error', error: fault }])
  })

  it('sends and ends after what is being written, if onWrite does so for a client of a hub', async () => {
    let text = ''
    let isEnded = false
    // It always has room, so it reports none.
    const response: NodeResponse = {
      headersSent: false,
      writeHead() {},
      write(chunk) {
        text += isEnded ? 'too late' : Buffer.from(chunk as string).toString()
        return true
      },
      end(callback) {
        isEnded = true
        callback()
      },
      destroy() {},
      on() {},
    }
    const hub = createHub()
    let written = 0
    const stream = openStream({ headers: {} }, response, {
      onWrite({ events }) {
        written += events
        for (const client of hub.clients()) if (written === 1) void client.send({ data: 'b' })
        if (written === 2) stream.close()
      },
    })
    const joined = hub.join(stream)
    await new Promise((resolve) => setTimeout(resolve, 10))
    await hub.publish({ data: 'a' })
    expect(text).toBe(':\n\ndata: a\n\ndata: b\n\n')
    expect(isEnded).toBe(true)
    expect(await joined).toMatchObject({ reason: 'done' })
  })

  it('throws for a head that was sent, and for a wrong option', async () => {
    const errors: unknown[] = []
    const url = await serve((request, response) => {
      try {
        openStream(request, response, { retry: -1 })
      } catch (error) {
        errors.push(error)
      }
      response.writeHead(200)
      try {
        openStream(request, response)
      } catch (error) {
        errors.push(error)
      }
      response.end()
    })
    await (await fetch(url)).text()
    expect(errors).toMatchObject([{ code: 'bad-retry' }, { code: 'head-sent' }])
  })
})
