import { setTimeout as pause } from 'node:timers/promises'
import type { ClientPeer, ClientTask } from './peer.ts'

/** Each is called as its documentation says. */
export const peers = {
  'event-source-plus': {
    takes: { post: true },
    async load() {
      const { EventSourcePlus } = await import('event-source-plus')
      return ({ address, init, onData, stop }) =>
        new Promise<void>((resolve) => {
          const method = init.method === 'POST' ? 'post' : 'get'
          const source = new EventSourcePlus(address, { ...init, method })
          const controller = source.listen({ onMessage: ({ data }) => onData(data) })
          controller.onAbort(() => resolve())
          stop.addEventListener('abort', () => controller.abort())
        })
    },
  },
  eventsource: {
    takes: { post: true },
    note: 'A POST by its option `fetch`, as its README shows.',
    async load() {
      const { EventSource } = await import('eventsource')
      return (task) => {
        const source = new EventSource(task.address, {
          fetch: (url, given) => fetch(url, { ...given, ...task.init } as RequestInit),
        })
        return listen(source, task)
      }
    },
  },
  'eventsource-client': {
    takes: { post: true, lastEventId: true },
    async load() {
      const { createEventSource } = await import('eventsource-client')
      return ({ address, init, lastEventId, onData, stop }) =>
        new Promise(() => {
          const source = createEventSource({
            url: address,
            ...init,
            ...(lastEventId !== undefined && { initialLastEventId: lastEventId }),
            onMessage: ({ data }) => onData(data),
          })
          stop.addEventListener('abort', () => source.close())
        })
    },
  },
  'extended-eventsource': {
    takes: { post: true },
    async load() {
      const { EventSource } = await import('extended-eventsource')
      return (task) =>
        listen(new EventSource(task.address, { ...task.init, disableLogger: true }), task)
    },
  },
  '@microsoft/fetch-event-source': {
    takes: { post: true },
    note: 'With `onopen` and `onerror` of its README: a response that is not an event stream is fatal, and a clean end of a GET reconnects.',
    async load() {
      const { fetchEventSource } = await import('@microsoft/fetch-event-source')
      Object.assign(globalThis, { window: globalThis, document: new EventTarget() })
      class Fatal extends Error {}
      return ({ address, init, onData, stop }) =>
        fetchEventSource(address, {
          ...init,
          signal: stop,
          openWhenHidden: true,
          async onopen({ ok, status, headers }) {
            if (ok && headers.get('content-type') === 'text/event-stream') return
            const isFatal = status >= 400 && status < 500 && status !== 429
            throw isFatal ? new Fatal() : new Error('retry')
          },
          onmessage: ({ data }) => onData(data),
          onclose() {
            if (init.method === 'GET') throw new Error('retry')
          },
          onerror(error) {
            if (error instanceof Fatal) throw error
          },
        })
    },
  },
  'launchdarkly-eventsource': {
    takes: { post: true, lastEventId: true },
    async load() {
      const { EventSource } = await import('launchdarkly-eventsource')
      return ({ address, init, lastEventId, ...task }) => {
        const headers = lastEventId !== undefined && { headers: { 'Last-Event-ID': lastEventId } }
        return listen(new EventSource(address, { ...init, ...headers }), task)
      }
    },
  },
  '@tesserae/parser, in a loop': {
    package: '@tesserae/parser',
    takes: { post: true, lastEventId: true },
    note: 'The loop of the README of `@tesserae/parser`, with a `catch`; a POST is left as it ends.',
    async load() {
      const { parseStream, ResponseError } = await import('@tesserae/parser/stream')
      return async ({ address, init, onData, stop, ...task }) => {
        let { lastEventId = '' } = task
        let delay = 1000
        while (!stop.aborted) {
          try {
            const id = String.fromCharCode(...new TextEncoder().encode(lastEventId))
            const headers = id !== '' && { headers: { 'last-event-id': id } }
            const response = await fetch(address, { ...init, ...headers })
            if (response.status === 204) return
            const events = parseStream(response, { lastEventId, signal: stop })
            try {
              for await (const { data } of events) onData(data)
            } finally {
              lastEventId = events.lastEventId
              delay = events.reconnectionTime ?? delay
            }
          } catch (error) {
            if (error instanceof ResponseError && error.status < 500) throw error
            if (init.method === 'POST') throw error
          }
          if (init.method === 'POST') return
          // The timers of a module are not hurried: this is as fast as the server of a scenario.
          await pause(delay / 50)
        }
      }
    },
  },
  '@tesserae/client': {
    takes: { post: true, lastEventId: true },
    async load() {
      const { connect } = await import('@tesserae/client')
      return async ({ address, init, lastEventId, onData, stop }) => {
        const connection = connect(address, { ...init, lastEventId, signal: stop })
        for await (const { data } of connection) onData(data)
      }
    },
  },
  '@tesserae/client/eventsource': {
    package: '@tesserae/client',
    takes: {},
    async load() {
      const { EventSource } = await import('@tesserae/client/eventsource')
      return (task) => listen(new EventSource(task.address), task)
    },
  },
  '@tesserae/client/fetch-event-source': {
    package: '@tesserae/client',
    takes: { post: true },
    note: 'With an `onclose` that throws for a GET, because a clean end does not reconnect.',
    async load() {
      const { ClientError } = await import('@tesserae/client')
      const { fetchEventSource } = await import('@tesserae/client/fetch-event-source')
      class Ended extends Error {}
      const comeBack = (): never => {
        throw new Ended()
      }
      /** As without `onerror`, but after a clean end. */
      const decide = (error: unknown): void => {
        const isLost = error instanceof ClientError && ['lost', 'no-answer'].includes(error.code)
        if (!(error instanceof Ended) && !isLost) throw error
      }
      return ({ address, init, onData, stop }) =>
        fetchEventSource(address, {
          ...init,
          signal: stop,
          onmessage: ({ data }) => onData(data),
          ...(init.method === 'GET' && { onclose: comeBack, onerror: decide }),
        })
    },
  },
  undici: {
    takes: {},
    note: '`EventSource`.',
    async load() {
      const { EventSource } = await import('undici')
      return (task) => listen(new EventSource(task.address) as never, task)
    },
  },
} satisfies Record<string, ClientPeer>

interface Source extends EventTarget {
  readonly readyState: number
  close(): void
}

/** Listens to an EventSource of any make. */
function listen(
  source: Source,
  { onData, stop }: Pick<ClientTask, 'onData' | 'stop'>,
): Promise<void> {
  stop.addEventListener('abort', () => source.close())
  return new Promise((resolve) => {
    source.addEventListener('message', (event) => onData((event as MessageEvent<string>).data))
    source.addEventListener('error', () => {
      if (source.readyState === 2) resolve()
    })
  })
}
