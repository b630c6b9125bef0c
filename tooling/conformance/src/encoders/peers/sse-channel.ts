import SseChannel from 'sse-channel'
import type { EncoderPeer } from '../peer.ts'
import { overHttp } from '../over-http.ts'

export const peer: EncoderPeer = {
  package: 'sse-channel',
  takes: ['event', 'id', 'data', 'retry'],
  encode: (sent) =>
    overHttp(async (request, response) => {
      const channel = new SseChannel()
      channel.addClient(request, response)
      try {
        channel.send(sent)
        await new Promise(setImmediate)
      } finally {
        channel.close()
      }
    }),
}
