import { fetchEventSource } from '@microsoft/fetch-event-source'
import type { ClientPeer } from '../peer.ts'

export const peer: ClientPeer = {
  package: '@microsoft/fetch-event-source',
  takes: { post: true },
  note: 'With `onopen` and `onerror` of its README: a response that is not an event stream is fatal, and a clean end of a GET reconnects.',
  run({ address, method, body, onData, stop }) {
    Object.assign(globalThis, { window: globalThis, document: new EventTarget() })
    return fetchEventSource(address, {
      method,
      ...(body !== undefined && { body }),
      signal: stop,
      openWhenHidden: true,
      async onopen(response) {
        const type = response.headers.get('content-type')
        if (response.ok && type === 'text/event-stream') return
        const isFatal = response.status >= 400 && response.status < 500 && response.status !== 429
        throw isFatal ? new Fatal() : new Error('retry')
      },
      onmessage: ({ data }) => onData(data),
      onclose() {
        if (method === 'GET') throw new Error('retry')
      },
      onerror(error) {
        if (error instanceof Fatal) throw error
      },
    })
  },
}

class Fatal extends Error {}
