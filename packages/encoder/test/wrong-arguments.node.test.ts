import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { openStream, sendEvents, StreamError, webRequest } from '@tesserae/encoder/node'
import { eventStream } from '@tesserae/encoder/web'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

type Untyped = (...args: unknown[]) => unknown
const untyped = (call: unknown) => call as Untyped

const events = [{ data: 'a' }]
const server = createServer()
let url: string

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => server.close())

/** What a call in a request handler comes to. */
async function answered(
  call: (request: IncomingMessage, response: ServerResponse) => unknown,
): Promise<unknown> {
  const result = new Promise((resolve) => {
    server.once('request', async (request, response) => {
      try {
        resolve(await call(request, response))
      } catch (error) {
        resolve(error)
      }
      response.destroy()
    })
  })
  await fetch(url).then(
    (response) => response.text(),
    () => {},
  )
  return result
}

const bad = (name: string) => ({
  code: 'bad-option',
  message: expect.stringMatching(new RegExp(`^\`${name}\` must be .+\\.$`)),
})

describe.each([
  [
    'sendEvents',
    (request: unknown, response: unknown) => untyped(sendEvents)(request, response, events),
  ],
  ['openStream', untyped(openStream)],
])('%s', (_, call) => {
  const wrong = [undefined, null, {}, 5, 'text', Promise.resolve({ headers: {} }), []]

  it.each(wrong)('refuses %s as the request', async (request) => {
    const fault = await answered((_request, response) => call(request, response))
    expect(fault).toBeInstanceOf(StreamError)
    expect(fault).toMatchObject(bad('request'))
  })

  it.each(wrong)('refuses %s as the response', async (response) => {
    const fault = await answered((request) => call(request, response))
    expect(fault).toBeInstanceOf(StreamError)
    expect(fault).toMatchObject(bad('response'))
  })

  it('refuses no arguments', async () => {
    expect(await answered(() => call(undefined, undefined))).toMatchObject(bad('request'))
  })

  it('refuses the response before the request', async () => {
    const fault = await answered((request, response) => call(response, request))
    expect(fault).toMatchObject(bad('request'))
  })

  it('refuses a web Request, and says where it belongs', async () => {
    const fault = await answered(() => call(new Request('http://localhost/'), new Response()))
    expect(fault).toMatchObject({ message: expect.stringContaining('@tesserae/encoder/web') })
  })

  it('refuses a response that was ended', async () => {
    const fault = await answered((request, response) => call(request, response.end()))
    expect(fault).toMatchObject({ code: 'head-sent' })
  })
})

describe('sendEvents', () => {
  it('refuses the source before the request', async () => {
    const fault = await answered((request, response) =>
      untyped(sendEvents)(events, request, response),
    )
    expect(fault).toMatchObject(bad('request'))
  })

  it('refuses a call without a source', async () => {
    const fault = await answered((request, response) => untyped(sendEvents)(request, response))
    expect(fault).toMatchObject({ code: 'bad-source' })
  })

  it('refuses options before the source', async () => {
    const fault = await answered((request, response) =>
      untyped(sendEvents)(request, response, { retry: 1 }, events),
    )
    expect(fault).toMatchObject({ code: 'bad-option' })
  })

  it('ends as client-gone on a response that was destroyed', async () => {
    const end = await answered((request, response) => {
      response.destroy()
      return sendEvents(request, response, events)
    })
    expect(end).toMatchObject({ reason: 'client-gone' })
  })
})

describe('webRequest', () => {
  it.each([undefined, null, {}, 5, 'text'])('refuses %s', (request) => {
    expect(() => untyped(webRequest)(request)).toThrow(expect.objectContaining(bad('request')))
  })
})

describe('eventStream', () => {
  it('refuses a request of Node, and names `webRequest`', async () => {
    const fault = await answered((request) => untyped(eventStream)(events, { request }))
    expect(fault).toMatchObject({
      ...bad('request'),
      message: expect.stringContaining('webRequest'),
    })
  })
})
