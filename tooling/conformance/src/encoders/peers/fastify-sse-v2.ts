import Fastify from 'fastify'
import { FastifySSEPlugin } from 'fastify-sse-v2'
import type { EncoderPeer } from '../peer.ts'
import { bodyFrom } from '../fastify.ts'

export const peer: EncoderPeer = {
  package: 'fastify-sse-v2',
  takes: ['event', 'id', 'data', 'comment', 'retry'],
  async encode(sent) {
    const app = Fastify()
    await app.register(FastifySSEPlugin as never)
    app.get('/', async (_, reply) => {
      reply.sse(
        (async function* () {
          yield sent
        })(),
      )
    })
    return bodyFrom(app)
  },
}
