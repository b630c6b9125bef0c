import { setTimeout as pause } from 'node:timers/promises'
import type { ClientPeer, ClientTask } from './peer.ts'

/** Ties what is loaded to what is called. */
const client = <Package>(peer: ClientPeer<Package>): ClientPeer => peer

/** Each is called as its documentation says. */
export const peers = {
  'event-source-plus': client({
    takes: { post: true },
    load: () => import('event-source-plus'),
    use: ({ EventSourcePlus }, { address, init, onData, stop }) =>
      new Promise<void>((resolve) => {
        const method = init.method === 'POST' ? 'post' : 'get'
        const source = new EventSourcePlus(address, { ...init, method })
        const controller = source.listen({ onMessage: ({ data }) => onData(data) })
        controller.onAbort(() => resolve())
        stop.addEventListener('abort', () => controller.abort())
      }),
  }),
  eventsource: client({
    takes: { post: true },
    note: 'A POST by its option `fetch`, as its README shows.',
    load: () => import('eventsource'),
    use({ EventSource }, task) {
      const source = new EventSource(task.address, {
        fetch: (url, given) => fetch(url, { ...given, ...task.init } as RequestInit),
      })
      return listen(source, task)
    },
  }),
  'eventsource-client': client({
    takes: { post: true, lastEventId: true },
    load: () => import('eventsource-client'),
    use: ({ createEventSource }, { address, init, lastEventId, onData, stop }) =>
      new Promise(() => {
        const source = createEventSource({
          url: address,
          ...init,
          ...(lastEventId !== undefined && { initialLastEventId: lastEventId }),
          onMessage: ({ data }) => onData(data),
        })
        stop.addEventListener('abort', () => source.close())
      }),
  }),
  'extended-eventsource': client({
    takes: { post: true },
    load: () => import('extended-eventsource'),
    use: ({ EventSource }, task) =>
      listen(new EventSource(task.address, { ...task.init, disableLogger: true }), task),
  }),
  '@microsoft/fetch-event-source': client({
    takes: { post: true },
    note: 'With `onopen` and `onerror` of its README: a response that is not an event stream is fatal, and a clean end of a GET reconnects.',
    load: () => import('@microsoft/fetch-event-source'),
    use({ fetchEventSource }, { address, init, onData, stop }) {
      class Fatal extends Error {}
      Object.assign(globalThis, { window: globalThis, document: new EventTarget() })
      return fetchEventSource(address, {
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
  }),
  'launchdarkly-eventsource': client({
    takes: { post: true, lastEventId: true },
    load: () => import('launchdarkly-eventsource'),
    use({ EventSource }, { address, init, lastEventId, ...task }) {
      const headers = lastEventId !== undefined && { headers: { 'Last-Event-ID': lastEventId } }
      return listen(new EventSource(address, { ...init, ...headers }), task)
    },
  }),
  '@tesserae/parser, in a loop': client({
    package: '@tesserae/parser',
    takes: { post: true, lastEventId: true },
    note: 'The loop of the README of `@tesserae/parser`, with a `catch`; a POST is left as it ends.',
    load: () => import('@tesserae/parser/stream'),
    async use({ parseStream, ResponseError }, { address, init, onData, stop, ...task }) {
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
    },
  }),
  '@tesserae/client': client({
    takes: { post: true, lastEventId: true },
    load: () => import('@tesserae/client'),
    async use({ connect }, { address, init, lastEventId, onData, stop }) {
      const connection = connect(address, { ...init, lastEventId, signal: stop })
      for await (const { data } of connection) onData(data)
    },
  }),
  '@tesserae/client/eventsource': client({
    package: '@tesserae/client',
    takes: {},
    load: () => import('@tesserae/client/eventsource'),
    use: ({ EventSource }, task) => listen(new EventSource(task.address), task),
  }),
  '@tesserae/client/fetch-event-source': client({
    package: '@tesserae/client',
    takes: { post: true },
    note: 'With an `onclose` that throws for a GET, because a clean end does not reconnect.',
    load: () =>
      Promise.all([import('@tesserae/client'), import('@tesserae/client/fetch-event-source')]),
    use([{ ClientError }, { fetchEventSource }], { address, init, onData, stop }) {
      class Ended extends Error {}
      return fetchEventSource(address, {
        ...init,
        signal: stop,
        onmessage: ({ data }) => onData(data),
        ...(init.method === 'GET' && {
          onclose() {
            throw new Ended()
          },
          // As without it, but after a clean end.
          onerror(error: unknown) {
            const isLost =
              error instanceof ClientError && ['lost', 'no-answer'].includes(error.code)
            if (!(error instanceof Ended) && !isLost) throw error
          },
        }),
      })
    },
  }),
  undici: client({
    takes: {},
    note: '`EventSource`.',
    load: () => import('undici'),
    use: ({ EventSource }, task) => listen(new EventSource(task.address) as never, task),
  }),
}

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
