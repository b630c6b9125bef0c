import { once } from 'node:events'
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type RequestListener,
} from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { record, RecorderError, type RecordOptions } from '@tesserae/testkit/recorder'
import {
  bodyOf,
  headOf,
  meaningOf,
  readTranscript,
  wireOf,
  writeTranscript,
  type Transcript,
} from '@tesserae/testkit/transcript'
import { afterEach, describe, expect, it } from 'vitest'
import { selfSigned } from './support/certificate.ts'

const open: { close: () => unknown }[] = []
afterEach(() => {
  for (const server of open.splice(0)) server.close()
})

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

/** A server that answers the first bytes it gets as told, 5 ms after they arrived. */
async function rawServer(
  answer: (socket: Socket, request: string, arrived: number) => unknown,
): Promise<string> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}))
    let request = ''
    socket.on('data', (data) => {
      const first = request === ''
      request += data.toString('latin1')
      const arrived = performance.now()
      if (first) setTimeout(() => answer(socket, request, arrived), 5)
    })
  })
  open.push({
    close: () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  })
  return listening(server, 'http')
}

async function httpServer(listener: RequestListener): Promise<string> {
  const server = createHttpServer(listener)
  open.push({ close: () => (server.closeAllConnections(), server.close()) })
  return listening(server, 'http')
}

async function listening(server: Server, scheme: string): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Records what a raw server sends in these pieces, some milliseconds apart; then it closes, or as told. */
async function recordPieces(
  pieces: readonly (string | Uint8Array)[],
  then: (socket: Socket) => unknown = (socket) => socket.end(),
  options: RecordOptions = {},
): Promise<Transcript> {
  const url = await rawServer(async (socket) => {
    for (const piece of pieces) {
      socket.write(piece)
      await new Promise((resolve) => setTimeout(resolve, 15))
    }
    then(socket)
  })
  const transcript = await record(url, options)
  // What is recorded can always be kept.
  expect(readTranscript(writeTranscript(transcript))).toEqual(transcript)
  return transcript
}

async function failure(recording: Promise<unknown>): Promise<RecorderError> {
  try {
    await recording
  } catch (error) {
    if (error instanceof RecorderError) return error
    throw error
  }
  throw new Error('Nothing was thrown.')
}

const CHUNKED =
  'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n'

