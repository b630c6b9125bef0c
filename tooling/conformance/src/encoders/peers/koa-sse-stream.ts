import Koa from 'koa'
import sse from 'koa-sse-stream'
import { overHttp } from '../over-http.ts'
import type { EncoderPeer } from '../peer.ts'

interface Sender {
  send(event: object): void
}

export const peer: EncoderPeer = {
  package: 'koa-sse-stream',
  takes: ['event', 'id', 'data', 'retry'],
  encode: (sent) =>
    overHttp((request, response) => {
      const app = new Koa()
      app.silent = true
      app.use(sse({ pingInterval: 1e6 }))
      app.use(async (context) => {
        const { sse: stream } = context as unknown as { sse: Sender }
        stream.send(sent)
        setImmediate(() => context.res.end())
      })
      return app.callback()(request, response)
    }),
}
