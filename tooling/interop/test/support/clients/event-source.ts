import { EventSource as NpmEventSource } from 'eventsource'
import { Agent, EventSource as UndiciEventSource, fetch as undiciFetch } from 'undici'
import { names, type Seen } from '../script.ts'
import type { Client, Session } from './client.ts'

/** The certificate is of the server's own making. */
const http2 = new Agent({ allowH2: true, connect: { rejectUnauthorized: false } })

function follow(client: unknown): Promise<Session> {
  // Each is the same class as the browser's, with types of its own.
  const source = client as EventSource
  const events: Seen[] = []
  const times: number[] = []
  let opened = 0
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      source.close()
      reject(
        new Error(
          `It took more than 20 seconds, with ${events.length} events in ${opened} connections.`,
        ),
      )
    }, 20_000)
    for (const name of names)
      source.addEventListener(name, (event: MessageEvent<string>) => {
        if (name === 'end') return
        times.push(Date.now())
        events.push([event.type, event.data, event.lastEventId])
      })
    source.addEventListener('open', () => void opened++)
    source.addEventListener('error', () => {
      // 2 is CLOSED: the server has ended the stream for good. Otherwise it reconnects by itself.
      if (source.readyState !== 2) return
      clearTimeout(timer)
      resolve({ events, times, opened })
    })
  })
}

export const eventsource: Client = {
  name: 'eventsource',
  protocols: ['h1'],
  follow: (url) => follow(new NpmEventSource(url)),
}

export const eventsourceOverHttp2: Client = {
  name: 'eventsource over HTTP/2',
  protocols: ['h2'],
  follow: (url) =>
    follow(
      new NpmEventSource(url, {
        fetch: (address, init) =>
          undiciFetch(address.toString(), { ...init, dispatcher: http2 } as never) as never,
      }),
    ),
}

export const undici: Client = {
  name: 'EventSource of undici',
  protocols: ['h1', 'h2'],
  follow: (url) =>
    follow(
      new UndiciEventSource(
        url,
        url.startsWith('https') ? ({ node: { dispatcher: http2 } } as never) : {},
      ),
    ),
}
