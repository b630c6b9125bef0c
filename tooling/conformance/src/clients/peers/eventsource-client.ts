import { createEventSource } from 'eventsource-client'
import type { ClientPeer } from '../peer.ts'

export const peer: ClientPeer = {
  package: 'eventsource-client',
  takes: { post: true, lastEventId: true },
  run: ({ address, method, body, lastEventId, onData, stop }) =>
    new Promise(() => {
      const source = createEventSource({
        url: address,
        method,
        ...(body !== undefined && { body }),
        ...(lastEventId !== undefined && { initialLastEventId: lastEventId }),
        onMessage: ({ data }) => onData(data),
      })
      stop.addEventListener('abort', () => source.close())
    }),
}
