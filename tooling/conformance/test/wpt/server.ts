import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What a handler of the platform's tests answers. */
interface Answer {
  readonly status?: number
  readonly headers?: Record<string, string>
  readonly body?: string
  /** Sent again every two seconds, for ever. */
  readonly repeats?: boolean
  /** Milliseconds before the answer. */
  readonly delay?: number
}

interface Query {
  get(name: string): string | null
  has(name: string): boolean
}

/** The handlers, by the names of their files. Where the originals keep state in a cookie, the address is the key. */
export async function startServer(): Promise<{ readonly base: string; close(): void }> {
  const visits = new Map<string, number>()
  const server: Server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    const name = url.pathname.split('/').at(-1) ?? ''
    const count = visits.get(url.href) ?? 0
    visits.set(url.href, count + 1)
    send(response, answerOf(name, url.searchParams, request, count))
  })
  await new Promise<void>((resolve) => server.listen(0, resolve))
  return {
    base: `http://localhost:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

// long: one case for each handler of the suite.
function answerOf(name: string, query: Query, request: IncomingMessage, visit: number): Answer {
  const events = { 'content-type': 'text/event-stream' }
  const lastEventId = Buffer.from(
    String(request.headers['last-event-id'] ?? ''),
    'latin1',
  ).toString()
  switch (name) {
    case 'message.py':
    case 'message':
      return {
        headers: { 'content-type': query.get('mime') ?? 'text/event-stream' },
        body: `${query.get('message') ?? 'data: data'}${query.get('newline') === 'none' ? '' : '\n\n'}\n`,
        delay: Number(query.get('sleep') ?? 0),
      }
    case 'message2.py':
      return {
        headers: events,
        body: 'data:msg\ndata: msg\n\n:\nfalsefield:msg\n\nfalsefield:msg\nData:data\n\ndata\n\ndata:end\n\n',
        repeats: true,
      }
    case 'last-event-id.py':
      return {
        headers: events,
        body: lastEventId
          ? `data: ${lastEventId}\n\n`
          : `id: ${query.get('idvalue') ?? '…'}\nretry: 200\ndata: hello\n\n`,
      }
    case 'last-event-id2.py': {
      const reset = { 2: 'id:', 3: 'id' }[query.get('type') ?? '']
      return {
        headers: events,
        body: reset
          ? `id: 1\ndata: 1\n\n${reset}\ndata:2\n\ndata:3\n\n`
          : 'id: 1\ndata: 1\n\ndata: 2\n\nid: 2\ndata:3\n\ndata:4\n\n',
      }
    }
    case 'status-error.py': {
      const status = Number(query.get('status') ?? 404)
      return { status, headers: events, body: [204, 205].includes(status) ? '' : 'data: data\n\n' }
    }
    case 'status-reconnect.py':
    case 'status-reconnect':
      if (visit > 0) return { headers: events, body: 'data: data\n\n' }
      return {
        status: Number(query.get('status') ?? 204),
        headers: events,
        body: `retry: 2\n${query.has('ok_first') ? 'data: ok\n\n' : ''}`,
      }
    case 'reconnect-fail.py':
      if (visit === 0) return { headers: events, body: 'retry: 2\ndata: opened\n\n' }
      if (visit === 1) return { headers: events, body: 'data: reconnected\n\n' }
      return { status: 204, headers: events }
    case 'accept.event_stream':
      return { headers: events, body: `data: ${request.headers.accept}\n\n` }
    case 'cache-control.event_stream':
    case 'cache-control':
      return { headers: events, body: `data: ${request.headers['cache-control']}\n\n` }
    case 'redirect.py':
    case 'redirect':
      return {
        status: Number(query.get('status') ?? 302),
        headers: { location: query.get('location') ?? '' },
      }
    case 'cors.py':
      return answerOf(query.get('run') ?? '', query, request, visit)
    default:
      return { status: 404 }
  }
}

function send(response: ServerResponse, answer: Answer): void {
  const { status = 200, headers = {}, body = '', repeats = false, delay = 0 } = answer
  setTimeout(() => {
    response.writeHead(status, headers)
    if (!repeats) return void response.end(body)
    const write = (): void => void response.write(body)
    write()
    const timer = setInterval(write, 2_000)
    response.on('close', () => clearInterval(timer))
  }, delay)
}
