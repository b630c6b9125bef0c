import { EventSourcePlus } from 'event-source-plus'
import type { ClientPeer } from '../peer.ts'

export const peer: ClientPeer = {
  package: 'event-source-plus',
  takes: { post: true },
  run: ({ address, method, body, onData, stop }) =>
    new Promise<void>((resolve) => {
      const source = new EventSourcePlus(address, {
        method: method === 'POST' ? 'post' : 'get',
        ...(body !== undefined && { body }),
      })
      const controller = source.listen({ onMessage: ({ data }) => onData(data) })
      controller.onAbort(() => resolve())
      stop.addEventListener('abort', () => controller.abort())
    }),
}
