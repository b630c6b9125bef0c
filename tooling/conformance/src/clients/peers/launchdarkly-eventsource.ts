import { EventSource } from 'launchdarkly-eventsource'
import type { ClientPeer } from '../peer.ts'

export const peer: ClientPeer = {
  package: 'launchdarkly-eventsource',
  takes: { post: true, lastEventId: true },
  run: ({ address, method, body, lastEventId, onData, stop }) =>
    new Promise<void>((resolve) => {
      const source = new EventSource(address, {
        method,
        ...(body !== undefined && { body }),
        ...(lastEventId !== undefined && { headers: { 'Last-Event-ID': lastEventId } }),
      })
      source.addEventListener('message', ({ data }) => onData(data))
      source.addEventListener('error', () => {
        if (source.readyState === EventSource.CLOSED) resolve()
      })
      stop.addEventListener('abort', () => source.close())
    }),
}
