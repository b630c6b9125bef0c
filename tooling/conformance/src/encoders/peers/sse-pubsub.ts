import Channel from 'sse-pubsub'
import type { EncoderPeer } from '../peer.ts'
import { overHttp } from '../over-http.ts'

export const peer: EncoderPeer = {
  package: 'sse-pubsub',
  takes: ['event', 'data'],
  encode: ({ data, event }) =>
    overHttp((request, response) => {
      const channel = new Channel({ pingInterval: 0, maxStreamDuration: 1000 })
      channel.subscribe(request, response)
      channel.publish(data, event)
      channel.close()
    }),
}