describe('a response', () => {
  it('in chunks is recorded byte for byte, read by read', async () => {
    const pieces = [
      CHUNKED,
      '9;n=1\r\ndata: a\n\n\r\n',
      '9\r\ndata: ',
      'b\n\n\r\n0\r\nX-Trailer: 1\r\n\r\n',
    ]
    const transcript = await recordPieces(pieces)
    expect(text(wireOf(transcript))).toBe(pieces.join(''))
    expect(text(bodyOf(transcript))).toBe('data: a\n\ndata: b\n\n')
    expect(
      transcript.response.reads.map(({ parts }) =>
        parts.map(({ of, bytes }) => `${of} ${text(bytes)}`),
      ),
    ).toEqual([
      [`head ${CHUNKED}`],
      ['frame 9;n=1\r\n', 'body data: a\n\n', 'frame \r\n'],
      ['frame 9\r\n', 'body data: '],
      ['body b\n\n', 'frame \r\n0\r\nX-Trailer: 1\r\n\r\n'],
    ])
    expect(transcript.response.end).toMatchObject({ how: 'complete', why: '' })
    expect(transcript.response.source).toBe('socket')
    expect(meaningOf(transcript)).toMatchObject({ kind: 'events', events: 2 })
  })

  it('has times from the sending of the request on', async () => {
    // The server is in this process and notes the same clock, so a busy machine cannot part what is compared.
    let asked = 0
    const written: number[] = []
    const url = await rawServer(async (socket, _request, arrived) => {
      asked = arrived
      for (const piece of [CHUNKED, '1\r\na\r\n', '0\r\n\r\n']) {
        written.push(performance.now())
        socket.write(piece)
        await new Promise((resolve) => setTimeout(resolve, 15))
      }
    })
    const began = performance.now()
    const { response } = await record(url)
    const taken = performance.now() - began
    const times = response.reads.map(({ at }) => at)
    expect(times).toHaveLength(3)
    for (const [index, at] of times.entries()) {
      // Read after it was written, counted from a moment before the request arrived. Times are rounded to 0.1 ms.
      expect(at).toBeGreaterThanOrEqual(written[index]! - asked - 0.05)
      expect(at).toBeLessThanOrEqual(response.end.at)
    }
    expect(times).toEqual(times.toSorted((one, other) => one - other))
    // The server waits for 5 ms, then for 15 between pieces. Timers may be early by one.
    expect(times[0]).toBeGreaterThanOrEqual(4)
    expect(times[2]).toBeGreaterThanOrEqual(32)
    expect(response.end.at).toBeLessThanOrEqual(taken + 0.05)
  })

  it('is over when its framing says so, though the connection stays open', async () => {
    const transcript = await recordPieces(
      ['HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'],
      () => {},
    )
    expect([text(bodyOf(transcript)), transcript.response.end.how]).toEqual(['ok', 'complete'])
  })

  it('without framing is over when the server closes', async () => {
    const transcript = await recordPieces(['HTTP/1.1 200 OK\r\n\r\ndata: a\n\n', 'data: b'])
    expect(text(bodyOf(transcript))).toBe('data: a\n\ndata: b')
    expect(transcript.response.end).toMatchObject({
      how: 'complete',
      why: 'the connection was closed',
    })
  })

  it('without framing is cut when the connection is reset', async () => {
    const { response } = await recordPieces(['HTTP/1.1 200 OK\r\n\r\ndata: a\n\n'], (socket) =>
      socket.resetAndDestroy(),
    )
    expect(response.end).toMatchObject({ how: 'cut', why: 'ECONNRESET' })
  })

  it('comes after interim ones', async () => {
    const transcript = await recordPieces([
      'HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n',
      'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na',
    ])
    expect(headOf(transcript)?.status).toBe(200)
    expect(text(wireOf(transcript))).toContain('103 Early Hints')
  })

  it('may be an error', async () => {
    const body = '{"error":{"code":401,"message":"no"}}'
    const transcript = await recordPieces([
      `HTTP/1.1 401 Unauthorized\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    ])
    expect(headOf(transcript)).toMatchObject({ status: 401, statusText: 'Unauthorized' })
    expect(meaningOf(transcript)).toEqual({
      kind: 'error',
      streamed: false,
      error: { code: 401, message: 'no' },
    })
  })

  it.each<[string, (socket: Socket) => unknown, string]>([
    ['closed', (socket) => socket.end(), 'the connection was closed'],
    ['reset', (socket) => socket.resetAndDestroy(), 'ECONNRESET'],
  ])('whose server is gone in the middle of a chunk is cut: %s', async (_how, then, why) => {
    const transcript = await recordPieces([CHUNKED, '9\r\ndata: a\n\n\r\n9\r\nda'], then)
    expect(text(bodyOf(transcript))).toBe('data: a\n\nda')
    expect(transcript.response.end).toMatchObject({ how: 'cut', why })
    expect(meaningOf(transcript)).toMatchObject({ events: 1, pending: 2 })
  })

  it('whose server is gone before a word is cut', async () => {
    const { response } = await recordPieces([])
    expect(response).toMatchObject({
      reads: [],
      end: { how: 'cut', why: 'the connection was closed' },
    })
  })

  it('whose framing makes no sense is cut there, and kept to its last byte', async () => {
    const transcript = await recordPieces([CHUNKED, '1\r\na\r\nnonsense\r\nb'])
    expect(text(wireOf(transcript))).toContain('nonsense\r\nb')
    expect(transcript.response.end).toMatchObject({ how: 'cut', why: 'no size of a chunk' })
  })

  it('may be followed by what does not belong to it', async () => {
    const { response } = await recordPieces(['HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\naHTTP'])
    expect(response.end).toMatchObject({ how: 'complete', why: '4 bytes followed' })
  })

  it('that is compressed all the same is recorded as it is', async () => {
    const zipped = gzipSync('data: a\n\n')
    const head = `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${zipped.length}\r\n\r\n`
    const transcript = await recordPieces([Buffer.concat([Buffer.from(head), zipped])])
    expect(Buffer.from(bodyOf(transcript))).toEqual(zipped)
    const stream = new Blob([bodyOf(transcript)])
      .stream()
      .pipeThrough(new DecompressionStream('gzip'))
    expect(await new Response(stream).text()).toBe('data: a\n\n')
  })

  it('of a redirection is not followed', async () => {
    const url = await httpServer((_request, response) =>
      response.writeHead(302, { location: '/x' }).end(),
    )
    expect(headOf(await record(url))?.status).toBe(302)
  })

  it('of megabytes is recorded, and its reads add up', async () => {
    const line = `data: ${'x'.repeat(1018)}\n\n`
    const url = await httpServer((_request, response) => {
      for (let at = 0; at < 2048; at++) response.write(line)
      response.end()
    })
    const transcript = await record(url)
    expect(bodyOf(transcript).length).toBe(2048 * line.length)
    const file = writeTranscript(transcript)
    expect(writeTranscript(readTranscript(file)) === file).toBe(true)
  })
})

describe('the end that the recorder makes', () => {
  const endless = async (): Promise<string> =>
    httpServer((_request, response) => {
      const timer = setInterval(() => response.write('data: tick\n\n'), 3)
      response.on('close', () => clearInterval(timer))
    })

  it('after some bytes', async () => {
    const { response } = await record(await endless(), { abort: { afterBytes: 400 } })
    const total = response.reads
      .flatMap(({ parts }) => parts)
      .reduce((sum, { bytes }) => sum + bytes.length, 0)
    expect(total).toBeGreaterThanOrEqual(400)
    expect(total).toBeLessThan(8192)
    expect(response.end).toMatchObject({ how: 'aborted', why: 'after 400 bytes' })
  })

  it('after some time', async () => {
    let reads = 0
    // A machine that stalls can let the time pass before anything arrives: then there is more of it.
    for (let afterMs = 60; reads < 2 && afterMs < 60_000; afterMs *= 10) {
      const { response } = await record(await endless(), { abort: { afterMs } })
      expect(response.end).toMatchObject({ how: 'aborted', why: `after ${afterMs} ms` })
      expect(response.end.at).toBeGreaterThanOrEqual(afterMs - 2)
      reads = response.reads.length
    }
    expect(reads).toBeGreaterThan(1)
  })

  it('at a limit of time, before a word too', async () => {
    const url = await rawServer(() => {})
    const { response } = await record(url, { limits: { ms: 50 } })
    expect(response).toMatchObject({
      reads: [],
      end: { how: 'aborted', why: 'at the limit of 50 ms' },
    })
  })

  it('does not come at limits and times that no timer can wait for', async () => {
    const url = await rawServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\ndata: a\n\n')
      setTimeout(() => socket.end('data: b\n\n'), 50)
    })
    for (const ms of [Infinity, 2 ** 31])
      for (const options of [{ limits: { ms } }, { abort: { afterMs: ms } }]) {
        const transcript = await record(url, options)
        expect(transcript.response.end).toMatchObject({ how: 'complete' })
        expect(text(bodyOf(transcript))).toBe('data: a\n\ndata: b\n\n')
      }
  })

  it('at a limit of bytes', async () => {
    const { response } = await record(await endless(), { limits: { bytes: 300 } })
    expect(response.end).toMatchObject({ how: 'aborted', why: 'at the limit of 300 bytes' })
  })

  it('when its signal says so', async () => {
    const controller = new AbortController()
    setTimeout(() => controller.abort(), 50)
    const { response } = await record(await endless(), { signal: controller.signal })
    expect(response.end).toMatchObject({ how: 'aborted', why: 'stopped by its signal' })
  })

  it('closes the connection', async () => {
    let closed: Promise<unknown> | undefined
    const url = await rawServer((socket) => {
      closed = once(socket, 'close')
      socket.write('HTTP/1.1 200 OK\r\n\r\nabc')
    })
    await record(url, { abort: { afterBytes: 1 } })
    await closed
  })
})

describe('a request', () => {
  const echo = async (
    options: RecordOptions,
    path = '/',
  ): Promise<{ seen: IncomingMessage; sent: string; transcript: Transcript }> => {
    let seen: IncomingMessage | undefined
    let sent = ''
    const url = await httpServer((request, response) => {
      seen = request
      request.setEncoding('utf8').on('data', (data: string) => (sent += data))
      request.on('end', () => response.end('ok'))
    })
    const transcript = await record(url + path, options)
    return { seen: seen as IncomingMessage, sent, transcript }
  }

  it('says what it takes, and asks for nothing compressed', async () => {
    const { seen, transcript } = await echo({})
    expect(seen.method).toBe('GET')
    expect(seen.headers).toMatchObject({
      accept: '*/*',
      'accept-encoding': 'identity',
      connection: 'close',
    })
    expect(transcript.request).toEqual({
      method: 'GET',
      target: '/',
      headers: [
        ['accept', '*/*'],
        ['accept-encoding', 'identity'],
      ],
      body: new Uint8Array(0),
    })
  })

  it('sends JSON, in UTF-8', async () => {
    const json = { messages: [{ role: 'user', content: 'é👋' }] }
    const { seen, sent, transcript } = await echo({ json }, '/v1/chat/completions?a=1')
    expect([seen.method, seen.url]).toEqual(['POST', '/v1/chat/completions?a=1'])
    expect(seen.headers['content-type']).toBe('application/json')
    expect(JSON.parse(sent)).toEqual(json)
    expect(transcript.title).toBe('POST /v1/chat/completions')
    expect(JSON.parse(text(transcript.request?.body as Uint8Array))).toEqual(json)
  })

  it('sends what it is given', async () => {
    const headers = { Accept: 'text/event-stream', 'Last-Event-ID': '7' }
    const { seen, sent } = await echo({ method: 'PUT', headers, body: Uint8Array.of(0x61, 0x62) })
    expect([seen.method, sent, seen.headers.accept, seen.headers['last-event-id']]).toEqual([
      'PUT',
      'ab',
      'text/event-stream',
      '7',
    ])
  })

  it('leaves its secrets out of what is kept, and what the server repeats of them', async () => {
    const secrets = [
      'sk-live-123456',
      'org-abcdef',
      'c00kie-value',
      'p4ssw0rd-in-body',
      'key-in-query',
      'my-own-kind-77',
    ]
    const [key, organization, cookie, password, query, own] = secrets
    const url = await httpServer((request, response) => {
      response.setHeader('Set-Cookie', `session=${cookie}; HttpOnly`)
      response.setHeader('OpenAI-Organization', String(organization))
      request
        .resume()
        .on('end', () =>
          response.end(`data: ${JSON.stringify(request.headers)} ${request.url} ${own}\n\n`),
        )
    })
    const transcript = await record(`${url}/v1?key=${query}`, {
      headers: {
        Authorization: `Bearer ${key}`,
        'OpenAI-Organization': String(organization),
        Cookie: `session=${cookie}`,
        'X-Api-Key': String(key),
      },
      json: { password, stream: true },
      provenance: { how: `with the key ${key}` },
      secrets: { patterns: [/my-own-kind-\d+/] },
    })
    const file = writeTranscript(transcript)
    for (const secret of secrets) expect(file).not.toContain(secret)
    expect(file).toContain('Authorization: [removed]')
    expect(file).toContain('/v1?key=[removed]')
    expect(file).toContain('"password": "[removed]"')
    expect(transcript.provenance['removed']).toBe(
      'query parameter key, request header authorization, request header openai-organization, request header cookie, ' +
        'request header x-api-key, body field password, response header set-cookie, ' +
        'response header openai-organization, 9 repetitions',
    )
    // The framing is still true: what the server said is as long as it was.
    const length = Number(
      headOf(transcript)?.headers.find(([name]) => name === 'Content-Length')?.[1],
    )
    expect(bodyOf(transcript).length).toBe(length)
  })

  it('that cannot be sent is refused', async () => {
    const cases: [string, RecordOptions?][] = [
      ['ftp://127.0.0.1/'],
      ['/v1'],
      ['http://user:pw@127.0.0.1/'],
      ['http://127.0.0.1/', { method: 'GET /' }],
      ['http://127.0.0.1/', { headers: { 'a b': '1' } }],
      ['http://127.0.0.1/', { headers: { a: '1\r\nb: 2' } }],
    ]
    for (const [url, options] of cases) {
      const error = await failure(record(url, options))
      expect(error.code).toBe('invalid-request')
      expect(error.message).not.toContain('pw')
    }
  })

  it('fails when no server listens', async () => {
    const server = createServer()
    const url = await listening(server, 'http')
    server.close()
    await once(server, 'close')
    const error = await failure(record(url))
    expect([error.code, (error.cause as NodeJS.ErrnoException).code]).toEqual([
      'no-connection',
      'ECONNREFUSED',
    ])
  })

  it('to what does not speak HTTP/1 fails, and keeps what it said', async () => {
    for (const said of ['SSH-2.0-OpenSSH\r\n', '220 mail\r\n500 what?\r\n\r\n']) {
      const url = await rawServer((socket) => socket.end(said))
      const error = await failure(record(url))
      expect(error.code).toBe('not-http')
      expect(text(wireOf(error.transcript as Transcript))).toBe(said)
    }
  })

  it('goes nowhere when its signal was given before', async () => {
    const error = await failure(record('http://127.0.0.1:9/', { signal: AbortSignal.abort() }))
    expect(error.code).toBe('no-connection')
  })
})

describe('https', () => {
  it('is recorded as it is under the encryption', async () => {
    const { key, cert } = selfSigned()
    const server = createHttpsServer({ key, cert }, (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end('data: a\n\n')
    })
    open.push({ close: () => (server.closeAllConnections(), server.close()) })
    const url = await listening(server, 'https')
    const transcript = await record(url, { ca: cert })
    expect(text(wireOf(transcript))).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    expect(meaningOf(transcript)).toMatchObject({ kind: 'events', events: 1 })
    expect(
      (await record(url.replace('127.0.0.1', 'localhost'), { ca: cert })).response.end.how,
    ).toBe('complete')

    const error = await failure(record(url))
    expect([error.code, (error.cause as NodeJS.ErrnoException).code]).toEqual([
      'no-connection',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
    ])
  })
})
