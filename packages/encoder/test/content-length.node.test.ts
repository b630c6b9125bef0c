import { createServer as createServer1 } from 'node:http'
import { connect, createServer as createServer2 } from 'node:http2'
import type { AddressInfo, Server } from 'node:net'
import { sendEvents } from '@tesserae/encoder/node'
import { afterEach, describe, expect, it } from 'vitest'

let server: Server | undefined
afterEach(() => void server?.close())

async function listen(its: Server): Promise<string> {
  server = its.listen(0, '127.0.0.1')
  await new Promise((resolve) => its.once('listening', resolve))
  return `http://127.0.0.1:${(its.address() as AddressInfo).port}`
}

const events = [{ data: 'longer than five bytes' }]
const body = 'data: longer than five bytes\n\n'

describe('a content-length that was set for another body', () => {
  it('is not sent over HTTP/1', async () => {
    const url = await listen(
      createServer1((request, response) => {
        response.setHeader('content-length', '5')
        void sendEvents(request, response, events)
      }),
    )
    const response = await fetch(url)
    expect(response.headers.get('content-length')).toBe(null)
    expect(await response.text()).toBe(body)
  })

  it('is not sent over HTTP/2', async () => {
    const url = await listen(
      createServer2((request, response) => {
        response.setHeader('content-length', '5')
        void sendEvents(request, response, events)
      }),
    )
    const session = connect(url)
    const stream = session.request({ ':path': '/' }).setEncoding('utf8')
    const head = new Promise<object>((resolve) => stream.once('response', resolve))
    let text = ''
    for await (const chunk of stream) text += chunk
    session.close()
    expect(await head).not.toHaveProperty('content-length')
    expect(text).toBe(body)
  })
})
