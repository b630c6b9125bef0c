import { Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import type { EncoderPeer } from '../peer.ts'

export const peer: EncoderPeer = {
  package: 'hono',
  takes: ['event', 'id', 'data', 'retry'],
  note: '`streamSSE`.',
  async encode({ data = '', ...fields }) {
    let thrown: { error: unknown } | undefined
    const app = new Hono()
    app.get('/', (context) =>
      streamSSE(context, async (stream) => {
        try {
          await stream.writeSSE({ data, ...fields })
        } catch (error) {
          thrown = { error }
        }
      }),
    )
    const body = await (await app.request('/')).bytes()
    if (thrown) throw thrown.error
    return body
  },
}
