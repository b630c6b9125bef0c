import net from 'node:net'
import tls from 'node:tls'
import { RecorderError } from './errors.ts'
import { HttpResponseReader } from './http.ts'
import { serverOf } from './server.ts'
import type { RecordOptions } from './types.ts'
import { headOf } from '../transcript/replay.ts'
import { withoutSecrets } from '../transcript/secrets.ts'
import { concat } from '../transcript/signs.ts'
import type { End, Read, Transcript, TranscriptRequest } from '../transcript/types.ts'

const encoder = new TextEncoder()

/** Kept out of the transcript: they say where and how, and follow from the rest. */
const IMPLIED = /^(host|connection|content-length|transfer-encoding)$/i

/**
 * Sends one HTTP/1.1 request to a URL, over a connection of its own, and records every byte of the response off the
 * socket.
 *
 * The server is asked not to compress (`Accept-Encoding: identity`, unless you say otherwise); what it compresses all
 * the same is recorded as it is. Redirections are recorded, not followed. Secrets are removed as
 * {@link withoutSecrets} does. A response that breaks off, or that goes over a limit, is a recording like any other;
 * its end says so.
 *
 * @throws {@link RecorderError} when there is nothing to record
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http'
 * import { record } from '@tesserae/testkit/recorder'
 * import { writeTranscript } from '@tesserae/testkit/transcript'
 *
 * const server = createServer((request, response) => {
 *   response.writeHead(200, { 'content-type': 'text/event-stream' })
 *   response.end('data: Hello\n\n')
 * })
 * await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
 * const address = server.address()
 * const port = typeof address === 'object' ? address?.port : undefined
 *
 * const transcript = await record(`http://127.0.0.1:${port}/`, { title: 'A greeting' })
 * console.log(transcript.response.end.how) // => complete
 * console.log(writeTranscript(transcript).includes('| data: Hello␊')) // => true
 * server.close()
 * ```
 */
export async function record(url: string | URL, options: RecordOptions = {}): Promise<Transcript> {
  const address = addressOf(url)
  const request = requestOf(address, options)
  const reader = new HttpResponseReader(request.method)
  const socket = await connected(address, options)
  const { reads, end } = await exchange(socket, wireRequest(address, request), reader, options)
  const transcript = withoutSecrets(
    {
      title: options.title ?? `${request.method} ${address.pathname}`,
      provenance: { ...serverOf(address), ...options.provenance },
      request: { ...request, headers: request.headers.filter(([name]) => !IMPLIED.test(name)) },
      response: { source: 'socket', reads, end },
    },
    options.secrets,
  )
  if (reader.problem !== '' && headOf(transcript) === undefined) {
    const message = `${address.host} answers, but not in HTTP/1: ${reader.problem}.`
    throw new RecorderError('not-http', message, { transcript })
  }
  return transcript
}

function addressOf(url: string | URL): URL {
  const address = URL.canParse(url) ? new URL(url) : undefined
  if (address === undefined || !/^https?:$/.test(address.protocol)) {
    throw new RecorderError(
      'invalid-request',
      'The address must be a whole one that begins with http: or https:.',
    )
  }
  if (address.username !== '' || address.password !== '') {
    const message =
      'The address holds a user name or a password; send an Authorization field instead.'
    throw new RecorderError('invalid-request', message)
  }
  return address
}

function requestOf(address: URL, options: RecordOptions): TranscriptRequest {
  const { json, headers = {} } = options
  const body = json === undefined ? (options.body ?? '') : JSON.stringify(json)
  const bytes = typeof body === 'string' ? encoder.encode(body) : new Uint8Array(body)
  const method = options.method ?? (bytes.length === 0 ? 'GET' : 'POST')
  const given = Object.entries(headers)
  const defaults = [
    ['accept', '*/*'],
    ['accept-encoding', 'identity'],
    ...(json === undefined ? [] : [['content-type', 'application/json']]),
  ] as [string, string][]
  const fields = [
    ...defaults.filter(([name]) => !given.some(([other]) => other.toLowerCase() === name)),
    ...given,
  ]
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(method)) {
    throw new RecorderError('invalid-request', 'The method must be one word, such as POST.')
  }
  for (const [name, value] of fields) {
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) || !/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
      throw new RecorderError(
        'invalid-request',
        `The header field ${JSON.stringify(name)} cannot be sent as it is.`,
      )
    }
  }
  return { method, target: address.pathname + address.search, headers: fields, body: bytes }
}

