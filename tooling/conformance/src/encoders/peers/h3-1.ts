import { createApp, createEventStream, eventHandler, toWebHandler } from 'h3-1'
import type { EncoderPeer } from '../peer.ts'

export const peer: EncoderPeer = {
  name: 'h3',
  package: 'h3-1',
  takes: ['event', 'id', 'data', 'retry'],
  note: '`createEventStream`.',
  async encode({ data = '', event, id, retry }) {
    const app = createApp()
    app.use(
      eventHandler(async (request) => {
        const stream = createEventStream(request)
        const message = {
          data,
          ...(event !== undefined && { event }),
          ...(id !== undefined && { id }),
          ...(retry !== undefined && { retry }),
        }
        void stream.push(message).then(() => stream.close())
        return stream.send()
      }),
    )
    return (await toWebHandler(app)(new Request('http://127.0.0.1/'))).bytes()
  },
}
