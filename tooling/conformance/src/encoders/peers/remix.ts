import { eventStream } from 'remix-utils/sse/server'
import type { EncoderPeer } from '../peer.ts'

export const peer: EncoderPeer = {
  package: 'remix-utils',
  takes: ['event', 'id', 'data'],
  async encode({ data = '', event, id }) {
    const over = new AbortController()
    const response = eventStream(over.signal, (send) => {
      send({ data, ...(event !== undefined && { event }), ...(id !== undefined && { id }) })
      setImmediate(() => over.abort())
      return () => {}
    })
    return response.bytes()
  },
}
