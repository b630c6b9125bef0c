import sse from '@fastify/sse'
import Fastify from 'fastify'
import type { EncoderPeer } from '../peer.ts'
import { bodyFrom } from '../fastify.ts'

interface Stream {
  send(event: object): Promise<void>
  close(): void
}

export const peer: EncoderPeer = {
  package: '@fastify/sse',
  takes: ['event', 'id', 'data', 'text', 'retry'],
  json: JSON.parse,
  note: 'Data is JSON; text is sent with the serializer `String`.',
  async encode({ data, text, ...fields }) {
    const app = Fastify()
    const options = { heartbeatInterval: 0, ...(text !== undefined && { serializer: String }) }
    await app.register(sse as never, options as never)
    let thrown: { error: unknown } | undefined
    app.get('/', { sse: 'only' }, async (_, reply) => {
      // The other plugin that is tried here declares another `sse`.
      const stream = reply.sse as unknown as Stream
      try {
        await stream.send({ data: text ?? data, ...fields })
      } catch (error) {
        thrown = { error }
      }
      stream.close()
    })
    const body = await bodyFrom(app)
    if (thrown) throw thrown.error
    return body
  },
}
