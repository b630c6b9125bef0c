import { createServer } from 'node:http'
import Koa from 'koa'
import sse from 'koa-sse-stream'
import type { EncoderPeer } from '../peer.ts'

interface Sender {
  send(event: object): void
  sendEnd(): void
}

export const peer: EncoderPeer = {
  name: 'koa-sse-stream',
  package: 'koa-sse-stream',
  takes: ['event', 'id', 'data', 'retry'],
  async encode(sent) {
    const app = new Koa()
    app.silent = true
    app.use(sse({ pingInterval: 1e6 }))
    app.use(async (context) => {
      const { sse: stream } = context as unknown as { sse: Sender }
      stream.send(sent)
      setImmediate(() => context.res.end())
    })
    const server = createServer(app.callback())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      const { port } = server.address() as { port: number }
      return await (await fetch(`http://127.0.0.1:${port}/`)).bytes()
    } finally {
      server.close()
      server.closeAllConnections()
    }
  },
}
