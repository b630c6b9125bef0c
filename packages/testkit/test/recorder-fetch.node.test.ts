import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { recordFetch } from '@tesserae/testkit/recorder'
import {
  bodyOf,
  headOf,
  meaningOf,
  piecesOf,
  readTranscript,
  writeTranscript,
} from '@tesserae/testkit/transcript'
import { afterEach, describe, expect, it } from 'vitest'

const open: { close: () => unknown }[] = []
afterEach(() => {
  for (const server of open.splice(0)) server.close()
})

const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes)

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  open.push({ close: () => (server.closeAllConnections(), server.close()) })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** The second event comes when the first was read: a busy machine cannot merge them. */
const streaming = (wasRead: () => boolean): RequestListener => {
  return (_request, response) => {
    response.writeHead(200, 'Fine', { 'content-type': 'text/event-stream', 'x-a': '1' })
    response.write('data: a\n\n')
    const timer = setInterval(() => {
      if (!wasRead()) return
      clearInterval(timer)
      setTimeout(() => response.end('data: b\n\n'), 20)
    }, 5)
  }
}

describe('recordFetch', () => {
  it('keeps what fetch shows, and hands it on unchanged', async () => {
    const recorder = recordFetch({ provenance: { engine: 'a test' } })
    const url = await serve(streaming(() => recorder.transcripts()[0]?.response.reads.length === 2))
    const response = await recorder.fetch(`${url}/v1/chat/completions?a=1`, {
      method: 'post',
      headers: { 'Content-Type': 'application/json' },
      body: '{"stream":true}',
    })
    expect([
      response.status,
      response.statusText,
      response.ok,
      response.headers.get('x-a'),
    ]).toEqual([200, 'Fine', true, '1'])
    expect([response.url, response.redirected, response.type]).toEqual([
      `${url}/v1/chat/completions?a=1`,
      false,
      'basic',
    ])
    expect(await response.text()).toBe('data: a\n\ndata: b\n\n')

    const [transcript, ...others] = recorder.transcripts()
    if (transcript === undefined) throw new Error('Nothing was recorded.')
    expect(others).toEqual([])
    expect(transcript).toMatchObject({
      title: 'POST /v1/chat/completions',
      provenance: { engine: 'a test' },
      request: {
        method: 'POST',
        target: '/v1/chat/completions?a=1',
        headers: [['content-type', 'application/json']],
      },
      response: { source: 'fetch', end: { how: 'complete', why: '' } },
    })
    expect(text(transcript.request?.body)).toBe('{"stream":true}')
    expect(headOf(transcript)).toMatchObject({ status: 200, statusText: 'Fine' })
    expect(piecesOf(transcript).map(({ bytes }) => text(bytes))).toEqual([
      'data: a\n\n',
      'data: b\n\n',
    ])
    const [first, second] = piecesOf(transcript)
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(5)
    expect(readTranscript(writeTranscript(transcript))).toEqual(transcript)
  })

  it('keeps several exchanges in the order of the calls', async () => {
    const url = await serve((request, response) => response.end(request.url))
    const recorder = recordFetch()
    await Promise.all(
      ['/a', '/b', '/c'].map(async (path) => (await recorder.fetch(url + path)).text()),
    )
    const all = recorder.transcripts()
    expect(all.map((transcript) => transcript.title).toSorted()).toEqual([
      'GET /a',
      'GET /b',
      'GET /c',
    ])
    expect(all.map((transcript) => text(bodyOf(transcript)))).toEqual(
      all.map(({ request }) => request?.target),
    )
  })

  it('keeps them in the order of the calls also if the answers come in another', async () => {
    const answers: (() => void)[] = []
    const recorder = recordFetch({
      fetch: () =>
        new Promise((resolve) => answers.push(() => void resolve(new Response('data: a\n\n')))),
    })
    const first = recorder.fetch('http://127.0.0.1/first')
    const second = recorder.fetch('http://127.0.0.1/second')
    const titles = () => recorder.transcripts().map(({ title }) => title)
    answers[1]!()
    await second
    expect(titles()).toEqual(['GET /second'])
    answers[0]!()
    await first
    expect(titles()).toEqual(['GET /first', 'GET /second'])
  })

  it('keeps a body decompressed, with the header that says otherwise', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('data: a\n\n'))
    })
    const recorder = recordFetch()
    await (await recorder.fetch(url)).text()
    const [transcript] = recorder.transcripts()
    expect(transcript && text(bodyOf(transcript))).toBe('data: a\n\n')
    expect(transcript && headOf(transcript)?.headers).toContainEqual(['content-encoding', 'gzip'])
  })

  it('knows a lost connection', async () => {
    const url = await serve((_request, response) => {
      response.write('data: a\n\n')
      setTimeout(() => response.socket?.destroy(), 20)
    })
    const recorder = recordFetch()
    const response = await recorder.fetch(url)
    await expect(response.text()).rejects.toThrow(TypeError)
    const [transcript] = recorder.transcripts()
    expect(transcript?.response.end).toMatchObject({ how: 'cut', why: 'UND_ERR_SOCKET' })
    expect(transcript && text(bodyOf(transcript))).toBe('data: a\n\n')
  })

  it('knows an abort, a reader that goes away, and one that never came', async () => {
    const url = await serve((_request, response) => void response.write('data: a\n\n'))
    const recorder = recordFetch()
    const controller = new AbortController()
    const aborted = (await recorder.fetch(url, { signal: controller.signal })).text()
    setTimeout(() => controller.abort(), 20)
    await expect(aborted).rejects.toThrow('aborted')
    const cancelled = await recorder.fetch(url)
    const reader = (cancelled.body as ReadableStream<Uint8Array>).getReader()
    await reader.read()
    await reader.cancel()
    await recorder.fetch(url)

    expect(
      recorder.transcripts().map(({ response }) => [response.end.how, response.end.why]),
    ).toEqual([
      ['aborted', 'AbortError'],
      ['aborted', 'the reader went away'],
      ['aborted', 'not read to its end'],
    ])
  })

  it('passes on the error of a fetch that fails, and keeps nothing of it', async () => {
    const recorder = recordFetch({ fetch: () => Promise.reject(new TypeError('fetch failed')) })
    await expect(recorder.fetch('http://127.0.0.1/')).rejects.toThrow('fetch failed')
    expect(recorder.transcripts()).toEqual([])
  })

  it('hands on a response without a body', async () => {
    const recorder = recordFetch({ fetch: async () => new Response(null, { status: 204 }) })
    expect((await recorder.fetch('http://127.0.0.1/')).body).toBe(null)
    expect(recorder.transcripts()[0]?.response.end.how).toBe('complete')
  })

  it('lets the reader bring a buffer, and clone', async () => {
    const recorder = recordFetch({ fetch: async () => new Response('data: a\n\n') })
    const response = await recorder.fetch('http://127.0.0.1/')
    const copy = response.clone()
    const reader = (response.body as ReadableStream<Uint8Array>).getReader({ mode: 'byob' })
    const { value } = await reader.read(new Uint8Array(100))
    expect(text(value)).toBe('data: a\n\n')
    expect((await reader.read(new Uint8Array(100))).done).toBe(true)
    expect(await copy.text()).toBe('data: a\n\n')
    expect(recorder.transcripts()[0]?.response.end.how).toBe('complete')
  })

  it('asks the wrapped fetch with the very arguments it was given', async () => {
    const calls: unknown[][] = []
    const recorder = recordFetch({
      fetch: async (...args) => {
        calls.push(args)
        return new Response('')
      },
    })
    const input = new URL('http://127.0.0.1/x')
    const init = { method: 'POST', body: 'y', dispatcher: {} }
    await recorder.fetch(input, init)
    expect(calls[0]?.[0]).toBe(input)
    expect(calls[0]?.[1]).toBe(init)
  })

  it('sees a body of each kind that can be seen, and says so when it cannot', async () => {
    const sent = async (input: RequestInfo | URL, init?: RequestInit) => {
      const recorder = recordFetch({
        fetch: async (request) => {
          if (request instanceof Request) await request.text()
          return new Response('')
        },
      })
      await recorder.fetch(input, init)
      const [transcript] = recorder.transcripts()
      return [text(transcript?.request?.body), transcript?.provenance['unrecorded']]
    }
    const url = 'http://127.0.0.1/'
    const bytes = Buffer.from('xyz').subarray(1, 2)
    expect(await sent(url, { method: 'POST', body: 'é' })).toEqual(['é', undefined])
    expect(await sent(url, { method: 'POST', body: bytes })).toEqual(['y', undefined])
    expect(await sent(url, { method: 'POST', body: new URLSearchParams({ a: '1' }) })).toEqual([
      'a=1',
      undefined,
    ])
    expect(await sent(new Request(url, { method: 'POST', body: 'z' }))).toEqual(['z', undefined])
    const stream = new Blob(['s']).stream()
    expect(
      await sent(url, { method: 'POST', body: stream, duplex: 'half' } as RequestInit),
    ).toEqual(['', 'the body of the request, which was a stream'])
    expect(stream.locked).toBe(false)
  })

  it('leaves secrets out, and says where the server is unless it is here', async () => {
    const recorder = recordFetch({
      fetch: async () =>
        new Response('key sk-0123456789 is unknown', {
          headers: { 'openai-organization': 'org-abcdefgh' },
        }),
      secrets: { names: ['x-mine'] },
    })
    for (const host of ['https://api.example.com', 'http://localhost:1']) {
      const headers = { authorization: 'Bearer sk-0123456789', 'x-mine': 'm1n3' }
      await (await recorder.fetch(`${host}/v1?key=k3y-k3y-k3y`, { headers })).text()
    }
    const [there, here] = recorder.transcripts()
    expect(there?.provenance['server']).toBe('https://api.example.com')
    expect(here?.provenance['server']).toBe(undefined)
    const file = there && writeTranscript(there)
    expect(file).not.toMatch(/0123|m1n3|k3y|abcdefgh/)
    expect(there && meaningOf(there)).toEqual({
      kind: 'text',
      streamed: false,
      text: `key ${'*'.repeat(13)} is unknown`,
    })
  })
})
