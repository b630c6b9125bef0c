import { connect } from '@tesserae/client'
import type { ClientPeer } from '../peer.ts'

export const peer: ClientPeer = {
  package: '@tesserae/client',
  takes: { post: true, lastEventId: true },
  async run({ address, method, body, lastEventId, onData, stop }) {
    const connection = connect(address, { method, body: body ?? null, lastEventId, signal: stop })
    for await (const { data } of connection) onData(data)
  },
}