function wireRequest(
  address: URL,
  { method, target, headers, body }: TranscriptRequest,
): Uint8Array {
  const has = (name: string): boolean => headers.some(([other]) => other.toLowerCase() === name)
  const fields = [
    ...(has('host') ? [] : [['Host', address.host]]),
    ...headers,
    ...(has('content-length') || (body.length === 0 && method === 'GET')
      ? []
      : [['Content-Length', String(body.length)]]),
    ...(has('connection') ? [] : [['Connection', 'close']]),
  ]
  const head = `${method} ${target} HTTP/1.1\r\n${fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`
  return concat([Uint8Array.from(head, (character) => character.charCodeAt(0)), body])
}

function connected(address: URL, { ca, signal, limits }: RecordOptions): Promise<net.Socket> {
  // A literal IPv6 address stands in brackets in a URL, and nowhere else.
  const host = address.hostname.replace(/^\[|\]$/g, '')
  const secure = address.protocol === 'https:'
  const port = Number(address.port || (secure ? 443 : 80))
  return new Promise((resolve, reject) => {
    const failed = (cause: unknown): void => {
      socket.destroy()
      const why = cause instanceof Error && 'code' in cause ? ` (${cause.code})` : ''
      reject(
        new RecorderError('no-connection', `There is no connection to ${address.host}${why}.`, {
          cause,
        }),
      )
    }
    const aborted = (): void => failed(signal?.reason)
    const settled = (): void => {
      socket.off('error', failed).setTimeout(0)
      signal?.removeEventListener('abort', aborted)
      resolve(socket)
    }
    const socket = secure
      ? tls.connect(
          {
            host,
            port,
            ca,
            ALPNProtocols: ['http/1.1'],
            ...(net.isIP(host) ? {} : { servername: host }),
          },
          settled,
        )
      : net.connect({ host, port }, settled)
    socket.setNoDelay(true).once('error', failed)
    // An error between the connection and the exchange shows as the end of the socket.
    socket.on('error', () => {})
    socket.setTimeout(waitable(limits?.ms ?? DEFAULT_MS), () =>
      failed(new Error('No connection within the limit of time.')),
    )
    signal?.addEventListener('abort', aborted, { once: true })
    if (signal?.aborted) aborted()
  })
}

const DEFAULT_MS = 600_000
const DEFAULT_BYTES = 64 * 1024 * 1024

/** A timer that is given more fires at once. */
const waitable = (ms: number): number => Math.min(ms, 2 ** 31 - 1)

function exchange(
  socket: net.Socket,
  request: Uint8Array,
  reader: HttpResponseReader,
  { limits = {}, abort = {}, signal }: RecordOptions,
): Promise<{ reads: Read[]; end: End }> {
  const { ms = DEFAULT_MS, bytes = DEFAULT_BYTES } = limits
  return new Promise((resolve) => {
    const reads: Read[] = []
    const timers: ReturnType<typeof setTimeout>[] = []
    let received = 0
    let error = ''
    let over = false
    const start = performance.now()
    const elapsed = (): number => Math.round((performance.now() - start) * 10) / 10

    function finish(how: End['how'], why: string): void {
      if (over) return
      over = true
      for (const timer of timers) clearTimeout(timer)
      signal?.removeEventListener('abort', stopped)
      socket.destroy()
      resolve({ reads, end: { at: elapsed(), how, why } })
    }
    const stopped = (): void => finish('aborted', 'stopped by its signal')

    socket.on('data', (data: Uint8Array) => {
      if (over) return
      reads.push({ at: elapsed(), parts: reader.push(data) })
      received += data.length
      if (reader.complete)
        finish('complete', reader.surplus === 0 ? '' : `${reader.surplus} bytes followed`)
      else if (received >= (abort.afterBytes ?? Infinity))
        finish('aborted', `after ${abort.afterBytes} bytes`)
      else if (received >= bytes) finish('aborted', `at the limit of ${bytes} bytes`)
    })
    socket.on('error', (cause: NodeJS.ErrnoException) => {
      error = cause.code ?? cause.name
    })
    socket.on('close', () => {
      if (error === '' && reader.endsWithConnection) finish('complete', 'the connection was closed')
      else finish('cut', reader.problem || error || 'the connection was closed')
    })
    timers.push(setTimeout(() => finish('aborted', `at the limit of ${ms} ms`), waitable(ms)))
    if (abort.afterMs !== undefined) {
      const stop = (): void => finish('aborted', `after ${abort.afterMs} ms`)
      timers.push(setTimeout(stop, waitable(abort.afterMs)))
    }
    signal?.addEventListener('abort', stopped, { once: true })
    if (socket.destroyed) finish('cut', 'the connection was closed')
    else socket.write(request)
  })
}
