import SSE from 'express-sse'
import type { EncoderPeer } from '../peer.ts'
import { overHttp } from '../over-http.ts'

export const peer: EncoderPeer = {
  package: 'express-sse',
  takes: ['event', 'id', 'data'],
  json: JSON.parse,
  encode: ({ data, event, id }) =>
    overHttp((request, response) => {
      const sse = new SSE()
      sse.init(request as never, response as never)
      sse.send(data, event, id)
    }),
}
